// Elementary functions of float and double lanes, whose bits are the same on every instruction set:
// only + - * / fma, comparisons, selections and integer operations, no branches, no library.
// float: at most 2 ulp from the true value; double: at most 1e-12 of it. See tests/math_test.cpp.
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
  typedef typename ConstantsOf<V>::UInt type __attribute__((vector_size(LANE_BYTES)));
};
template <class V>
using Bits = typename BitsOf<V>::type;

// c[0] + c[1] x + c[2] x^2 + ...
template <class V, class Real, int n>
AMENABLE_INLINE V polynomial(const Real (&c)[n], V x) {
  V y = all(c[n - 1]);
  for (int i = n - 2; i >= 0; --i) y = fma(y, x, all(c[i]));
  return y;
}

// NaN stays.
template <class V>
AMENABLE_INLINE V clamp(V x, RealOf<V> low, RealOf<V> high) {
  return min(all(high), max(all(low), x));
}

// 2^(n + offset), where t = n + round.
template <class V>
AMENABLE_INLINE V power_of_2(V t, int offset = 0) {
  using C = ConstantsOf<V>;
  return (V)(((Bits<V>)t + static_cast<typename C::UInt>(C::bias + offset)) << C::mantissa_bits);
}

// x = n log(2) + r, |r| <= log(2)/2; t = n + round.
template <class V>
struct Reduced {
  V t, n, r;
};
template <class V>
AMENABLE_INLINE Reduced<V> reduce(V x) {
  using C = ConstantsOf<V>;
  const V t = fma(x, V{} + number<V>(1.44269504088896340736), V{} + C::round);
  const V n = t - C::round;
  const V r = fma(n, all(-C::log2_low), fma(n, all(-C::log2_high), x));
  return {t, n, r};
}

template <class V>
AMENABLE_INLINE V exp_of(V x) {
  using C = ConstantsOf<V>;
  const auto [t, n, r] = reduce(clamp(x, C::exp_low, C::exp_high));
  const V p = fma(fma(polynomial(C::exp_tail, r), r, all(RealOf<V>(1))), r, all(RealOf<V>(1)));
  // In two factors, because 2^n alone may be out of range.
  const Bits<V> whole = (Bits<V>)t + static_cast<typename C::UInt>(2 * C::bias);
  const Bits<V> half = whole >> 1;
  return p * (V)(half << C::mantissa_bits) * (V)((whole - half) << C::mantissa_bits);
}

template <class V>
AMENABLE_INLINE V expm1_of(V x) {
  using C = ConstantsOf<V>;
  const auto [t, n, r] = reduce(clamp(x, C::expm1_low, C::exp_high));
  const V g = fma(polynomial(C::exp_tail, r) * r, r, r);
  const V half = power_of_2(t, -1);
  const V y = fma(half, g, half - number<V>(0.5));
  return n == 0 ? g : y + y;
}

// tanh(m + r) = (tanh(m) + tanh(r)) / (1 + tanh(m) tanh(r)) where m = n log(2)/2, so that
// tanh(m) = (1 - s) / (1 + s), s = 2^-n, and tanh(r) = r / q(r^2). Exactly odd: 2^n, the only
// thing that is not, scales both sides of the quotient.
template <class V>
AMENABLE_INLINE V tanh_of(V x) {
  using C = ConstantsOf<V>;
  x = clamp(x, -C::tanh_high, C::tanh_high);
  const V biased = all(C::round + C::bias);
  const V t = fma(x, all(number<V>(-2 * 1.44269504088896340736)), biased);
  const V r = fma(biased - t, all(number<V>(-0.34657359027997265471)), x);
  const V s = (V)((Bits<V>)t << C::mantissa_bits);
  const V q = polynomial(C::tanh_even, r * r);
  const V above = s + 1, below = s - 1;
  return fma(-below, q, r * above) / fma(-below, r, q * above);
}

// e^x / (1 + e^x) with e^x = 2^n p, both sides times 2^-k so that 2^-n is within range.
template <class V>
AMENABLE_INLINE V sigmoid_of(V x) {
  using C = ConstantsOf<V>;
  const auto [t, n, r] = reduce(clamp(x, C::exp_low, C::sigmoid_high));
  constexpr int k = C::mantissa_bits + 2;
  const V p = fma(fma(polynomial(C::exp_tail, r), r, all(RealOf<V>(1))), r, all(RealOf<V>(1)));
  const V scaled = p * number<V>(1 / static_cast<double>(1ull << k));
  const V s = (V)((static_cast<typename C::UInt>(C::bias - k) - (Bits<V>)t) << C::mantissa_bits);
  return scaled / (scaled + s);
}

// log(v) given log(1 + f) of v = 2^-d (1 + f), and what it is where v is not positive and finite.
template <class V>
AMENABLE_INLINE V log_end(V v, V d, V f) {
  using C = ConstantsOf<V>;
  const V tail = f * f * polynomial(C::log_tail, f);
  const V y = fma(-d, all(C::log2_high), fma(-d, all(C::log2_low), tail) + f);
  const V infinite = all(number<V>(__builtin_inf()));
  const V other = v == 0 ? -infinite : v < 0 ? all(number<V>(__builtin_nan(""))) : v;
  const auto usual = (v > 0) & (v < infinite);
  return usual ? y : other;
}

// v > 0 as 2^-d m with sqrt(1/2) <= m < sqrt(2).
template <class V>
struct Split {
  V d, m;
  Bits<V> exponent;  // of 2^-d, biased.
};
template <class V>
AMENABLE_INLINE Split<V> split(V v) {
  using C = ConstantsOf<V>;
  using U = typename C::UInt;
  constexpr U root = __builtin_bit_cast(U, C::root_half), one = U(C::bias) << C::mantissa_bits;
  const Bits<V> n = ((Bits<V>)v - root + one) >> C::mantissa_bits;  // + bias
  const V m = (V)((Bits<V>)v - ((n - U(C::bias)) << C::mantissa_bits));
  const V d = C::round + C::bias - (V)((Bits<V>)all(C::round) + n);
  return {d, m, U(2 * C::bias) - n};
}

template <class V>
AMENABLE_INLINE V log_of(V x) {
  using C = ConstantsOf<V>;
  const auto small = x < C::smallest_normal;
  constexpr int lift = C::mantissa_bits + 1;
  const V v = small ? x * number<V>(static_cast<double>(1ull << lift)) : x;
  const auto [d, m, exponent] = split(v);
  return log_end(v, small ? d + lift : d, m - 1);
}

template <class V>
AMENABLE_INLINE V log1p_of(V x) {
  using C = ConstantsOf<V>;
  const V v = x + 1;
  const auto [d, m, exponent] = split(v);
  // Of what 1 + x lost nothing is lost here: 2^d x - (1 - 2^d) is rounded once.
  const V s = (V)(exponent << C::mantissa_bits);
  const V f = x < number<V>(1e9) ? fma(s, x, -(1 - s)) : m - 1;
  return log_end(v, d, f);
}

// max(x, 0) + log(1 + y), y = exp(-|x|) <= 1.
template <class V>
AMENABLE_INLINE V softplus_of(V x) {
  using C = ConstantsOf<V>;
  const V y = exp_of(-abs(x));
  const V log_part = fma(y * y, polynomial(C::log_unit_tail, y), y);
  return (x > 0 ? x : V{}) + log_part;
}

template <class V>
AMENABLE_INLINE V erf_of(V x) {
  using C = ConstantsOf<V>;
  const V a = abs(x), u = x * x;
  const V near = fma(polynomial(C::erf_near, u), x, x);
  const V t = min(all(C::erf_high), a) - C::erf_centre;
  const V far = copysign(1 - exp_of(polynomial(C::erf_far, t)), x);
  return a <= 1 ? near : x == x ? far : x;
}

// sin(r) (-1)^k for x = k pi + r with |r| <= pi/2, where the lowest bit of odd is that of k.
template <class V>
AMENABLE_INLINE V sin_end(V x, V k, V odd) {
  using C = ConstantsOf<V>;
  V r = fma(k, all(-C::pi_3), fma(k, all(-C::pi_2), fma(k, all(-C::pi_1), x)));
  r = clamp(r, number<V>(-1.5707963), number<V>(1.5707963));
  const V u = r * r;
  const V y = fma(polynomial(C::sin_tail, u) * u, r, r);
  constexpr int sign = 8 * sizeof(RealOf<V>) - 1;
  return (V)((Bits<V>)y ^ ((Bits<V>)odd << sign));
}

template <class V>
AMENABLE_INLINE V sin_of(V x) {
  using C = ConstantsOf<V>;
  const V t = fma(x, all(number<V>(0.31830988618379067154)), all(C::round));
  return sin_end(x, t - C::round, t);
}

// cos(x) = sin(x + pi/2): k is half an odd number.
template <class V>
AMENABLE_INLINE V cos_of(V x) {
  using C = ConstantsOf<V>;
  const V t = fma(x, all(number<V>(0.31830988618379067154)), all(number<V>(-0.5))) + C::round;
  return -sin_end(x, t - C::round + number<V>(0.5), t);
}

#define AMENABLE_FUNCTION(name)                                                   \
  AMENABLE_INLINE Lanes<float> name(Lanes<float> x) { return name##_of(x); }     \
  AMENABLE_INLINE Lanes<double> name(Lanes<double> x) { return name##_of(x); }
AMENABLE_FUNCTION(exp)
AMENABLE_FUNCTION(expm1)
AMENABLE_FUNCTION(log)
AMENABLE_FUNCTION(log1p)
AMENABLE_FUNCTION(tanh)
AMENABLE_FUNCTION(sigmoid)
AMENABLE_FUNCTION(softplus)
AMENABLE_FUNCTION(erf)
AMENABLE_FUNCTION(sin)
AMENABLE_FUNCTION(cos)
#undef AMENABLE_FUNCTION

}  // namespace amenable::AMENABLE_TARGET
