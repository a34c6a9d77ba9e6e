// Constants of the float functions of math.h. Polynomials come from coefficients.py.
#pragma once

namespace amenable::AMENABLE_TARGET {

template <>
struct Constants<float> {
  using UInt = std::uint32_t;
  static constexpr int mantissa_bits = 23, bias = 127;
  // x + round - round is x rounded to an integer (|x| < 2^22), whose low bits are those of x + round.
  static constexpr float round = 0x1.8p23f;
  // log(2) in two parts and pi in three, cut and not rounded: positive parts let -0 through.
  static constexpr float log2_high = 0x1.62e42ep-1f, log2_low = 0x1.efa39ep-25f;
  static constexpr float pi_1 = 0x1.921fb4p+1f, pi_2 = 0x1.4442dp-23f, pi_3 = 0x1.84698ap-47f;
  // Beyond these, exp is 0 or infinite, tanh 1, sigmoid 1, expm1 -1, erf 1.
  static constexpr float exp_low = -104, exp_high = 89, tanh_high = 9.1f, sigmoid_high = 18,
                         expm1_low = -18, erf_high = 4;
  static constexpr float erf_centre = 2.5f;
  static constexpr float root_half = 0x1.6a09e6p-1f, largest = 0x1.fffffep127f;
  static constexpr float smallest_normal = 0x1p-126f;

  // r / tanh(r) in r^2, |r| <= log(2)/4; error 2.2e-09.
  static constexpr float tanh_even[] = {
      1.0f, 0.3333325f, -0.022133753f};
  // (exp(r) - 1 - r) / r^2, |r| <= log(2)/2; error 1.4e-08.
  static constexpr float exp_tail[] = {
      0.49999997f, 0.16666546f, 0.041667435f, 0.008366272f, 0.0013870698f};
  // (log(1 + f) - f) / f^2, sqrt(1/2) <= 1 + f <= sqrt(2); error 3.0e-08.
  static constexpr float log_tail[] = {
      -0.4999999f, 0.3333395f, -0.25001794f, 0.19962057f, -0.16569771f, 0.1491752f,
      -0.14311878f, 0.08740824f};
  // (log(1 + y) - y) / y^2, 0 <= y <= 1; error 5.3e-09.
  static constexpr float log_unit_tail[] = {
      -0.4999993f, 0.3333047f, -0.24958156f, 0.19693182f, -0.15349022f, 0.106697984f,
      -0.057558578f, 0.02014835f, -0.003306016f};
  // (sin(r) - r) / r^3 in r^2, |r| <= pi/2; error 6.3e-09.
  static constexpr float sin_tail[] = {
      -0.1666666f, 0.008333069f, -0.0001980977f, 2.60606e-06f};
  // erf(x) / x - 1 in x^2, |x| <= 1; error 1.4e-09.
  static constexpr float erf_near[] = {
      0.12837917f, -0.37612626f, 0.11283579f, -0.026853347f, 0.005187162f, -0.0007997853f,
      7.806904e-05f};
  // log(erfc(t + 2.5)), 1 <= t + 2.5 <= 4; error 5.2e-11.
  static constexpr float erf_far[] = {
      -7.806815f, -5.35268f, -0.94389385f, -0.010862254f, 0.002154919f, -0.0004356913f,
      6.406659e-05f, -1.9186875e-05f, 5.8495095e-07f};
};

}  // namespace amenable::AMENABLE_TARGET
