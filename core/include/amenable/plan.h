// What one group of networks shares: structure, loss, optimizer and batches. Plain data: pointers
// and counts, no ownership. Anything numeric may differ per lane and lives in trial.h.
//
// Shape letters: T trials, N samples, B batch, I inputs, O outputs, U units, P parameters, L
// layers, K probes.
#pragma once

#include <cstdint>

namespace amenable {

// The order of each list is the order of the names in names.h.
enum class Activation : std::int32_t {
  identity,
  sigmoid,
  tanh,
  scaled_tanh,
  softsign,
  relu,
  leaky_relu,
  elu,
  gelu,
  silu,
  softplus,
  sine,
  gaussian,
  step
};
enum class Loss : std::int32_t {
  squared,
  absolute,
  huber,
  logistic,
  softmax,
  hinge,
  squared_hinge,
  exponential
};
enum class Optimizer : std::int32_t {
  sgd,
  momentum,
  nesterov,
  rmsprop,
  rmsprop_momentum,
  rmsprop_centered,
  rmsprop_centered_momentum,
  adam,
  rprop,
  rprop_backtracking
};
enum class Schedule : std::int32_t { constant, step_decay, cosine, inverse_time };
enum class Initializer : std::int32_t {
  constant,
  uniform,
  normal,
  orthogonal,
  glorot_uniform,
  glorot_normal,
  he_uniform,
  he_normal,
  lecun_uniform,
  lecun_normal,
  lecun1989,
  pytorch
};
enum class Order : std::int32_t { shuffled, sequential, replacement };
enum class Metric : std::int32_t { accuracy, r2, rmse, mae, max_error };
enum class Goal : std::int32_t { none, loss, metric };
enum class Split : std::int32_t { training, validation };

// One dense layer. Its inputs are the outputs of the layer before, then those of `shortcuts`:
// 0 is the network's input, k the output of layer k, counted from 1.
struct Layer {
  std::int32_t units = 1;
  Activation activation = Activation::identity;
  bool has_bias = true;
  bool has_dropout = false;
  const std::int32_t* shortcuts = nullptr;  // (n_shortcuts)
  std::int32_t n_shortcuts = 0;
  Initializer weight_init = Initializer::glorot_uniform;
  Initializer bias_init = Initializer::constant;
};

struct Plan {
  std::int32_t n_inputs = 1;
  std::int32_t n_layers = 0;
  const Layer* layers = nullptr;  // (L)

  Loss loss = Loss::squared;
  Optimizer optimizer = Optimizer::sgd;
  Schedule schedule = Schedule::constant;
  Order order = Order::shuffled;
  std::int32_t batch = 0;  // samples in a step; 0: all of them, in the order given

  bool has_l2 = false, has_l1 = false, has_weight_decay = false, has_clip = false;
  bool has_frozen = false;
  bool penalize_biases = false;

  Metric metric = Metric::accuracy;
  double threshold = 0.5;  // accuracy with one output: class 1 is above it
  Goal goal = Goal::none;
  Split goal_split = Split::training;
  bool goal_at_least = true;   // otherwise: at most
  bool probe_training = true;  // record the training split at every probe, not only at the end
  bool probe_signals = false;
};

// Inputs, targets and weight of every sample of a split, side by side in one row.
template <class Real>
struct Samples {
  const Real* rows = nullptr;  // (n, stride): I inputs, O targets, 1 weight
  std::int64_t n = 0;
  std::int64_t stride = 0;
  bool has_weights = false;    // otherwise every weight is one
  double total_variation = 0;  // sum of squares of the targets about their mean, for r2
};

template <class Real>
struct Data {
  Samples<Real> training, validation;  // validation.n may be 0
};

static inline int fan_in(const Plan& plan, int layer) {
  const Layer& it = plan.layers[layer];
  int n = layer == 0 ? plan.n_inputs : plan.layers[layer - 1].units;
  for (int i = 0; i < it.n_shortcuts; ++i) {
    const int from = it.shortcuts[i];
    n += from == 0 ? plan.n_inputs : plan.layers[from - 1].units;
  }
  return n;
}

static inline std::int64_t parameters_of(const Plan& plan, int layer) {
  const std::int64_t units = plan.layers[layer].units;
  return units * fan_in(plan, layer) + (plan.layers[layer].has_bias ? units : 0);
}

// P. The order of the parameters: for each layer weights (O, I), then biases (O), as PyTorch has
// it.
static inline std::int64_t n_parameters(const Plan& plan) {
  std::int64_t n = 0;
  for (int l = 0; l < plan.n_layers; ++l) n += parameters_of(plan, l);
  return n;
}

static inline int n_outputs(const Plan& plan) { return plan.layers[plan.n_layers - 1].units; }

}  // namespace amenable
