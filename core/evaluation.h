// Loss, metric, gradient and signals of the networks in the lanes over a whole split. Every lane
// sees the samples in the order given.
#pragma once

#include "batches.h"
#include "metrics.h"
#include "pass.h"

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
              const Samples<Real>& samples, Lanes<Real>* scratch, MetricSum<Real>& metric,
              double (*result)[n_measures]) {
  using V = Lanes<Real>;
  const int n_out = n_outputs(plan);
  Sum<V> loss;
  metric.clear();
  double sum_of_weights = 0;
  for (std::int64_t first = 0; first < samples.n && !pass.is_cancelled(); first += pass.height()) {
    const std::int64_t left = samples.n - first;
    const int n = static_cast<int>(left < pass.height() ? left : pass.height());
    Batches<Real>::fetch_shared(samples, first, n, plan.n_inputs, n_out, pass.input(),
                                pass.target());
    pass.forward(w, n, plan.n_layers);
    loss_values<Real>(plan.loss, parameter, pass.output(), pass.target(), n, n_out, scratch,
                      [&](int s, V value) {
                        const Real weight = samples.rows[(first + s + 1) * samples.stride - 1];
                        sum_of_weights += static_cast<double>(weight);
                        loss.add(value * weight);
                        metric.add(pass.output() + s * n_out, pass.target() + s * n_out, value);
                      });
  }
  for (int lane = 0; lane < Traits<Real>::count; ++lane) {
    result[lane][of_loss] = static_cast<double>(loss.total[lane]) / sum_of_weights;
    metric.value(lane, samples, result[lane]);
  }
}

// The gradient g (P) of the mean loss over all samples. after_tile(n) may look at the pass. Gives
// up as evaluate() does.
template <class Real, class AfterTile>
void full_gradient(const Plan& plan, Pass<Real>& pass, const Lanes<Real>* w, Lanes<Real> parameter,
                   const Samples<Real>& samples, Lanes<Real>* g, AfterTile&& after_tile) {
  using V = Lanes<Real>;
  const int n_out = n_outputs(plan);
  double sum_of_weights = 0;
  for (std::int64_t s = 1; s <= samples.n; ++s)
    sum_of_weights += static_cast<double>(samples.rows[s * samples.stride - 1]);
  V weights[64];
  for (std::int64_t first = 0; first < samples.n && !pass.is_cancelled(); first += pass.height()) {
    const std::int64_t left = samples.n - first;
    const int n = static_cast<int>(left < pass.height() ? left : pass.height());
    Batches<Real>::fetch_shared(samples, first, n, plan.n_inputs, n_out, pass.input(),
                                pass.target());
    for (int s = 0; s < n; ++s) {
      const double weight = samples.rows[(first + s + 1) * samples.stride - 1];
      weights[s] = all(static_cast<Real>(weight / sum_of_weights));
    }
    pass.forward(w, n, plan.n_layers);
    loss_gradient<Real>(plan.loss, parameter, pass.output(), pass.target(), weights, n, n_out,
                        pass.output_gradient());
    after_tile(n);
    pass.backward(w, g, n, first == 0);
  }
}

}  // namespace amenable::AMENABLE_TARGET
