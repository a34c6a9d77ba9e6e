// Constants of the float functions of math.h. Polynomials come from coefficients.py.
#pragma once

namespace amenable::AMENABLE_TARGET {

template <>
struct Constants<float> {
  using UInt = std::uint32_t;
  static constexpr int mantissa_bits = 23, bias = 127;
  // x + round - round is x rounded to an integer, if |x| < 2^22.
  static constexpr float round = 0x1.8p23f;
  static constexpr double log2 = 0.69314718055994530942, log2_e = 1.44269504088896340736,
                          pi_inverse = 0.31830988618379067154;
  // log(2) in two parts and pi in three, cut and not rounded: positive parts let -0 through.
  static constexpr float log2_high = 0x1.62e42ep-1f, log2_low = 0x1.efa39ep-25f;
  static constexpr float pi_1 = 0x1.921fb4p+1f, pi_2 = 0x1.4442dp-23f, pi_3 = 0x1.84698ap-47f;
  // Beyond these, exp is 0 or infinite, tanh 1, sigmoid 1, expm1 -1, erf 1.
  static constexpr float exp_low = -104, exp_high = 89, tanh_high = 9.1f, sigmoid_high = 18,
                         expm1_low = -18, erf_high = 4;
  static constexpr float root_half = 0x1.6a09e6p-1f, smallest_normal = 0x1p-126f;

  // tanh's n is the nearest integer to |x| tanh_steps: a little less than 2/log(2), so that r stays
  // above -0.16; the quotient loses most below.
  static constexpr double tanh_steps = 2.69663;
  // (r / tanh(r) - 1) / r^2 in r^2. Minimax weighted with its effect on tanh(x), over the r of all
  // n: 0.2 ulp. Of the floats near by, these made the largest error over all x least.
  static constexpr float tanh_tail[] = {0.333331078f, -0.0220685601f};
  // (exp(r) - 1 - r) / r^2, |r| <= log(2)/2; error 1.4e-08. Of the floats near by, these made the
  // largest error of sigmoid least.
  static constexpr float exp_tail[] = {0.5f, 0.166665524f, 0.0416674949f, 0.00836646184f,
                                       0.00138690439f};
  // (log(1 + f) - f) / f^2, sqrt(1/2) <= 1 + f <= sqrt(2); error 3.0e-08.
  static constexpr float log_tail[] = {-0.4999999f,  0.3333395f,  -0.2500179f, 0.1996205f,
                                       -0.16569899f, 0.14917813f, -0.1431079f, 0.0873828f};
  // (log(1 + y) - y) / y^2, 0 <= y <= 1; error 5.2e-09.
  static constexpr float log_unit_tail[] = {-0.4999993f,   0.3333047f,   -0.24958156f,
                                            0.19693144f,   -0.15348734f, 0.10668972f,
                                            -0.057547033f, 0.020140473f, -0.0033039094f};
  // (sin(r) / r - 1) / r^2 in r^2, |r| <= pi/2; error 6.3e-09.
  static constexpr float sin_tail[] = {-0.1666666f, 0.008333069f, -0.0001980977f, 2.60606e-06f};
  // log(erfc(-z)) / z - 1, -4 <= z <= 0; error 4.2e-09.
  static constexpr float erf_tail[] = {0.12837917f,    -0.63661957f,    0.1027763f,
                                       0.01914777f,    -0.00016963712f, -0.0016758384f,
                                       -0.0006374649f, -0.00011889273f, -9.391745e-06f};
};

}  // namespace amenable::AMENABLE_TARGET
