// The steps that the functions of math.h are made of.
#pragma once

#include "lanes/lanes.h"

namespace amenable::AMENABLE_TARGET {

template <class Real>
struct Constants;

}  // namespace amenable::AMENABLE_TARGET

#include "lanes/math_double.h"
#include "lanes/math_float.h"

namespace amenable::AMENABLE_TARGET {

template <class V>
using RealOf = std::remove_cvref_t<decltype(V{}[0])>;
template <class V>
using ConstantsOf = Constants<RealOf<V>>;
// The bits of V's lanes, unsigned: what overflows wraps.
template <class V>
struct BitsOf {
  typedef typename ConstantsOf<V>::UInt type __attribute__((vector_size(sizeof(V))));
};
template <class V>
using Bits = typename BitsOf<V>::type;

// Notation of this file: the constant x in V's lanes.
template <class V>
AMENABLE_INLINE V lanes(double x) {
  return all(number<V>(x));
}

// The least and largest of a constant that is not zero and x; NaN stays. Spelled out for x86,
// where compilers make two instructions of the comparison and selection.
#if AMENABLE_SET_OF(AMENABLE_TARGET) == 1
AMENABLE_INLINE Lanes<float> at_most(float c, Lanes<float> x) { return _mm512_min_ps(all(c), x); }
AMENABLE_INLINE Lanes<float> at_least(float c, Lanes<float> x) { return _mm512_max_ps(all(c), x); }
AMENABLE_INLINE Lanes<double> at_most(double c, Lanes<double> x) {
  return _mm512_min_pd(all(c), x);
}
AMENABLE_INLINE Lanes<double> at_least(double c, Lanes<double> x) {
  return _mm512_max_pd(all(c), x);
}
#elif AMENABLE_SET_OF(AMENABLE_TARGET) == 2
AMENABLE_INLINE Lanes<float> at_most(float c, Lanes<float> x) { return _mm256_min_ps(all(c), x); }
AMENABLE_INLINE Lanes<float> at_least(float c, Lanes<float> x) { return _mm256_max_ps(all(c), x); }
AMENABLE_INLINE Lanes<double> at_most(double c, Lanes<double> x) {
  return _mm256_min_pd(all(c), x);
}
AMENABLE_INLINE Lanes<double> at_least(double c, Lanes<double> x) {
  return _mm256_max_pd(all(c), x);
}
#else
template <class V>
AMENABLE_INLINE V at_most(RealOf<V> c, V x) {
  return min(all(c), x);
}
template <class V>
AMENABLE_INLINE V at_least(RealOf<V> c, V x) {
  return max(all(c), x);
}
#endif

template <class V>
AMENABLE_INLINE Bits<V> sign_of(V x) {
  return (Bits<V>)x & (typename ConstantsOf<V>::UInt(1) << (8 * sizeof(RealOf<V>) - 1));
}
template <class V>
AMENABLE_INLINE V flip(V x, Bits<V> sign) {
  return (V)((Bits<V>)x ^ sign);
}
// -|x|.
template <class V>
AMENABLE_INLINE V negative(V x) {
  return (V)((Bits<V>)x | (typename ConstantsOf<V>::UInt(1) << (8 * sizeof(RealOf<V>) - 1)));
}

// c[0] + c[1] x + c[2] x^2 + ...
template <class V, class Real, int n>
AMENABLE_INLINE V polynomial(const Real (&c)[n], V x) {
  V y = all(c[n - 1]);
  for (int i = n - 2; i >= 0; --i) y = fma(y, x, all(c[i]));
  return y;
}
// The same for who has the square: even and odd powers apart wait half as long for each other.
template <class V, class Real, int n>
AMENABLE_INLINE V polynomial(const Real (&c)[n], V x, V square) {
  V y = all(c[n - 1]), z = all(c[n - 2]);
  for (int i = n - 3; i >= 0; i -= 2) {
    y = fma(y, square, all(c[i]));
    if (i > 0) z = fma(z, square, all(c[i - 1]));
  }
  return n % 2 ? fma(z, x, y) : fma(y, x, z);
}

// The coefficients of scale * exp(r).
template <class Real>
struct ScaledExp {
  static constexpr int n = sizeof(Constants<Real>::exp_tail) / sizeof(Real) + 2;
  Real c[n];
  constexpr explicit ScaledExp(Real scale) : c{scale, scale} {
    for (int i = 2; i < n; ++i) c[i] = scale * Constants<Real>::exp_tail[i - 2];
  }
};

// x = n log(2) + r with an integer n and |r| <= log(2)/2. t = +-n + offset, whose lowest bits are
// the integer's, because adding C::round leaves the float no room for a fraction.
template <class V>
struct Reduced {
  V t, n, r;
};
template <int sign = 1, class V>
AMENABLE_INLINE Reduced<V> reduce(V x, double offset) {
  using C = ConstantsOf<V>;
  const V shifted = lanes<V>(C::round + offset);
  const V t = fma(x, lanes<V>(sign * C::log2_e), shifted);
  const V n = t - shifted;
  const V r = fma(n, lanes<V>(-sign * C::log2_low), fma(n, lanes<V>(-sign * C::log2_high), x));
  return {t, n, r};
}

// 2^n where the lowest bits of t are n + C::bias.
template <class V>
AMENABLE_INLINE V power_of_2(Bits<V> t) {
  return (V)(t << ConstantsOf<V>::mantissa_bits);
}

// p 2^n where 2^n alone may be out of range; rounded once, at the end. t = n + round + 2 bias.
#if AMENABLE_SET_OF(AMENABLE_TARGET) == 1
AMENABLE_INLINE Lanes<float> scale(Lanes<float> p, Lanes<float> n, Lanes<float>) {
  return _mm512_scalef_ps(p, n);
}
AMENABLE_INLINE Lanes<double> scale(Lanes<double> p, Lanes<double> n, Lanes<double>) {
  return _mm512_scalef_pd(p, n);
}
#else
template <class V>
AMENABLE_INLINE V scale(V p, V, V t) {
  const Bits<V> whole = (Bits<V>)t, half = whole >> 1;
  return p * power_of_2<V>(half) * power_of_2<V>(whole - half);
}
#endif

}  // namespace amenable::AMENABLE_TARGET
