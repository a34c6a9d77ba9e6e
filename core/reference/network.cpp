// Layers with shortcuts and dropout, and the activations: one sample forward and backward. What
// the layers of images do is in images.cpp.
#include <cmath>

#include "reference/reference.h"

namespace amenable::reference {

double activation(Activation kind, double p, double z) {
  switch (kind) {
    case Activation::identity: break;
    case Activation::sigmoid: return 1 / (1 + std::exp(-z));
    case Activation::tanh: return std::tanh(z);
    case Activation::scaled_tanh: return 1.7159 * std::tanh(2 * z / 3);
    case Activation::softsign: return z / (1 + std::fabs(z));
    case Activation::relu: return z <= 0 ? 0 : z;
    case Activation::leaky_relu: return z > 0 ? z : p * z;
    case Activation::elu: return z > 0 ? z : p * std::expm1(z);
    case Activation::gelu: return z * 0.5 * std::erfc(-z / std::sqrt(2.0));
    case Activation::silu: return z / (1 + std::exp(-z));
    case Activation::softplus:
      return z > 0 ? z + std::log1p(std::exp(-z)) : std::log1p(std::exp(z));
    case Activation::sine: return std::sin(z);
    case Activation::gaussian: return std::exp(-z * z);
    case Activation::step: return z > 0 ? 1 : 0;
  }
  return z;
}

double activation_slope(Activation kind, double p, double z) {
  const double y = activation(kind, p, z);
  const double s = 1 / (1 + std::exp(-z));
  switch (kind) {
    case Activation::identity: break;
    case Activation::sigmoid: return s * (1 - s);
    case Activation::tanh: return 1 - y * y;
    case Activation::scaled_tanh: {
      const double t = std::tanh(2 * z / 3);
      return 1.7159 * 2 / 3 * (1 - t * t);
    }
    case Activation::softsign: return 1 / ((1 + std::fabs(z)) * (1 + std::fabs(z)));
    case Activation::relu: return z > 0 ? 1 : 0;
    case Activation::leaky_relu: return z > 0 ? 1 : p;
    case Activation::elu: return z > 0 ? 1 : p * std::exp(z);
    case Activation::gelu: {
      const double density = std::exp(-z * z / 2) / std::sqrt(2 * std::acos(-1.0));
      return 0.5 * std::erfc(-z / std::sqrt(2.0)) + z * density;
    }
    case Activation::silu: return s + z * s * (1 - s);
    case Activation::softplus: return s;
    case Activation::sine: return std::cos(z);
    case Activation::gaussian: return -2 * z * y;
    case Activation::step: return 0;
  }
  return 1;
}

namespace {

// Which outputs a layer sees, in the order of its columns.
std::vector<int> sources(const Plan& plan, int layer) {
  std::vector<int> from = {layer};
  for (int i = 0; i < plan.layers[layer].n_shortcuts; ++i)
    from.push_back(plan.layers[layer].shortcuts[i]);
  return from;
}

// Dropout's factor for each unit: 0, or 1 / (1 - p) for those that stay.
Numbers dropout_factors(const Network& network, int layer, const Place& place) {
  const double p = network.setting(layer, dropout);
  Numbers factors;
  for (int u = 0; u < network.plan.layers[layer].units; ++u) {
    const Words words =
        random_words(place.seed, u / 4, static_cast<std::uint32_t>(place.step),
                     place.slot + (static_cast<std::uint32_t>(layer) << 20), Stream::dropout);
    const double draw = (words[u % 4] >> 8) / 0x1p24;
    factors.push_back(draw < p ? 0 : 1 / (1 - p));
  }
  return factors;
}

}  // namespace

Trace forward(const Network& network, const double* x, const Place* place) {
  const Plan& plan = network.plan;
  Trace trace;
  trace.outputs.emplace_back(x, x + plan.n_inputs);
  const double* w = network.weights;
  for (int l = 0; l < plan.n_layers; ++l) {
    const Layer& layer = plan.layers[l];
    Numbers z(layer.units), y(layer.units);
    if (layer.kind == Kind::dense) {
      for (double& it : z)
        for (const int k : sources(plan, l))
          for (const double input : trace.outputs[k]) it += *w++ * input;
      if (layer.has_bias)
        for (double& it : z) it += *w++;
    } else {
      z = image_forward(layer, network.setting(l, pad_value), trace.outputs[l], w);
      w += parameters_of(plan, l);
    }
    const Numbers kept = place != nullptr && layer.has_dropout ? dropout_factors(network, l, *place)
                                                               : Numbers(layer.units, 1.0);
    for (int u = 0; u < layer.units; ++u)
      y[u] = kept[u] * activation(layer.activation, network.setting(l, activation_parameter), z[u]);
    trace.z.push_back(z);
    trace.kept.push_back(kept);
    trace.outputs.push_back(y);
  }
  return trace;
}

void backward(const Network& network, const Trace& trace, const Numbers& d_output,
              Numbers& gradient) {
  const Plan& plan = network.plan;
  std::vector<Numbers> d;  // by each output
  for (const Numbers& output : trace.outputs) d.emplace_back(output.size());
  d.back() = d_output;
  std::int64_t end = n_parameters(plan);
  for (int l = plan.n_layers - 1; l >= 0; --l) {
    const Layer& layer = plan.layers[l];
    end -= parameters_of(plan, l);
    std::int64_t i = end;
    Numbers dz(layer.units);
    for (int u = 0; u < layer.units; ++u)
      dz[u] = d[l + 1][u] * trace.kept[l][u] *
              activation_slope(layer.activation, network.setting(l, activation_parameter),
                               trace.z[l][u]);
    if (layer.kind != Kind::dense) {
      image_backward(layer, network.setting(l, pad_value), trace.outputs[l], &network.weights[i],
                     dz, d[l], &gradient[i]);
      continue;
    }
    for (int u = 0; u < layer.units; ++u)
      for (const int k : sources(plan, l))
        for (std::size_t c = 0; c < d[k].size(); ++c, ++i) {
          gradient[i] += dz[u] * trace.outputs[k][c];
          d[k][c] += dz[u] * network.weights[i];
        }
    if (layer.has_bias)
      for (int u = 0; u < layer.units; ++u) gradient[i++] += dz[u];
  }
}

void curvature(const Network& network, const Trace& trace, const Numbers& of_output,
               Numbers& diagonal) {
  const Plan& plan = network.plan;
  const auto square = [](double number) { return number * number; };
  std::vector<Numbers> d;  // by each output
  for (const Numbers& output : trace.outputs) d.emplace_back(output.size());
  d.back() = of_output;
  std::int64_t end = n_parameters(plan);
  for (int l = plan.n_layers - 1; l >= 0; --l) {
    const Layer& layer = plan.layers[l];
    end -= parameters_of(plan, l);
    std::int64_t i = end;
    Numbers dz(layer.units);
    for (int u = 0; u < layer.units; ++u)
      dz[u] = d[l + 1][u] *
              square(activation_slope(layer.activation, network.setting(l, activation_parameter),
                                      trace.z[l][u]));
    if (layer.kind != Kind::dense) {
      image_curvature(layer, network.setting(l, pad_value), trace.outputs[l], &network.weights[i],
                      dz, d[l], &diagonal[i]);
      continue;
    }
    for (int u = 0; u < layer.units; ++u)
      for (const int k : sources(plan, l))
        for (std::size_t c = 0; c < d[k].size(); ++c, ++i) {
          diagonal[i] += dz[u] * square(trace.outputs[k][c]);
          d[k][c] += dz[u] * square(network.weights[i]);
        }
    if (layer.has_bias)
      for (int u = 0; u < layer.units; ++u) diagonal[i++] += dz[u];
  }
}

}  // namespace amenable::reference
