// NEON (AArch64): 4 float or 2 double lanes, 32 registers.
#pragma once

#include <arm_neon.h>

namespace amenable::AMENABLE_TARGET {

inline constexpr int LANE_BYTES = 16;
// 6 x 4 sums, 4 weights and 1 input fill 29 of 32 registers.
inline constexpr int TILE_ROWS = 6, TILE_COLUMNS = 4;

using Set = Registers<LANE_BYTES>;

AMENABLE_INLINE Set::Floats fma(Set::Floats a, Set::Floats b, Set::Floats c) {
  return (Set::Floats)vfmaq_f32((float32x4_t)c, (float32x4_t)a, (float32x4_t)b);
}
AMENABLE_INLINE Set::Doubles fma(Set::Doubles a, Set::Doubles b, Set::Doubles c) {
  return (Set::Doubles)vfmaq_f64((float64x2_t)c, (float64x2_t)a, (float64x2_t)b);
}
AMENABLE_INLINE Set::Floats sqrt(Set::Floats x) { return (Set::Floats)vsqrtq_f32((float32x4_t)x); }
AMENABLE_INLINE Set::Doubles sqrt(Set::Doubles x) {
  return (Set::Doubles)vsqrtq_f64((float64x2_t)x);
}
AMENABLE_INLINE Set::Floats gather(const float* base, Set::Ints32 i) {
  return Set::Floats{base[i[0]], base[i[1]], base[i[2]], base[i[3]]};
}
AMENABLE_INLINE Set::Doubles gather(const double* base, Set::Ints64 i) {
  return Set::Doubles{base[i[0]], base[i[1]]};
}
// The product of the low halves of two 64-bit words.
AMENABLE_INLINE Set::Words64 widening_product(Set::Words64 a, Set::Words64 b) {
  return (a & 0xffffffff) * (b & 0xffffffff);
}
// One bit for each lane of a comparison's result. (A template: compilers differ in its type.)
template <class Mask>
AMENABLE_INLINE unsigned bitmask(Mask mask) {
  unsigned bits = 0;
  for (unsigned i = 0; i < sizeof(Mask) / sizeof(mask[0]); ++i) bits |= (mask[i] & 1u) << i;
  return bits;
}

}  // namespace amenable::AMENABLE_TARGET
