// The elementary functions against the truth, for the instruction set this is compiled for.
//   (no argument)  every exponent and many mantissas; special values; the bits' fingerprint
//   --all          every float, against the double functions (which the above has checked)
//   --time         nanoseconds for one register
// Float functions are compared with the double ones, those with the C library's long double.

#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <limits>
#include <vector>

#include "check.h"
#include "lanes/math.h"

namespace amenable::AMENABLE_TARGET {
namespace {

constexpr double INF = std::numeric_limits<double>::infinity();
constexpr double NOT_A_NUMBER = std::numeric_limits<double>::quiet_NaN();
constexpr double ULPS = 2, RELATIVE_ERROR = 1e-12;

// Fingerprints are those of every instruction set and compiler. One may change only with its
// function, knowingly: results of all earlier versions of the package change with it.
struct Function {
  const char* name;
  void (*floats)(const float* x, float* y, int n);
  void (*doubles)(const double* x, double* y, int n);
  long double (*truth)(long double x);
  double limit;    // |x| up to which the error is bounded.
  double largest;  // |y| never exceeds this.
  bool is_odd;
  std::uint64_t float_bits, double_bits;
};

// n: a multiple of the lanes.
#define FUNCTION(name, limit, largest, is_odd, float_bits, double_bits, truth)                  \
  Function {                                                                                    \
    #name, [](const float* x, float* y, int n) { APPLY(float, name) },                          \
        [](const double* x, double* y, int n) { APPLY(double, name) },                          \
        [](long double x) -> long double { return truth; }, limit, largest, is_odd, float_bits, \
        double_bits                                                                             \
  }
#define APPLY(Real, name)                            \
  for (int i = 0; i < n; i += Traits<Real>::count) { \
    Lanes<Real> v;                                   \
    std::memcpy(&v, x + i, sizeof v);                \
    v = name(v);                                     \
    std::memcpy(y + i, &v, sizeof v);                \
  }

const Function FUNCTIONS[] = {
    FUNCTION(exp, INF, INF, false, 0xa526aa7288288466, 0x58b594a9ece29f20, std::exp(x)),
    FUNCTION(expm1, INF, INF, true, 0xe5615dc7d4757f5a, 0x5ca45a80ce22c5a6, std::expm1(x)),
    FUNCTION(log, INF, INF, false, 0x6c4decf1c9590b8d, 0xc6bfe94eab49a2dd, std::log(x)),
    FUNCTION(log1p, INF, INF, true, 0x59e7f582edc18931, 0x4d8263136894bd01, std::log1p(x)),
    FUNCTION(tanh, INF, 1, true, 0xab8307ec94f1a0f9, 0x782ace3f5ee8e4f0, std::tanh(x)),
    FUNCTION(sigmoid, INF, 1, false, 0x08b089acff09209d, 0xb382f9684c405edd,
             1 / (1 + std::exp(-x))),
    FUNCTION(softplus, INF, INF, false, 0x906201d6d69adf3a, 0x8d79dc940374be4f,
             x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x))),
    FUNCTION(erf, INF, 1, true, 0xe6e70c349592efee, 0xddc7175f365a82c2, std::erf(x)),
    FUNCTION(sin, 1e4, 1, true, 0xd4984adc67009d6b, 0x224a74c1fafb6581, std::sin(x)),
    FUNCTION(cos, 1e4, 1, false, 0xa68f49e80982f052, 0x3ca1275681f93de9, std::cos(x)),
};

template <class Real>
auto values(const Function& f) {
  if constexpr (sizeof(Real) == 4)
    return f.floats;
  else
    return f.doubles;
}

struct Worst {
  double error = 0, at = 0;
  void take(double e, double x) {
    if (!(e <= error)) error = e, at = x;
  }
};

// error (n): distance of y from the truth in units of the last place of a float near the truth.
// 2^128 stands for infinity.
void ulps(const float* y, const double* truth, double* error, int n) {
  using V = Lanes<double>;
  using Words = Bits<V>;
  const V limit = lanes<V>(0x1p128);
  for (int i = 0; i < n; i += Traits<double>::count) {
    V got, t;
    for (int k = 0; k < Traits<double>::count; ++k) got[k] = y[i + k];
    std::memcpy(&t, truth + i, sizeof t);
    const V bounded = max(-limit, min(limit, t));
    const V distance = abs(max(-limit, min(limit, got)) - bounded);
    const Words exponent = (Words)bounded >> 52 & 0x7ff;
    const Words e = exponent < 1023 - 126 ? Words{} + (1023 - 126) : exponent;
    const V units = distance * (V)((2046 + 23 - e) << 52);
    const V where_t_is_nan = got == got ? lanes<V>(INF) : V{};
    const V where_nan = t == t ? lanes<V>(INF) : where_t_is_nan;
    const V result = units == units ? units : where_nan;
    std::memcpy(error + i, &result, sizeof result);
  }
}

double relative_error(double y, long double t) {
  if (y != y || t != t) return (y != y) == (t != t) ? 0 : INF;
  if (y == t || static_cast<double>(t) == y) return 0;
  // Subnormals have fewer digits: their error is counted in units of the last place.
  const long double scale = std::fmax(std::fabs(t), 0x1p-1022L);
  return static_cast<double>(std::fabs(y - t) / scale);
}

// Every exponent with `mantissas` mantissas and both signs.
template <class Real>
std::vector<Real> every_exponent(int mantissas) {
  using U = typename Constants<Real>::UInt;
  constexpr int bits = Constants<Real>::mantissa_bits, exponents = 8 * sizeof(Real) - bits;
  std::vector<Real> x;
  U scattered = 0;
  for (U high = 0; high < U(1) << exponents; ++high) {
    for (int i = 0; i < mantissas; ++i) {
      scattered = scattered * U(6364136223846793005u) + U(1442695040888963407u);
      const U low = i == 0 ? 0 : i == 1 ? ~U(0) : scattered ^ scattered >> 11;
      x.push_back(__builtin_bit_cast(Real, (high << bits) | (low & ((U(1) << bits) - 1))));
    }
  }
  return x;
}

// Where most happens, 2^-4 to 2^7, without gaps wider than 1/2^18 of the number.
template <class Real>
std::vector<Real> dense() {
  std::vector<Real> x;
  for (int exponent = -4; exponent < 7; ++exponent) {
    for (int i = 0; i < 1 << 15; ++i) {
      const double v = std::ldexp(1 + (i + 0.618 * (i & 7)) / (1 << 15), exponent);
      x.push_back(static_cast<Real>(v)), x.push_back(static_cast<Real>(-v));
    }
  }
  return x;
}

template <class Real>
std::uint64_t fingerprint(const Function& f) {
  std::vector<Real> x = every_exponent<Real>(sizeof(Real) == 4 ? 256 : 32), y(x.size());
  values<Real>(f)(x.data(), y.data(), static_cast<int>(x.size()));
  std::uint64_t hash = 0xcbf29ce484222325;  // FNV-1a's start and factor.
  for (Real v : y) {
    // Which NaN it is differs between machines and never matters.
    const Real plain = v == v ? v : static_cast<Real>(0x7fff);
    const auto bits = __builtin_bit_cast(typename Constants<Real>::UInt, plain);
    hash = (hash ^ bits) * 0x100000001b3;
    hash ^= hash >> 29;
  }
  return hash;
}

Worst float_error(const Function& f, const std::vector<float>& x) {
  const int n = static_cast<int>(x.size());
  std::vector<float> y(x.size());
  std::vector<double> wide(x.begin(), x.end()), truth(x.size()), error(x.size());
  f.floats(x.data(), y.data(), n);
  f.doubles(wide.data(), truth.data(), n);
  ulps(y.data(), truth.data(), error.data(), n);
  Worst worst;
  for (int i = 0; i < n; ++i)
    if (!(std::fabs(x[i]) > f.limit)) worst.take(error[i], x[i]);
  return worst;
}

Worst double_error(const Function& f, const std::vector<double>& x) {
  std::vector<double> y(x.size());
  f.doubles(x.data(), y.data(), static_cast<int>(x.size()));
  Worst worst;
  for (std::size_t i = 0; i < x.size(); ++i)
    if (!(std::fabs(x[i]) > f.limit)) worst.take(relative_error(y[i], f.truth(x[i])), x[i]);
  return worst;
}

template <class Real>
Real one_value(const Function& f, Real x) {
  std::vector<Real> in(Traits<Real>::count, x), out(in);
  values<Real>(f)(in.data(), out.data(), Traits<Real>::count);
  return out[0];
}

bool same(double a, double b) {
  return a != a ? b != b : a == b && std::signbit(a) == std::signbit(b);
}

struct Special {
  const char* name;
  double x, y;
};
const Special SPECIALS[] = {
    {"exp", -INF, 0},
    {"exp", INF, INF},
    {"exp", 0.0, 1},
    {"exp", -0.0, 1},
    {"expm1", -INF, -1},
    {"expm1", INF, INF},
    {"log", 0.0, -INF},
    {"log", -0.0, -INF},
    {"log", 1, 0},
    {"log", INF, INF},
    {"log", -INF, NOT_A_NUMBER},
    {"log", -1, NOT_A_NUMBER},
    {"log1p", -1, -INF},
    {"log1p", INF, INF},
    {"log1p", -2, NOT_A_NUMBER},
    {"log1p", -INF, NOT_A_NUMBER},
    {"tanh", -INF, -1},
    {"tanh", INF, 1},
    {"tanh", 40, 1},
    {"sigmoid", -INF, 0},
    {"sigmoid", INF, 1},
    {"sigmoid", 0, 0.5},
    {"sigmoid", 60, 1},
    {"softplus", -INF, 0},
    {"softplus", INF, INF},
    {"erf", INF, 1},
    {"erf", -INF, -1},
    {"erf", 7, 1},
    {"sin", INF, NOT_A_NUMBER},
    {"sin", -INF, NOT_A_NUMBER},
    {"cos", INF, NOT_A_NUMBER},
    {"cos", 0, 1},
};

template <class Real>
void check_special_values(const Function& f) {
  for (const Special& s : SPECIALS) {
    if (std::strcmp(s.name, f.name) != 0) continue;
    const double y = one_value(f, static_cast<Real>(s.x));
    if (!CHECK(same(y, s.y))) std::printf("  %s(%g) = %g, not %g\n", f.name, s.x, y, s.y);
  }
  CHECK(same(one_value(f, static_cast<Real>(NOT_A_NUMBER)), NOT_A_NUMBER));
  if (f.is_odd) {
    CHECK(same(one_value(f, Real(0)), 0.0));
    CHECK(same(one_value(f, -Real(0)), -0.0));
  }
}

// tanh and the like never leave [-1, 1], not by a rounding and not where sin has lost its phase.
template <class Real>
void check_range(const Function& f) {
  std::vector<Real> x = every_exponent<Real>(64), y(x.size());
  values<Real>(f)(x.data(), y.data(), static_cast<int>(x.size()));
  bool is_within = true;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const bool may_be_nan = !(std::fabs(x[i]) < INF);
    is_within = is_within && (std::fabs(y[i]) <= f.largest || (may_be_nan && y[i] != y[i]));
  }
  CHECK(is_within);
}

// tanh and sin are exactly odd: a network and its mirror image train alike.
template <class Real>
void check_symmetry(const Function& f) {
  const std::vector<Real> x = dense<Real>();
  std::vector<Real> y(x.size());
  values<Real>(f)(x.data(), y.data(), static_cast<int>(x.size()));
  bool is_odd = true;
  for (std::size_t i = 0; i < x.size(); i += 2) is_odd = is_odd && y[i] == -y[i + 1];
  CHECK(is_odd);
}

void check_function(const Function& f) {
  Worst ulp = float_error(f, every_exponent<float>(512));
  const Worst more = float_error(f, dense<float>());
  ulp.take(more.error, more.at);
  Worst relative = double_error(f, every_exponent<double>(32));
  const Worst wide = double_error(f, dense<double>());
  relative.take(wide.error, wide.at);
  const std::uint64_t floats = fingerprint<float>(f), doubles = fingerprint<double>(f);
  std::printf("%-9s float %.3f ulp at %-13.9g %016llx   double %.2e at %-13.9g %016llx\n", f.name,
              ulp.error, ulp.at, static_cast<unsigned long long>(floats), relative.error,
              relative.at, static_cast<unsigned long long>(doubles));
  CHECK(ulp.error <= ULPS);
  CHECK(relative.error <= RELATIVE_ERROR);
  CHECK(floats == f.float_bits);
  CHECK(doubles == f.double_bits);
  check_special_values<float>(f);
  check_special_values<double>(f);
  if (f.largest < INF) {
    check_range<float>(f);
    check_range<double>(f);
  }
  if (!std::strcmp(f.name, "tanh") || !std::strcmp(f.name, "sin") || !std::strcmp(f.name, "erf")) {
    check_symmetry<float>(f);
    check_symmetry<double>(f);
  }
}

// Every float, a block at a time.
void walk_all(const Function& f) {
  constexpr int n = 4096;
  static float x[n], y[n];
  static double wide[n], truth[n], error[n];
  Worst worst;
  for (std::uint64_t start = 0; start < 1ull << 32; start += n) {
    for (int i = 0; i < n; ++i) {
      x[i] = __builtin_bit_cast(float, static_cast<std::uint32_t>(start) + i);
      wide[i] = x[i];
    }
    f.floats(x, y, n);
    f.doubles(wide, truth, n);
    ulps(y, truth, error, n);
    bool is_worse = false;
    for (int i = 0; i < n; ++i) is_worse |= !(error[i] <= worst.error);
    if (is_worse)
      for (int i = 0; i < n; ++i)
        if (!(std::fabs(wide[i]) > f.limit)) worst.take(error[i], x[i]);
  }
  std::printf("%-9s float %.4f ulp at %.9g\n", f.name, worst.error, worst.at);
  std::fflush(stdout);
  CHECK(worst.error <= ULPS);
}

// The least of many runs over an array that fits in the first-level cache.
template <class Real>
double nanoseconds(const Function& f) {
  constexpr int n = 1024;
  std::vector<Real> x(n), y(n);
  for (int i = 0; i < n; ++i) x[i] = static_cast<Real>((i % 97) * 0.1 - 4.8);
  double least = INF;
  for (int run = 0; run < 2000; ++run) {
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < 4; ++i) values<Real>(f)(x.data(), y.data(), n);
    const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - start;
    least = std::fmin(least, took.count() / (4 * n / Traits<Real>::count));
  }
  return least;
}

}  // namespace
}  // namespace amenable::AMENABLE_TARGET

int main(int argc, char** argv) {
  using namespace amenable::AMENABLE_TARGET;
  for (const Function& f : FUNCTIONS) {
    if (argc > 2 && std::strcmp(argv[2], f.name) != 0) continue;
    if (argc > 1 && !std::strcmp(argv[1], "--all"))
      walk_all(f);
    else if (argc > 1 && !std::strcmp(argv[1], "--time"))
      std::printf("%-9s %6.2f ns for %d floats, %6.2f ns for %d doubles\n", f.name,
                  nanoseconds<float>(f), Traits<float>::count, nanoseconds<double>(f),
                  Traits<double>::count);
    else
      check_function(f);
  }
  if (argc > 1 && !std::strcmp(argv[1], "--time")) return 0;
  return amenable::check::finish();
}
