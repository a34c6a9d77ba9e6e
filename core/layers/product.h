// Sums of products, c[m][n] = start[m][n] + sum over k of a[m][k] * b[n][k], every element a
// register of lanes. The forward and both backward passes of a dense layer are this one sum with
// other strides. Each sum runs over k upwards, one fma at a time, however it is tiled.
#pragma once

#include <cstddef>

#include "lanes/lanes.h"

namespace amenable::AMENABLE_TARGET {

enum class Start { zero, column, sum };  // from 0, from one value per column, from c itself

// Strides count registers. c is (rows, columns) with columns side by side.
template <class Real>
struct Product {
  const Lanes<Real>* a;
  std::ptrdiff_t a_row, a_step;
  const Lanes<Real>* b;
  std::ptrdiff_t b_column, b_step;
  Lanes<Real>* c;
  std::ptrdiff_t c_row;
  const Lanes<Real>* start;  // (columns), for Start::column
};

// One tile of M x N sums, held in registers.
template <class Real, Start from, int M, int N>
AMENABLE_INLINE void tile(const Lanes<Real>* a, const Lanes<Real>* b, Lanes<Real>* c,
                          const Lanes<Real>* start, const Product<Real>& p, int n_steps) {
  Lanes<Real> sum[M][N];
#pragma GCC unroll 8
  for (int m = 0; m < M; ++m)
#pragma GCC unroll 8
    for (int n = 0; n < N; ++n)
      sum[m][n] = from == Start::zero     ? Lanes<Real>{}
                  : from == Start::column ? start[n]
                                          : c[m * p.c_row + n];
  for (int k = 0; k < n_steps; ++k) {
    Lanes<Real> column[N];
#pragma GCC unroll 8
    for (int n = 0; n < N; ++n) column[n] = b[n * p.b_column];
#pragma GCC unroll 8
    for (int m = 0; m < M; ++m) {
      const Lanes<Real> row = a[m * p.a_row];
#pragma GCC unroll 8
      for (int n = 0; n < N; ++n) sum[m][n] = fma(row, column[n], sum[m][n]);
    }
    a += p.a_step;
    b += p.b_step;
  }
#pragma GCC unroll 8
  for (int m = 0; m < M; ++m)
#pragma GCC unroll 8
    for (int n = 0; n < N; ++n) c[m * p.c_row + n] = sum[m][n];
}

// M rows, all columns.
template <class Real, Start from, int M>
__attribute__((noinline)) void rows(const Product<Real>& p, int n_columns, int n_steps) {
  constexpr int N = TILE_COLUMNS;
  int n = 0;
  for (; n + N <= n_columns; n += N)
    tile<Real, from, M, N>(p.a, p.b + n * p.b_column, p.c + n,
                           from == Start::column ? p.start + n : nullptr, p, n_steps);
  if (n_columns - n == 3 && N > 3)
    tile<Real, from, M, 3>(p.a, p.b + n * p.b_column, p.c + n,
                           from == Start::column ? p.start + n : nullptr, p, n_steps);
  else if (n_columns - n == 2)
    tile<Real, from, M, 2>(p.a, p.b + n * p.b_column, p.c + n,
                           from == Start::column ? p.start + n : nullptr, p, n_steps);
  else if (n_columns - n == 1)
    tile<Real, from, M, 1>(p.a, p.b + n * p.b_column, p.c + n,
                           from == Start::column ? p.start + n : nullptr, p, n_steps);
}

template <class Real, Start from>
AMENABLE_INLINE void rows(int n_rows, const Product<Real>& p, int n_columns, int n_steps) {
  switch (n_rows) {
    case 1: return rows<Real, from, 1>(p, n_columns, n_steps);
    case 2: return rows<Real, from, 2>(p, n_columns, n_steps);
    case 3:
      if constexpr (TILE_ROWS >= 3) return rows<Real, from, 3>(p, n_columns, n_steps);
      break;
    case 4:
      if constexpr (TILE_ROWS >= 4) return rows<Real, from, 4>(p, n_columns, n_steps);
      break;
    case 5:
      if constexpr (TILE_ROWS >= 5) return rows<Real, from, 5>(p, n_columns, n_steps);
      break;
    default:
      if constexpr (TILE_ROWS >= 6) return rows<Real, from, 6>(p, n_columns, n_steps);
  }
}

template <class Real, Start from>
void all_rows(Product<Real> p, int n_rows, int n_columns, int n_steps) {
  const int n_blocks = (n_rows + TILE_ROWS - 1) / TILE_ROWS;
  for (int block = 0, left = n_rows; block < n_blocks; ++block) {
    const int height = left / (n_blocks - block);
    rows<Real, from>(height, p, n_columns, n_steps);
    p.a += height * p.a_row;
    p.c += height * p.c_row;
    left -= height;
  }
}

// Steps come in near-equal blocks: TILE_ROWS rows of 96 registers stay in the first-level cache
// (36 KB of 48) while the weights stream past them. Columns come in blocks that stay in the second
// level while all rows go by: 128 KB of them, which layers up to 100 wide do not notice and at
// 1,024 doubles the speed. Rows come in near-equal blocks of at most TILE_ROWS: 8 are 4 + 4, not 6
// + 2.
template <class Real, Start from>
void product(const Product<Real>& p, int n_rows, int n_columns, int n_steps) {
  constexpr int most_steps = 96, most_bytes = 128 * 1024;
  const int n_parts = (n_steps + most_steps - 1) / most_steps;
  for (int k = 0, i = 0, steps = 0; i < n_parts; ++i, k += steps) {
    steps = (n_steps - k) / (n_parts - i);
    const int width = most_bytes / (steps * LANE_BYTES) / TILE_COLUMNS * TILE_COLUMNS;
    for (int column = 0; column < n_columns; column += width) {
      Product<Real> part = p;
      part.a += k * p.a_step;
      part.b += column * p.b_column + k * p.b_step;
      part.c += column;
      if (from == Start::column) part.start += column;
      const int some = n_columns - column < width ? n_columns - column : width;
      if (k == 0)
        all_rows<Real, from>(part, n_rows, some, steps);
      else
        all_rows<Real, Start::sum>(part, n_rows, some, steps);
    }
  }
}

}  // namespace amenable::AMENABLE_TARGET
