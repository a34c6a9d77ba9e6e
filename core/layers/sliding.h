// Tiles of one map for kernels that move on by one pixel, with rows of 3 or 5 weights. Neighbouring
// places see nearly the same pixels, so each is read once for a whole kernel row; a tile of
// windows.h with one map reads a number or two for each product. Sums run in the order of
// windows.h, and so have its bits.
#pragma once

#include "layers/windows.h"

namespace amenable::AMENABLE_TARGET {

// Sums of a tile, a kernel row and a pixel fit in the registers.
inline constexpr int MOST_SLIDING = TILE_SUMS >= 24 ? 14 : TILE_SUMS >= 12 ? 8 : 4;

// For M places side by side c[m] = start + sum over kernel rows and their weights k of
// a[a_steps[row] + m + k] * b[b_steps[row] + k]; of a kernel turned round, a[... + m - k]. Steps
// are those of window_product, of which each KW are side by side.
template <class Real, int KW, bool is_turned, int M>
__attribute__((noinline)) void sliding_tile(Start from, const WindowProduct<Real>& p,
                                            StepGroups over) {
  using V = Lanes<Real>;
  V* c = p.c + p.c_columns[0];
  V sum[M];
#pragma GCC unroll 16
  for (int m = 0; m < M; ++m)
    sum[m] = from == Start::zero ? V{} : from == Start::column ? p.start[0] : c[m * p.c_row];
  for (int group = 0; group < over.n_groups; ++group)
    for (int k = group * over.apart, end = k + over.n_steps; k < end; k += KW) {
      const V *a = p.a + p.a_steps[k], *b = p.b + p.b_columns[0] + p.b_steps[k];
      V weight[KW];
#pragma GCC unroll 8
      for (int i = 0; i < KW; ++i) weight[i] = b[i];
#pragma GCC unroll 32
      for (int j = 0; j < M + KW - 1; ++j) {
        const V pixel = is_turned ? a[M - 1 - j] : a[j];
#pragma GCC unroll 8
        for (int i = 0; i < KW; ++i) {
          const int m = is_turned ? M - 1 - j + i : j - i;
          if (m >= 0 && m < M) sum[m] = fma(pixel, weight[i], sum[m]);
        }
      }
    }
#pragma GCC unroll 16
  for (int m = 0; m < M; ++m) c[m * p.c_row] = sum[m];
}

template <class Real, int KW, bool is_turned, int M = MOST_SLIDING>
AMENABLE_INLINE void sliding_tile_of(int n_rows, Start from, const WindowProduct<Real>& p,
                                     StepGroups over) {
  if constexpr (M > 1)
    if (n_rows < M) return sliding_tile_of<Real, KW, is_turned, M - 1>(n_rows, from, p, over);
  sliding_tile<Real, KW, is_turned, M>(from, p, over);
}

// One column of window_product, for kernel rows of KW, places side by side in a and near-equal
// blocks of them.
template <class Real, int KW, bool is_turned>
void sliding_product(Start from, WindowProduct<Real> p, int n_rows, StepGroups over) {
  const int n_blocks = (n_rows + MOST_SLIDING - 1) / MOST_SLIDING;
  for (int block = 0, left = n_rows; block < n_blocks; ++block) {
    const int height = left / (n_blocks - block);
    sliding_tile_of<Real, KW, is_turned>(height, from, p, over);
    p.a += height;
    p.c += height * p.c_row;
    left -= height;
  }
}

// All columns, one by one.
template <class Real, bool is_turned>
void sliding_product(Start from, WindowProduct<Real> p, int kernel_width, int n_rows, int n_columns,
                     StepGroups over) {
  for (int n = 0; n < n_columns; ++n, ++p.b_columns, ++p.c_columns, ++p.start) {
    if (kernel_width == 3)
      sliding_product<Real, 3, is_turned>(from, p, n_rows, over);
    else
      sliding_product<Real, 5, is_turned>(from, p, n_rows, over);
  }
}

// The gradient g (rows, KW) of some rows of one kernel: g = start + sum over the places of
// d[y * width + x] * image[y * next + row * image_width + x + k].
struct SlidingPlaces {
  int height, width;
  int next;  // from the pixels of one row of places to those of the next
  int image_width;
};

// Places x ... x + X - 1 of one row: each pixel is read once for all of them.
template <class Real, int KW, int R, int X>
AMENABLE_INLINE void add_places(const Lanes<Real>* d, const Lanes<Real>* image, int image_width,
                                Lanes<Real> (&sum)[R][KW]) {
  using V = Lanes<Real>;
  V some[X];
#pragma GCC unroll 4
  for (int x = 0; x < X; ++x) some[x] = d[x];
#pragma GCC unroll 8
  for (int row = 0; row < R; ++row)
#pragma GCC unroll 8
    for (int j = 0; j < X + KW - 1; ++j) {
      const V pixel = image[row * image_width + j];
#pragma GCC unroll 4
      for (int x = 0; x < X; ++x)
        if (j - x >= 0 && j - x < KW) sum[row][j - x] = fma(some[x], pixel, sum[row][j - x]);
    }
}

template <class Real, int KW, int R>
__attribute__((noinline)) void sliding_gradient_tile(Start from, const Lanes<Real>* d,
                                                     const Lanes<Real>* image, SlidingPlaces it,
                                                     Lanes<Real>* g) {
  using V = Lanes<Real>;
  V sum[R][KW];
#pragma GCC unroll 8
  for (int row = 0; row < R; ++row)
#pragma GCC unroll 8
    for (int k = 0; k < KW; ++k) sum[row][k] = from == Start::zero ? V{} : g[row * KW + k];
  for (int y = 0; y < it.height; ++y, d += it.width, image += it.next) {
    int x = 0;
    for (; x + 4 <= it.width; x += 4)
      add_places<Real, KW, R, 4>(d + x, image + x, it.image_width, sum);
    if (x + 2 <= it.width) {
      add_places<Real, KW, R, 2>(d + x, image + x, it.image_width, sum);
      x += 2;
    }
    if (x < it.width) add_places<Real, KW, R, 1>(d + x, image + x, it.image_width, sum);
  }
#pragma GCC unroll 8
  for (int row = 0; row < R; ++row)
#pragma GCC unroll 8
    for (int k = 0; k < KW; ++k) g[row * KW + k] = sum[row][k];
}

// All rows of a kernel, as many at once as the registers hold.
template <class Real, int KW>
void sliding_gradient(Start from, const Lanes<Real>* d, const Lanes<Real>* image, SlidingPlaces it,
                      int n_rows, Lanes<Real>* g) {
  constexpr int most = (TILE_SUMS + 1) / KW > 0 ? (TILE_SUMS + 1) / KW : 1;
  constexpr int R = most > 5 ? 5 : most;
  int row = 0;
  for (; row + R <= n_rows; row += R, image += R * it.image_width, g += R * KW)
    sliding_gradient_tile<Real, KW, R>(from, d, image, it, g);
  for (; row < n_rows; ++row, image += it.image_width, g += KW)
    sliding_gradient_tile<Real, KW, 1>(from, d, image, it, g);
}

template <class Real>
void sliding_gradient(Start from, const Lanes<Real>* d, const Lanes<Real>* image, SlidingPlaces it,
                      int n_rows, int kernel_width, Lanes<Real>* g) {
  if (kernel_width == 3) return sliding_gradient<Real, 3>(from, d, image, it, n_rows, g);
  sliding_gradient<Real, 5>(from, d, image, it, n_rows, g);
}

}  // namespace amenable::AMENABLE_TARGET
