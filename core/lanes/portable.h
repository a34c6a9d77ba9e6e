// Any machine with IEEE 754 arithmetic: 4 float or 2 double lanes as the compiler sees fit.
// Where the machine has no fused multiply-add, the C library's exact one is called: slow, same
// bits.
#pragma once

namespace amenable::AMENABLE_TARGET {

inline constexpr int LANE_BYTES = 16;
inline constexpr int TILE_ROWS = 2, TILE_COLUMNS = 2;

using Set = Registers<LANE_BYTES>;

AMENABLE_INLINE Set::Floats fma(Set::Floats a, Set::Floats b, Set::Floats c) {
  for (int i = 0; i < 4; ++i) c[i] = __builtin_fmaf(a[i], b[i], c[i]);
  return c;
}
AMENABLE_INLINE Set::Doubles fma(Set::Doubles a, Set::Doubles b, Set::Doubles c) {
  for (int i = 0; i < 2; ++i) c[i] = __builtin_fma(a[i], b[i], c[i]);
  return c;
}
AMENABLE_INLINE Set::Floats sqrt(Set::Floats x) {
  for (int i = 0; i < 4; ++i) x[i] = __builtin_sqrtf(x[i]);
  return x;
}
AMENABLE_INLINE Set::Doubles sqrt(Set::Doubles x) {
  for (int i = 0; i < 2; ++i) x[i] = __builtin_sqrt(x[i]);
  return x;
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
