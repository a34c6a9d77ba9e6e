// Everything that is compiled once per instruction set. Included by one file for each, with its
// own flags. Nothing of the C++ library with code of its own may be instantiated here: the linker
// keeps one copy of such a function, and it might be one that another machine cannot run.
#include "targets/target.h"
#include "worker.h"

namespace amenable::AMENABLE_TARGET {

template <class Real>
void train(const Plan& plan, const Data<Real>& data, TrialQueue& queue) {
  Worker<Real>(plan, data, queue).run();
}

template <class Real>
std::int64_t training_bytes(const Plan& plan, const Data<Real>& data, TrialQueue& queue) {
  return Worker<Real>(plan, data, queue).size_bytes();
}

// Networks in lanes; lanes without one hold zeros.
template <class Real>
void load(const Plan& plan, const double* weights, const double* layer_settings, int n_networks,
          Lanes<Real>* w, Pass<Real>& pass) {
  const std::int64_t n = n_parameters(plan);
  for (int lane = 0; lane < n_networks; ++lane) {
    pass.set_layer_settings(lane, layer_settings + lane * plan.n_layers * n_layer_settings);
    for (std::int64_t i = 0; i < n; ++i) w[i][lane] = static_cast<Real>(weights[lane * n + i]);
  }
}

template <class Real>
void predict(const Plan& plan, int upto, const double* weights, const double* layer_settings,
             int n_networks, const Real* inputs, std::int64_t n, double* outputs) {
  Arena arena;
  Pass<Real> pass(plan, false, arena);
  auto* w = arena.take<Lanes<Real>>(n_parameters(plan));
  load(plan, weights, layer_settings, n_networks, w, pass);
  const int n_out = upto == 0 ? plan.n_inputs : plan.layers[upto - 1].units;
  for (std::int64_t first = 0; first < n; first += pass.height()) {
    const int rows = static_cast<int>(n - first < pass.height() ? n - first : pass.height());
    for (int i = 0; i < rows * plan.n_inputs; ++i)
      pass.input()[i] = all(inputs[first * plan.n_inputs + i]);
    pass.forward(w, rows, upto);
    const Lanes<Real>* y = upto == 0 ? pass.input() : pass.layer(upto - 1).y;
    for (int lane = 0; lane < n_networks; ++lane)
      for (int i = 0; i < rows * n_out; ++i)
        outputs[(lane * n + first) * n_out + i] = static_cast<double>(y[i][lane]);
  }
}

template <class Real>
void measure(const Plan& plan, const double* weights, const double* settings,
             const double* layer_settings, int n_networks, const Samples<Real>& samples,
             double* losses, double* gradients) {
  Arena arena;
  Pass<Real> pass(plan, true, arena);
  const std::int64_t n = n_parameters(plan);
  auto* w = arena.take<Lanes<Real>>(n);
  auto* g = arena.take<Lanes<Real>>(n);
  auto* scratch = arena.take<Lanes<Real>>(n_outputs(plan));
  load(plan, weights, layer_settings, n_networks, w, pass);
  Lanes<Real> parameter{};
  for (int lane = 0; lane < n_networks; ++lane)
    parameter[lane] = static_cast<Real>(settings[lane * n_settings + loss_parameter]);
  double results[Traits<Real>::count][n_measures];
  MetricSum<Real> metric(plan, samples.n, arena);
  const LaneSamples<Real> of_lanes(plan, samples, arena);
  evaluate<Real>(plan, pass, w, parameter, of_lanes, scratch, metric, results);
  for (int lane = 0; lane < n_networks; ++lane)
    for (int i = 0; i < 2; ++i) losses[2 * lane + i] = results[lane][i];
  if (gradients == nullptr) return;
  full_gradient<Real>(plan, pass, w, parameter, of_lanes, g, [](int) {});
  for (int lane = 0; lane < n_networks; ++lane)
    for (std::int64_t i = 0; i < n; ++i) gradients[lane * n + i] = static_cast<double>(g[i][lane]);
}

template <class Real, class F>
void apply(F f, const Real* x, std::int64_t n, Real* y) {
  constexpr int count = Traits<Real>::count;
  for (std::int64_t i = 0; i < n; i += count) {
    const int some = static_cast<int>(n - i < count ? n - i : count);
    Lanes<Real> v{};
    for (int k = 0; k < some; ++k) v[k] = x[i + k];
    v = f(v);
    for (int k = 0; k < some; ++k) y[i + k] = v[k];
  }
}

template <class Real>
bool elementary(const char* function, const Real* x, std::int64_t n, Real* y) {
  using V = Lanes<Real>;
  const auto is = [function](const char* name) { return __builtin_strcmp(function, name) == 0; };
#define AMENABLE_TRY(name) \
  if (is(#name)) return apply<Real>([](V v) { return name(v); }, x, n, y), true;
  AMENABLE_TRY(exp)
  AMENABLE_TRY(expm1)
  AMENABLE_TRY(log)
  AMENABLE_TRY(log1p)
  AMENABLE_TRY(tanh)
  AMENABLE_TRY(sigmoid)
  AMENABLE_TRY(erf)
  AMENABLE_TRY(sin)
  AMENABLE_TRY(cos)
  AMENABLE_TRY(softplus)
#undef AMENABLE_TRY
  return false;
}

#define AMENABLE_STRING(x) #x
#define AMENABLE_NAME(x) AMENABLE_STRING(x)
extern const Target target;
const Target target{AMENABLE_NAME(AMENABLE_TARGET),
                    {Traits<float>::count, train<float>, training_bytes<float>, predict<float>,
                     measure<float>, elementary<float>},
                    {Traits<double>::count, train<double>, training_bytes<double>, predict<double>,
                     measure<double>, elementary<double>},
                    initial_weights};

}  // namespace amenable::AMENABLE_TARGET
