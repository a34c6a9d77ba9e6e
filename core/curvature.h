// The diagonal of the loss's curvature, which stochastic diagonal Levenberg-Marquardt divides by
// (LeCun, Bottou, Orr and Mueller 1998, "Efficient BackProp"): Gauss and Newton's approximation,
// never negative, estimated anew at the beginning of every epoch on some training samples.
#pragma once

#include "losses.h"
#include "pass.h"
#include "samples.h"

namespace amenable::AMENABLE_TARGET {

template <class Real>
class Curvature {
 public:
  using V = Lanes<Real>;

  Curvature(const Plan& plan, Arena& arena) : plan_(plan) {
    if (plan.optimizer != Optimizer::levenberg_marquardt) return;
    squares_ = arena.take<V>(n_parameters(plan));
    diagonal_ = arena.take<V>(n_parameters(plan));
  }

  // (P), of networks with weights w. Samples are taken evenly from all that there are.
  const V* estimate(Pass<Real>& pass, const V* w, V parameter, const LaneSamples<Real>& samples) {
    const int n_out = n_outputs(plan_);
    const std::int64_t P = n_parameters(plan_);
    for (std::int64_t i = 0; i < P; ++i) squares_[i] = w[i] * w[i];
    const std::int64_t count =
        samples.n() < plan_.curvature_samples ? samples.n() : plan_.curvature_samples;
    const auto row = [&](std::int64_t i) { return i * samples.n() / count; };
    double sums[Traits<Real>::count] = {};
    for (std::int64_t i = 0; i < count; ++i) {
      const V weight = samples.weight(row(i));
      for (int lane = 0; lane < Traits<Real>::count; ++lane)
        sums[lane] += static_cast<double>(weight[lane]);
    }
    // Where none counts, no share does.
    for (double& sum : sums) sum = sum > 0 ? sum : __builtin_inf();
    V weights[64];
    for (std::int64_t first = 0; first < count && !pass.is_cancelled(); first += pass.height()) {
      const std::int64_t left = count - first;
      const int n = static_cast<int>(left < pass.height() ? left : pass.height());
      for (int s = 0; s < n; ++s) {
        samples.fetch(row(first + s), 1, pass.input() + s * plan_.n_inputs,
                      pass.target() + s * n_out);
        weights[s] = samples.share(row(first + s), sums);
      }
      pass.forward(w, n, plan_.n_layers);
      loss_curvature<Real>(plan_.loss, parameter, pass.output(), pass.target(), weights, n, n_out,
                           pass.output_gradient());
      pass.curvature(squares_, diagonal_, n, first == 0);
    }
    return diagonal_;
  }

 private:
  const Plan& plan_;
  V *squares_ = nullptr, *diagonal_ = nullptr;  // (P)
};

}  // namespace amenable::AMENABLE_TARGET
