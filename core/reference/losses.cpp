// Losses: of one sample, and averaged over all.
#include <algorithm>
#include <cmath>

#include "reference/reference.h"

namespace amenable::reference {
namespace {

double softplus(double z) { return activation(Activation::softplus, 0, z); }
double sigmoid(double z) { return activation(Activation::sigmoid, 0, z); }

// Of one output.
double value(Loss kind, double p, double z, double y) {
  const double error = z - y, short_of = std::max(p - y * z, 0.0);
  switch (kind) {
    case Loss::absolute: return std::fabs(error);
    case Loss::huber:
      return std::fabs(error) <= p ? error * error / 2 : p * (std::fabs(error) - p / 2);
    // -y log(s) - (1 - y) log(1 - s) for the probability s = sigmoid(z).
    case Loss::logistic: return y * softplus(-z) + (1 - y) * softplus(z);
    case Loss::hinge: return short_of;
    case Loss::squared_hinge: return short_of * short_of;
    case Loss::exponential: return std::exp(-y * z);
    case Loss::squared:
    case Loss::softmax: break;
  }
  return error * error;
}

double slope(Loss kind, double p, double z, double y) {
  const double error = z - y, short_of = std::max(p - y * z, 0.0);
  const double sign = error > 0 ? 1 : error < 0 ? -1 : error;
  switch (kind) {
    case Loss::absolute: return sign;
    case Loss::huber: return std::fabs(error) <= p ? error : p * sign;
    case Loss::logistic: return sigmoid(z) - y;
    case Loss::hinge: return short_of > 0 ? -y : 0;
    case Loss::squared_hinge: return -2 * y * short_of;
    case Loss::exponential: return -y * std::exp(-y * z);
    case Loss::squared:
    case Loss::softmax: break;
  }
  return 2 * error;
}

// Logarithms of the probabilities.
Numbers log_softmax(const double* z, int n) {
  const double largest = *std::max_element(z, z + n);
  double sum = 0;
  for (int o = 0; o < n; ++o) sum += std::exp(z[o] - largest);
  Numbers result(z, z + n);
  for (double& it : result) it -= largest + std::log(sum);
  return result;
}

}  // namespace

double loss(const Plan& plan, double p, const double* z, const double* y) {
  const int n = n_outputs(plan);
  double sum = 0;
  if (plan.loss == Loss::softmax) {
    const Numbers log_p = log_softmax(z, n);
    for (int o = 0; o < n; ++o) sum -= y[o] * log_p[o];
    return sum;
  }
  for (int o = 0; o < n; ++o) sum += value(plan.loss, p, z[o], y[o]);
  return sum / n;
}

Numbers loss_gradient(const Plan& plan, double p, const double* z, const double* y) {
  const int n = n_outputs(plan);
  Numbers d(n);
  if (plan.loss == Loss::softmax) {
    const Numbers log_p = log_softmax(z, n);
    double total = 0;
    for (int o = 0; o < n; ++o) total += y[o];
    for (int o = 0; o < n; ++o) d[o] = total * std::exp(log_p[o]) - y[o];
    return d;
  }
  for (int o = 0; o < n; ++o) d[o] = slope(plan.loss, p, z[o], y[o]) / n;
  return d;
}

Numbers loss_curvature(const Plan& plan, double p, const double* z, const double* y) {
  const int n = n_outputs(plan);
  Numbers d(n);
  if (plan.loss == Loss::softmax) {
    const Numbers log_p = log_softmax(z, n);
    double total = 0;
    for (int o = 0; o < n; ++o) total += y[o];
    for (int o = 0; o < n; ++o) d[o] = total * std::exp(log_p[o]) * -std::expm1(log_p[o]);
    return d;
  }
  for (int o = 0; o < n; ++o) {
    const double sigmoid = 1 / (1 + std::exp(-z[o]));
    double second = 0;
    switch (plan.loss) {
      case Loss::squared: second = 2; break;
      case Loss::huber: second = std::fabs(z[o] - y[o]) <= p; break;
      case Loss::logistic: second = sigmoid * (1 - sigmoid); break;
      case Loss::squared_hinge: second = p - y[o] * z[o] > 0 ? 2 * y[o] * y[o] : 0; break;
      case Loss::exponential: second = y[o] * y[o] * std::exp(-y[o] * z[o]); break;
      default: break;
    }
    d[o] = second / n;
  }
  return d;
}

Measured measure(const Network& network, double p, const Samples<double>& samples) {
  const Plan& plan = network.plan;
  double sum = 0, weights = 0;
  std::vector<Numbers> outputs, targets;
  for (std::int64_t s = 0; s < samples.n; ++s) {
    const double* row = samples.rows + s * samples.stride;
    const double* y = row + plan.n_inputs;
    const double weight = row[samples.stride - 1];
    outputs.push_back(forward(network, row).outputs.back());
    targets.emplace_back(y, y + n_outputs(plan));
    sum += weight * loss(plan, p, outputs.back().data(), y);
    weights += weight;
  }
  Measured found = metric(plan, p, outputs, targets);
  found.loss = sum / weights;
  return found;
}

Numbers gradient(const Network& network, double p, const Samples<double>& samples) {
  const Plan& plan = network.plan;
  Numbers g(n_parameters(plan));
  double weights = 0;
  for (std::int64_t s = 0; s < samples.n; ++s) {
    const double* row = samples.rows + s * samples.stride;
    const double weight = row[samples.stride - 1];
    const Trace trace = forward(network, row);
    Numbers d = loss_gradient(plan, p, trace.outputs.back().data(), row + plan.n_inputs);
    for (double& it : d) it *= weight;
    backward(network, trace, d, g);
    weights += weight;
  }
  for (double& it : g) it /= weights;
  return g;
}

Numbers curvature(const Network& network, double p, const Samples<double>& samples) {
  const Plan& plan = network.plan;
  Numbers h(n_parameters(plan));
  const std::int64_t count = std::min<std::int64_t>(samples.n, plan.curvature_samples);
  double weights = 0;
  for (std::int64_t i = 0; i < count; ++i) {
    const double* row = samples.rows + i * samples.n / count * samples.stride;
    const double weight = row[samples.stride - 1];
    const Trace trace = forward(network, row);
    Numbers d = loss_curvature(plan, p, trace.outputs.back().data(), row + plan.n_inputs);
    for (double& it : d) it *= weight;
    curvature(network, trace, d, h);
    weights += weight;
  }
  for (double& it : h) it = weights > 0 ? it / weights : 0;
  return h;
}

}  // namespace amenable::reference
