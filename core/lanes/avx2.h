// AVX2 with FMA: 8 float or 4 double lanes, 16 registers.
#pragma once

#include <immintrin.h>

namespace amenable::AMENABLE_TARGET {

inline constexpr int LANE_BYTES = 32;
// 4 x 3 sums, 3 weights and 1 input fill the 16 registers.
inline constexpr int TILE_ROWS = 4, TILE_COLUMNS = 3;

using Set = Registers<LANE_BYTES>;

AMENABLE_INLINE Set::Floats fma(Set::Floats a, Set::Floats b, Set::Floats c) {
  return _mm256_fmadd_ps(a, b, c);
}
AMENABLE_INLINE Set::Doubles fma(Set::Doubles a, Set::Doubles b, Set::Doubles c) {
  return _mm256_fmadd_pd(a, b, c);
}
AMENABLE_INLINE Set::Floats sqrt(Set::Floats x) { return _mm256_sqrt_ps(x); }
AMENABLE_INLINE Set::Doubles sqrt(Set::Doubles x) { return _mm256_sqrt_pd(x); }
AMENABLE_INLINE Set::Floats gather(const float* base, Set::Ints32 index) {
  return _mm256_i32gather_ps(base, (__m256i)index, 4);
}
AMENABLE_INLINE Set::Doubles gather(const double* base, Set::Ints64 index) {
  return _mm256_i64gather_pd(base, (__m256i)index, 8);
}
// The product of the low halves of two 64-bit words.
AMENABLE_INLINE Set::Words64 widening_product(Set::Words64 a, Set::Words64 b) {
  return (Set::Words64)_mm256_mul_epu32((__m256i)a, (__m256i)b);
}
// One bit for each lane of a comparison's result. (A template: compilers differ in its type.)
template <class Mask>
AMENABLE_INLINE unsigned bitmask(Mask mask) {
  if constexpr (sizeof(mask[0]) == 4) return _mm256_movemask_ps((__m256)mask);
  return _mm256_movemask_pd((__m256d)mask);
}

}  // namespace amenable::AMENABLE_TARGET
