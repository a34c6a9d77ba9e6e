// AVX-512 (F, BW, DQ, VL): 16 float or 8 double lanes, 32 registers.
#pragma once

#include <immintrin.h>

namespace amenable::AMENABLE_TARGET {

inline constexpr int LANE_BYTES = 64;
// 6 x 4 sums, 4 weights and 1 input fill 29 of 32 registers.
inline constexpr int TILE_ROWS = 6, TILE_COLUMNS = 4;

using Set = Registers<LANE_BYTES>;

AMENABLE_INLINE Set::Floats fma(Set::Floats a, Set::Floats b, Set::Floats c) {
  return _mm512_fmadd_ps(a, b, c);
}
AMENABLE_INLINE Set::Doubles fma(Set::Doubles a, Set::Doubles b, Set::Doubles c) {
  return _mm512_fmadd_pd(a, b, c);
}
AMENABLE_INLINE Set::Floats sqrt(Set::Floats x) { return _mm512_sqrt_ps(x); }
AMENABLE_INLINE Set::Doubles sqrt(Set::Doubles x) { return _mm512_sqrt_pd(x); }
AMENABLE_INLINE Set::Floats gather(const float* base, Set::Ints32 index) {
  return _mm512_i32gather_ps((__m512i)index, base, 4);
}
AMENABLE_INLINE Set::Doubles gather(const double* base, Set::Ints64 index) {
  return _mm512_i64gather_pd((__m512i)index, base, 8);
}
// The product of the low halves of two 64-bit words.
AMENABLE_INLINE Set::Words64 widening_product(Set::Words64 a, Set::Words64 b) {
  return (Set::Words64)_mm512_mul_epu32((__m512i)a, (__m512i)b);
}
// One bit for each lane of a comparison's result. (A template: compilers differ in its type.)
template <class Mask>
AMENABLE_INLINE unsigned bitmask(Mask mask) {
  if constexpr (sizeof(mask[0]) == 4) return _mm512_movepi32_mask((__m512i)mask);
  return _mm512_movepi64_mask((__m512i)mask);
}

}  // namespace amenable::AMENABLE_TARGET
