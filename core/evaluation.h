// Loss, metric, gradient and signals of the networks in the lanes over a whole split. Every lane
// sees the samples in the order given.
#pragma once

#include "batches.h"
#include "losses.h"
#include "pass.h"

namespace amenable::AMENABLE_TARGET {

// A sum that keeps what rounding takes away (Kahan 1965): a mean over many samples in float.
template <class V>
struct Sum {
  V total{}, lost{};
  AMENABLE_INLINE void add(V x) {
    const V corrected = x - lost, next = total + corrected;
    // Where the sum overflows it stays infinite, not NaN.
    lost = next - next == 0 ? (next - total) - corrected : V{};
    total = next;
  }
};

// What the metric adds up over samples; z and y (O).
template <class Real>
struct MetricSum {
  using V = Lanes<Real>;
  const Plan& plan;
  Sum<V> sum{};
  V largest{};

  AMENABLE_INLINE V is_right(const V* z, const V* y, int n) const {
    const V one = V{} + 1, middle = V{} + static_cast<Real>(plan.threshold);
    if (n == 1) {
      const V guess = z[0] > middle ? one : V{}, truth = y[0] > middle ? one : V{};
      // A network that gives NaN is never right.
      return z[0] == z[0] ? (guess == truth ? one : V{}) : V{};
    }
    V best = z[0], target_of_best = y[0], target = y[0];
    for (int o = 1; o < n; ++o) {
      target_of_best = z[o] > best ? y[o] : target_of_best;
      best = max(z[o], best);
      target = max(y[o], target);
    }
    return best == best ? (target_of_best == target ? one : V{}) : V{};
  }

  void add(const V* z, const V* y, int n) {
    if (plan.metric == Metric::accuracy) return sum.add(is_right(z, y, n));
    for (int o = 0; o < n; ++o) {
      const V error = z[o] - y[o];
      if (plan.metric == Metric::max_error)
        largest = abs(error) > largest || error != error ? abs(error) : largest;
      else
        sum.add(plan.metric == Metric::mae ? abs(error) : error * error);
    }
  }

  double value(int lane, const Samples<Real>& samples) const {
    const double total = static_cast<double>(sum.total[lane]);
    const double n = static_cast<double>(samples.n), all = n * n_outputs(plan);
    switch (plan.metric) {
      case Metric::accuracy: return total / n;
      case Metric::r2: return 1 - total / samples.total_variation;
      case Metric::rmse: return __builtin_sqrt(total / all);
      case Metric::mae: return total / all;
      case Metric::max_error: break;
    }
    return static_cast<double>(largest[lane]);
  }
};

// Loss and metric of each lane. Gives up, with whatever it has, when the pass does.
template <class Real>
void evaluate(const Plan& plan, Pass<Real>& pass, const Lanes<Real>* w, Lanes<Real> parameter,
              const Samples<Real>& samples, Lanes<Real>* scratch, double (*result)[2]) {
  using V = Lanes<Real>;
  const int n_out = n_outputs(plan);
  Sum<V> loss;
  MetricSum<Real> metric{plan};
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
                      });
    for (int s = 0; s < n; ++s)
      metric.add(pass.output() + s * n_out, pass.target() + s * n_out, n_out);
  }
  for (int lane = 0; lane < Traits<Real>::count; ++lane) {
    result[lane][0] = static_cast<double>(loss.total[lane]) / sum_of_weights;
    result[lane][1] = metric.value(lane, samples);
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
