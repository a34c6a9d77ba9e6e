// What can be seen of each layer at a probe; the definitions are those of ../signals.h.
#include <algorithm>
#include <cmath>

#include "reference/reference.h"

namespace amenable::reference {
namespace {

// Found by looking: fine enough, the largest slope is flat.
double largest_slope(Activation kind, double p) {
  double largest = 0;
  for (int i = -4000; i <= 4000; ++i)
    largest = std::max(largest, std::fabs(activation_slope(kind, p, i / 100.0)));
  return largest;
}

double norm(const double* x, std::int64_t n) {
  double sum = 0;
  for (std::int64_t i = 0; i < n; ++i) sum += x[i] * x[i];
  return std::sqrt(sum);
}

}  // namespace

void signals(const Network& network, double p, const Samples<double>& samples, const double* before,
             double* out) {
  const Plan& plan = network.plan;
  const Numbers g = gradient(network, p, samples);
  std::vector<Trace> traces;
  for (std::int64_t s = 0; s < samples.n; ++s)
    traces.push_back(forward(network, samples.rows + s * samples.stride));
  std::int64_t first = 0;
  for (int l = 0; l < plan.n_layers; ++l, out += n_signals) {
    const Layer& layer = plan.layers[l];
    const double parameter = network.setting(l, activation_parameter);
    const double limit = largest_slope(layer.activation, parameter) / 20;
    double n_saturated = 0, n_dead = 0;
    for (int u = 0; u < layer.units; ++u) {
      double n_flat = 0, n_zero = 0;
      for (const Trace& trace : traces) {
        const double slope = activation_slope(layer.activation, parameter, trace.z[l][u]);
        n_flat += std::fabs(slope) < limit;
        n_zero += slope == 0;
      }
      n_saturated += n_flat >= 0.95 * static_cast<double>(samples.n);
      n_dead += n_zero == static_cast<double>(samples.n);
    }
    const std::int64_t n = parameters_of(plan, l);
    const double* w = network.weights + first;
    Numbers moved(w, w + n);
    for (std::int64_t i = 0; i < n && before != nullptr; ++i) moved[i] -= before[first + i];
    out[gradient_norm] = norm(g.data() + first, n);
    out[weight_norm] = norm(w, n);
    out[update_ratio] = before == nullptr ? std::nan("") : norm(moved.data(), n) / norm(w, n);
    out[saturated] = n_saturated / layer.units;
    out[dead] = n_dead / layer.units;
    first += n;
  }
}

}  // namespace amenable::reference
