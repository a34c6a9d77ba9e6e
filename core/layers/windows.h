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

// k runs over n_steps entries of the tables, then over those that begin `apart` further on, and so
// on for n_groups groups.
struct StepGroups {
  int n_groups, apart, n_steps;
};

// Layers of images have few columns where maps see different ones, few rows where images are
// small. A tile is as high or as wide then as keeps its sums in registers: with fewer than eight
// of them each fma would wait for the one before.
inline constexpr int TILE_SUMS = TILE_ROWS * TILE_COLUMNS;
inline constexpr int MOST_ROWS = TILE_SUMS < 14 ? TILE_SUMS : 14;  // a row of LeNet-5's 14 x 14
inline constexpr int MOST_COLUMNS =
    TILE_SUMS < 12 ? TILE_COLUMNS : 8;  // addresses stay in registers

constexpr int rows_at_most(int n_columns) {
  const int n = TILE_SUMS / n_columns;
  return n > MOST_ROWS ? MOST_ROWS : n;
}

// Eight rows are a tile with three columns; with four they would be two of four rows.
constexpr int columns_at_most(int n_rows) {
  const int n = TILE_SUMS / n_rows;
  if (n >= MOST_COLUMNS) return MOST_COLUMNS;
  return n == TILE_COLUMNS - 1 ? n : TILE_COLUMNS;
}

// a_row is a constant for rows side by side: of a high tile the addresses cost a sixth of the time.
template <class Real, int M, int N, int known_row = 0>
__attribute__((noinline)) void window_tile(Start from, const WindowProduct<Real>& p, int column,
                                           StepGroups over) {
  using V = Lanes<Real>;
  const std::ptrdiff_t a_row = known_row > 0 ? known_row : p.a_row;
  const V* b[N];
  V* c[N];
  V sum[M][N];
#pragma GCC unroll 8
  for (int n = 0; n < N; ++n) b[n] = p.b + p.b_columns[column + n];
#pragma GCC unroll 8
  for (int n = 0; n < N; ++n) c[n] = p.c + p.c_columns[column + n];
#pragma GCC unroll 16
  for (int m = 0; m < M; ++m)
#pragma GCC unroll 8
    for (int n = 0; n < N; ++n)
      sum[m][n] = from == Start::zero     ? V{}
                  : from == Start::column ? p.start[column + n]
                                          : c[n][m * p.c_row];
  for (int group = 0; group < over.n_groups; ++group) {
    const std::int32_t *a_steps = p.a_steps + group * over.apart,
                       *b_steps = p.b_steps + group * over.apart;
    for (int k = 0; k < over.n_steps; ++k) {
      const V* a = p.a + a_steps[k];
      const std::ptrdiff_t step = b_steps[k];
      V weight[N];
#pragma GCC unroll 8
      for (int n = 0; n < N; ++n) weight[n] = b[n][step];
#pragma GCC unroll 16
      for (int m = 0; m < M; ++m) {
        const V row = a[m * a_row];
#pragma GCC unroll 8
        for (int n = 0; n < N; ++n) sum[m][n] = fma(row, weight[n], sum[m][n]);
      }
    }
  }
#pragma GCC unroll 16
  for (int m = 0; m < M; ++m)
#pragma GCC unroll 8
    for (int n = 0; n < N; ++n) c[n][m * p.c_row] = sum[m][n];
}

// A tile of N columns and at most M rows.
template <class Real, int M, int N>
AMENABLE_INLINE void window_tile_of(int n_rows, Start from, const WindowProduct<Real>& p,
                                    int column, StepGroups over) {
  if constexpr (M > 1)
    if (n_rows < M) return window_tile_of<Real, M - 1, N>(n_rows, from, p, column, over);
  if constexpr (M > TILE_ROWS)
    if (p.a_row == 1) return window_tile<Real, M, N, 1>(from, p, column, over);
  window_tile<Real, M, N>(from, p, column, over);
}

// N columns, all rows, which come in near-equal blocks.
template <class Real, int N>
AMENABLE_INLINE void window_columns(Start from, WindowProduct<Real> p, int n_rows, int column,
                                    StepGroups over) {
  constexpr int most = rows_at_most(N);
  const int n_blocks = (n_rows + most - 1) / most;
  for (int block = 0, left = n_rows; block < n_blocks; ++block) {
    const int height = left / (n_blocks - block);
    window_tile_of<Real, most, N>(height, from, p, column, over);
    p.a += height * p.a_row;
    p.c += height * p.c_row;
    left -= height;
  }
}

template <class Real, int N>
AMENABLE_INLINE void window_columns_of(int n_columns, Start from, const WindowProduct<Real>& p,
                                       int n_rows, int column, StepGroups over) {
  if constexpr (N > 1)
    if (n_columns < N)
      return window_columns_of<Real, N - 1>(n_columns, from, p, n_rows, column, over);
  window_columns<Real, N>(from, p, n_rows, column, over);
}

// Columns come in near-equal blocks: 25 are 7 + 6 + 6 + 6, not 8 + 8 + 8 + 1.
template <class Real>
__attribute__((noinline)) void window_product(Start from, const WindowProduct<Real>& p, int n_rows,
                                              int n_columns, StepGroups over) {
  const int most = columns_at_most(n_rows);
  const int n_blocks = (n_columns + most - 1) / most;
  for (int block = 0, column = 0; block < n_blocks; ++block) {
    const int width = (n_columns - column) / (n_blocks - block);
    window_columns_of<Real, MOST_COLUMNS>(width, from, p, n_rows, column, over);
    column += width;
  }
}

template <class Real>
void window_product(Start from, const WindowProduct<Real>& p, int n_rows, int n_columns,
                    int n_steps) {
  window_product<Real>(from, p, n_rows, n_columns, StepGroups{1, 0, n_steps});
}

}  // namespace amenable::AMENABLE_TARGET
