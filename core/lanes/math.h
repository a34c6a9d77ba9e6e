// Elementary functions of float and double lanes, whose bits are the same on every instruction set:
// only + - * / fma, scaling by powers of 2, comparisons, selections and integer operations, no
// branches, no library. float: at most 2 units in the last place from the true value; double: 1e-12
// of it (sin and cos: for |x| <= 10,000; beyond, some number in [-1, 1]). See tests/math_test.cpp.
#pragma once

#include "lanes/math_steps.h"

namespace amenable::AMENABLE_TARGET {

template <class V>
AMENABLE_INLINE V exp_of(V x) {
  using C = ConstantsOf<V>;
  static constexpr ScaledExp<RealOf<V>> series(1);
  const auto [t, n, r] = reduce(at_most(C::exp_high, at_least(C::exp_low, x)), 2 * C::bias);
  return scale(polynomial(series.c, r), n, t);
}

// 2^n g + (2^n - 1), g = exp(r) - 1; half of it, for 2^n may be out of range. Halves of the
// smallest numbers would not be exact.
template <class V>
AMENABLE_INLINE V expm1_of(V x) {
  using C = ConstantsOf<V>;
  const auto [t, n, r] = reduce(at_most(C::exp_high, at_least(C::expm1_low, x)), C::bias - 1);
  const V square = r * r;
  const V g = fma(polynomial(C::exp_tail, r, square), square, r);
  const V half = power_of_2<V>((Bits<V>)t);
  const V y = fma(half, g, half - number<V>(0.5));
  return abs(x) < number<V>(1e-30) ? x : y + y;
}

// With |x| = m + r, m = n log(2)/2, s = 2^-n, tanh(m) = (1 - s) / (1 + s) and q = r / tanh(r), the
// addition theorem reads tanh(x) = b / (b + s d), d = q - r, b = d (1 - s)/2 + r.
// What rounding does to b it does to both sides of the quotient.
template <class V>
AMENABLE_INLINE V tanh_of(V x) {
  using C = ConstantsOf<V>;
  const V a = at_most(C::tanh_high, abs(x)), shifted = lanes<V>(C::round + C::bias);
  const V t = fma(a, lanes<V>(-C::tanh_steps), shifted);
  const V r = fma(t - shifted, lanes<V>(C::log2 / 2), a);
  const V s = power_of_2<V>((Bits<V>)t);
  const V square = r * r, d = fma(polynomial(C::tanh_tail, square), square, lanes<V>(1)) - r;
  const V b = fma(d, fma(s, lanes<V>(-0.5), lanes<V>(0.5)), r);
  return flip(b, sign_of(x)) / fma(s, d, b);
}

// p / (p + 2^-n), p = exp(r). Both sides are scaled by 2^-k, for the range of 2^-n, and by 1.5,
// which keeps the sum away from powers of 2, next to which numbers are coarsest.
template <class V>
AMENABLE_INLINE V sigmoid_of(V x) {
  using C = ConstantsOf<V>;
  constexpr int k = C::mantissa_bits + 1;
  static constexpr ScaledExp<RealOf<V>> series(1.5 / static_cast<double>(1ull << k));
  x = at_most(C::sigmoid_high, at_least(C::exp_low, x));
  const auto [t, n, r] = reduce<-1>(x, C::bias - k);
  const V p = polynomial(series.c, r);
  return p / fma(power_of_2<V>((Bits<V>)t), lanes<V>(1.5), p);
}

// v > 0 as 2^-d m with sqrt(1/2) <= m < sqrt(2).
template <class V>
struct Split {
  V d, m;
  Bits<V> exponent;  // of 2^d, biased.
};
template <class V>
AMENABLE_INLINE Split<V> split(V v) {
  using C = ConstantsOf<V>;
  using U = typename C::UInt;
  constexpr U root = __builtin_bit_cast(U, C::root_half), one = U(C::bias) << C::mantissa_bits;
  const Bits<V> n = ((Bits<V>)v - root + one) >> C::mantissa_bits;  // Biased, too.
  const V m = (V)((Bits<V>)v - (n << C::mantissa_bits) + one);
  const V d = lanes<V>(C::round + C::bias) - (V)((Bits<V>)lanes<V>(C::round) + n);
  return {d, m, U(2 * C::bias) - n};
}

// log(v) given v = 2^-d (1 + f); also where v is not positive and finite. (-d, not d: -0 stays.)
template <class V>
AMENABLE_INLINE V log_end(V v, V d, V f) {
  using C = ConstantsOf<V>;
  const V square = f * f, infinite = lanes<V>(__builtin_inf());
  const V tail = square * polynomial(C::log_tail, f, square);
  const V y = fma(-d, all(C::log2_high), fma(-d, all(C::log2_low), tail) + f);
  const V other = v == 0 ? -infinite : lanes<V>(__builtin_nan(""));
  return v > 0 ? (v < infinite ? y : v) : other;
}

template <class V>
AMENABLE_INLINE V log_of(V x) {
  using C = ConstantsOf<V>;
  constexpr int lift = C::mantissa_bits + 1;
  const auto small = x < C::smallest_normal;
  const V v = small ? x * number<V>(static_cast<double>(1ull << lift)) : x;
  const auto [d, m, exponent] = split(v);
  return log_end(v, small ? d + lift : d, m - 1);
}

// 1 + x loses digits, but 2^d x - (1 - 2^d) is rounded only once. Where 2^d might be out of range
// the 1 makes no difference.
template <class V>
AMENABLE_INLINE V log1p_of(V x) {
  const V v = x + 1;
  const auto [d, m, exponent] = split(v);
  const V s = power_of_2<V>(exponent);
  return log_end(v, d, x < number<V>(1e20) ? fma(s, x, -(1 - s)) : m - 1);
}

// max(x, 0) + log(1 + y), y = exp(-|x|); 2^n is scaled by 2^k to be in range.
template <class V>
AMENABLE_INLINE V softplus_of(V x) {
  using C = ConstantsOf<V>;
  constexpr int k = C::mantissa_bits + 1;
  static constexpr ScaledExp<RealOf<V>> series(1 / static_cast<double>(1ull << k));
  const auto [t, n, r] = reduce(at_least(C::exp_low, negative(x)), C::bias + k);
  const V y = polynomial(series.c, r) * power_of_2<V>((Bits<V>)t), square = y * y;
  const V positive = x > 0 ? x : V{};
  return positive + fma(square, polynomial(C::log_unit_tail, y), y);
}

// 1 - exp(log(erfc|x|)), by the steps of expm1.
template <class V>
AMENABLE_INLINE V erf_of(V x) {
  using C = ConstantsOf<V>;
  const V z = at_least(-C::erf_high, negative(x));
  const V log_erfc = fma(z, polynomial(C::erf_tail, z, z * z), z);
  const auto [t, n, r] = reduce(log_erfc, C::bias);
  const V square = r * r, s = power_of_2<V>((Bits<V>)t);
  const V g = fma(polynomial(C::exp_tail, r, square), square, r);
  return flip(fma(-s, g, 1 - s), sign_of(x));
}

// sin(r) (-1)^k for x = k pi + r with |r| <= pi/2; the lowest bit of t is that of k.
template <class V>
AMENABLE_INLINE V sin_end(V x, V k, V t) {
  using C = ConstantsOf<V>;
  const V r = fma(k, all(-C::pi_3), fma(k, all(-C::pi_2), fma(k, all(-C::pi_1), x)));
  const V square = r * r;
  const V y = fma(square * polynomial(C::sin_tail, square), r, r);
  const V signed_zero = (V)((Bits<V>)at_most(1, at_least(-1, y)) | sign_of(r));
  return flip(signed_zero, (Bits<V>)t << (8 * sizeof(RealOf<V>) - 1));
}

template <class V>
AMENABLE_INLINE V sin_of(V x) {
  using C = ConstantsOf<V>;
  const V t = fma(x, lanes<V>(C::pi_inverse), all(C::round));
  return sin_end(x, t - C::round, t);
}

// cos(x) = -sin(r) (-1)^j for x = (j + 1/2) pi + r.
template <class V>
AMENABLE_INLINE V cos_of(V x) {
  using C = ConstantsOf<V>;
  const V t = fma(x, lanes<V>(C::pi_inverse), lanes<V>(-0.5)) + C::round;
  return -sin_end(x, t - C::round + number<V>(0.5), t);
}

#define AMENABLE_FUNCTION(name)                                              \
  AMENABLE_INLINE Lanes<float> name(Lanes<float> x) { return name##_of(x); } \
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
