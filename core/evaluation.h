// Loss, metric, gradient and signals of the networks in the lanes over a whole split. Every lane
// sees the samples in the order given.
#pragma once

#include "metrics.h"
#include "pass.h"
#include "samples.h"

namespace amenable::AMENABLE_TARGET {

// Samples of the largest split.
template <class Real>
std::int64_t most_samples(const Data<Real>& data) {
  std::int64_t most = data.training.n;
  if (data.validation.n > most) most = data.validation.n;
  return data.test.n > most ? data.test.n : most;
}

// Loss and metric of each lane. Gives up, with whatever it has, when the pass does.
template <class Real>
void evaluate(const Plan& plan, Pass<Real>& pass, const Lanes<Real>* w, Lanes<Real> parameter,
              const LaneSamples<Real>& samples, Lanes<Real>* scratch, MetricSum<Real>& metric,
              double (*result)[n_measures]) {
  using V = Lanes<Real>;
  const int n_out = n_outputs(plan);
  Sum<V> loss;
  metric.clear();
  for (std::int64_t first = 0; first < samples.n() && !pass.is_cancelled();
       first += pass.height()) {
    const std::int64_t left = samples.n() - first;
    const int n = static_cast<int>(left < pass.height() ? left : pass.height());
    samples.fetch(first, n, pass.input(), pass.target());
    pass.forward(w, n, plan.n_layers);
    loss_values<Real>(plan.loss, parameter, pass.output(), pass.target(), n, n_out, scratch,
                      [&](int s, V value) {
                        loss.add(value * samples.weight(first + s));
                        metric.add(pass.output() + s * n_out, pass.target() + s * n_out, value);
                      });
  }
  for (int lane = 0; lane < Traits<Real>::count; ++lane) {
    result[lane][of_loss] = static_cast<double>(loss.total[lane]) / samples.sum_of_weights(lane);
    metric.value(lane, samples.variations(lane), result[lane]);
  }
}

// The gradient g (P) of the mean loss over all samples. after_tile(n) may look at the pass. Gives
// up as evaluate() does.
template <class Real, class AfterTile>
void full_gradient(const Plan& plan, Pass<Real>& pass, const Lanes<Real>* w, Lanes<Real> parameter,
                   const LaneSamples<Real>& samples, Lanes<Real>* g, AfterTile&& after_tile) {
  using V = Lanes<Real>;
  const int n_out = n_outputs(plan);
  double sums[Traits<Real>::count];
  for (int lane = 0; lane < Traits<Real>::count; ++lane) sums[lane] = samples.sum_of_weights(lane);
  V weights[64];
  for (std::int64_t first = 0; first < samples.n() && !pass.is_cancelled();
       first += pass.height()) {
    const std::int64_t left = samples.n() - first;
    const int n = static_cast<int>(left < pass.height() ? left : pass.height());
    samples.fetch(first, n, pass.input(), pass.target());
    for (int s = 0; s < n; ++s) weights[s] = samples.share(first + s, sums);
    pass.forward(w, n, plan.n_layers);
    loss_gradient<Real>(plan.loss, parameter, pass.output(), pass.target(), weights, n, n_out,
                        pass.output_gradient());
    after_tile(n);
    pass.backward(w, g, n, first == 0);
  }
}

}  // namespace amenable::AMENABLE_TARGET
