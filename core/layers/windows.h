// Sums of products over windows: like product.h, but the steps and columns come from tables, since
// what a unit of an image sees lies scattered. All passes of a convolution are this one sum:
// c[m][n] = start + sum over k of a[m * a_row + a_steps[k]] * b[b_columns[n] + b_steps[k]].
// Each sum runs over k upwards, one fma at a time, however it is tiled.
#pragma once

#include "layers/product.h"

namespace amenable::AMENABLE_TARGET {

// Offsets and strides count registers.
template <class Real>
struct WindowProduct {
  const Lanes<Real>* a;
  std::ptrdiff_t a_row;
  const std::int32_t* a_steps;
  const Lanes<Real>* b;
  const std::int32_t *b_columns, *b_steps;
  Lanes<Real>* c;
  std::ptrdiff_t c_row;
  const std::int32_t* c_columns;
  const Lanes<Real>* start;  // (columns), for Start::column
};

template <class Real, Start from, int M, int N>
AMENABLE_INLINE void window_tile(const WindowProduct<Real>& p, int column, int n_steps) {
  using V = Lanes<Real>;
  const V* b[N];
  V* c[N];
  V sum[M][N];
#pragma GCC unroll 8
  for (int n = 0; n < N; ++n) b[n] = p.b + p.b_columns[column + n];
#pragma GCC unroll 8
  for (int n = 0; n < N; ++n) c[n] = p.c + p.c_columns[column + n];
#pragma GCC unroll 8
  for (int m = 0; m < M; ++m)
#pragma GCC unroll 8
    for (int n = 0; n < N; ++n)
      sum[m][n] = from == Start::zero     ? V{}
                  : from == Start::column ? p.start[column + n]
                                          : c[n][m * p.c_row];
  for (int k = 0; k < n_steps; ++k) {
    const V* a = p.a + p.a_steps[k];
    const std::ptrdiff_t step = p.b_steps[k];
    V weight[N];
#pragma GCC unroll 8
    for (int n = 0; n < N; ++n) weight[n] = b[n][step];
#pragma GCC unroll 8
    for (int m = 0; m < M; ++m) {
      const V row = a[m * p.a_row];
#pragma GCC unroll 8
      for (int n = 0; n < N; ++n) sum[m][n] = fma(row, weight[n], sum[m][n]);
    }
  }
#pragma GCC unroll 8
  for (int m = 0; m < M; ++m)
#pragma GCC unroll 8
    for (int n = 0; n < N; ++n) c[n][m * p.c_row] = sum[m][n];
}

// M rows, all columns.
template <class Real, Start from, int M>
__attribute__((noinline)) void window_rows(const WindowProduct<Real>& p, int n_columns,
                                           int n_steps) {
  constexpr int N = TILE_COLUMNS;
  int n = 0;
  for (; n + N <= n_columns; n += N) window_tile<Real, from, M, N>(p, n, n_steps);
  if (n_columns - n == 3 && N > 3)
    window_tile<Real, from, M, 3>(p, n, n_steps);
  else if (n_columns - n == 2)
    window_tile<Real, from, M, 2>(p, n, n_steps);
  else if (n_columns - n == 1)
    window_tile<Real, from, M, 1>(p, n, n_steps);
}

template <class Real, Start from>
AMENABLE_INLINE void window_rows(int n_rows, const WindowProduct<Real>& p, int n_columns,
                                 int n_steps) {
  switch (n_rows) {
    case 1: return window_rows<Real, from, 1>(p, n_columns, n_steps);
    case 2: return window_rows<Real, from, 2>(p, n_columns, n_steps);
    case 3:
      if constexpr (TILE_ROWS >= 3) return window_rows<Real, from, 3>(p, n_columns, n_steps);
      break;
    case 4:
      if constexpr (TILE_ROWS >= 4) return window_rows<Real, from, 4>(p, n_columns, n_steps);
      break;
    case 5:
      if constexpr (TILE_ROWS >= 5) return window_rows<Real, from, 5>(p, n_columns, n_steps);
      break;
    default:
      if constexpr (TILE_ROWS >= 6) return window_rows<Real, from, 6>(p, n_columns, n_steps);
  }
}

// Rows come in near-equal blocks of at most TILE_ROWS.
template <class Real, Start from>
void window_product(WindowProduct<Real> p, int n_rows, int n_columns, int n_steps) {
  const int n_blocks = (n_rows + TILE_ROWS - 1) / TILE_ROWS;
  for (int block = 0, left = n_rows; block < n_blocks; ++block) {
    const int height = left / (n_blocks - block);
    window_rows<Real, from>(height, p, n_columns, n_steps);
    p.a += height * p.a_row;
    p.c += height * p.c_row;
    left -= height;
  }
}

template <class Real>
void window_product(Start from, const WindowProduct<Real>& p, int n_rows, int n_columns,
                    int n_steps) {
  switch (from) {
    case Start::zero: return window_product<Real, Start::zero>(p, n_rows, n_columns, n_steps);
    case Start::column: return window_product<Real, Start::column>(p, n_rows, n_columns, n_steps);
    case Start::sum: return window_product<Real, Start::sum>(p, n_rows, n_columns, n_steps);
  }
}

}  // namespace amenable::AMENABLE_TARGET
