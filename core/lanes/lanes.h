// A register in which every lane belongs to another network, and the few operations on it that
// differ between instruction sets. Nothing here lets a lane see its neighbour.
//
// Lanes<Real> is a compiler vector: + - * / and comparisons work as they stand, (mask ? a : b)
// selects per lane, and each is rounded as IEEE 754 says, so every instruction set gives the same
// bits. What a compiler vector lacks (fma, sqrt, gather, bitmask) comes from the header of the set.
#pragma once

#include <cstdint>
#include <type_traits>

#if !defined(AMENABLE_TARGET)
#error "define AMENABLE_TARGET (avx512, avx2, neon or portable) before including the lanes"
#endif

#define AMENABLE_INLINE inline __attribute__((always_inline))

namespace amenable::AMENABLE_TARGET {

template <int bytes>
struct Registers {
  typedef float Floats __attribute__((vector_size(bytes)));
  typedef double Doubles __attribute__((vector_size(bytes)));
  typedef std::int32_t Ints32 __attribute__((vector_size(bytes)));
  typedef std::int64_t Ints64 __attribute__((vector_size(bytes)));
  typedef std::uint64_t Words64 __attribute__((vector_size(bytes)));
};

}  // namespace amenable::AMENABLE_TARGET

// Each defines LANE_BYTES, TILE_ROWS, TILE_COLUMNS and, for float and double lanes,
// fma(a, b, c), sqrt(x), gather(base, index), bitmask(mask).
#define AMENABLE_SET_avx512 1
#define AMENABLE_SET_avx2 2
#define AMENABLE_SET_neon 3
#define AMENABLE_SET_portable 4
#define AMENABLE_CAT(a, b) a##b
#define AMENABLE_SET_OF(target) AMENABLE_CAT(AMENABLE_SET_, target)
#if AMENABLE_SET_OF(AMENABLE_TARGET) == 1
#include "lanes/avx512.h"
#elif AMENABLE_SET_OF(AMENABLE_TARGET) == 2
#include "lanes/avx2.h"
#elif AMENABLE_SET_OF(AMENABLE_TARGET) == 3
#include "lanes/neon.h"
#else
#include "lanes/portable.h"
#endif

namespace amenable::AMENABLE_TARGET {

template <class Real>
struct Traits;

template <>
struct Traits<float> {
  using Lanes = Registers<LANE_BYTES>::Floats;
  using Ints = Registers<LANE_BYTES>::Ints32;
  using Int = std::int32_t;
  static constexpr int count = LANE_BYTES / 4;
};

template <>
struct Traits<double> {
  using Lanes = Registers<LANE_BYTES>::Doubles;
  using Ints = Registers<LANE_BYTES>::Ints64;
  using Int = std::int64_t;
  static constexpr int count = LANE_BYTES / 8;
};

template <class Real>
using Lanes = typename Traits<Real>::Lanes;
template <class Real>
using Ints = typename Traits<Real>::Ints;
template <class Real>
using Int = typename Traits<Real>::Int;

// The same number in every lane. (x - 0, not 0 + x, so that -0 stays -0.)
template <class Real>
AMENABLE_INLINE Lanes<Real> all(Real x) {
  return x - Lanes<Real>{};
}

// A constant in the precision of V's lanes.
template <class V>
constexpr auto number(double x) {
  return static_cast<std::remove_cvref_t<decltype(V{}[0])>>(x);
}

AMENABLE_INLINE Lanes<float> abs(Lanes<float> x) {
  return (Lanes<float>)((Ints<float>)x & 0x7fffffff);
}
AMENABLE_INLINE Lanes<double> abs(Lanes<double> x) {
  return (Lanes<double>)((Ints<double>)x & 0x7fffffffffffffff);
}

// a with the sign of b.
AMENABLE_INLINE Lanes<float> copysign(Lanes<float> a, Lanes<float> b) {
  constexpr std::int32_t sign = INT32_MIN;
  return (Lanes<float>)(((Ints<float>)a & ~sign) | ((Ints<float>)b & sign));
}
AMENABLE_INLINE Lanes<double> copysign(Lanes<double> a, Lanes<double> b) {
  constexpr std::int64_t sign = INT64_MIN;
  return (Lanes<double>)(((Ints<double>)a & ~sign) | ((Ints<double>)b & sign));
}

// The larger or smaller; where either is NaN, b.
template <class V>
AMENABLE_INLINE V max(V a, V b) {
  return a > b ? a : b;
}
template <class V>
AMENABLE_INLINE V min(V a, V b) {
  return a < b ? a : b;
}

}  // namespace amenable::AMENABLE_TARGET
