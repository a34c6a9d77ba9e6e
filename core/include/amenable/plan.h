// What one group of networks shares: structure, loss, optimizer and batches. Plain data: pointers
// and counts, no ownership. Anything numeric may differ per lane and lives in trial.h.
//
// Shape letters: T trials, N samples, B batch, I inputs, O outputs, U units, P parameters, L
// layers, K probes.
#pragma once

#include <cstdint>

#include "amenable/enums.h"

namespace amenable {

AMENABLE_ENUM(Activation, std::int32_t, identity, sigmoid, tanh, scaled_tanh, softsign, relu,
              leaky_relu, elu, gelu, silu, softplus, sine, gaussian, step)
AMENABLE_ENUM(Loss, std::int32_t, squared, absolute, huber, logistic, softmax, hinge, squared_hinge,
              exponential)
// levenberg_marquardt is stochastic and diagonal: LeCun et al. 1998, "Efficient BackProp".
AMENABLE_ENUM(Optimizer, std::int32_t, sgd, momentum, nesterov, rmsprop, rmsprop_momentum,
              rmsprop_centered, rmsprop_centered_momentum, adam, rprop, rprop_backtracking,
              levenberg_marquardt)
AMENABLE_ENUM(Schedule, std::int32_t, constant, step_decay, cosine, inverse_time)
AMENABLE_ENUM(Initializer, std::int32_t, constant, uniform, normal, orthogonal, glorot_uniform,
              glorot_normal, he_uniform, he_normal, lecun_uniform, lecun_normal, lecun1989, pytorch)
AMENABLE_ENUM(Order, std::int32_t, shuffled, sequential, replacement)
AMENABLE_ENUM(Metric, std::int32_t, accuracy, r2, rmse, mae, max_error, balanced_accuracy, f1, auc,
              log_loss, brier)
AMENABLE_ENUM(Goal, std::int32_t, none, loss, metric)
AMENABLE_ENUM(Split, std::int32_t, training, validation, test)
constexpr int n_splits = 3;

AMENABLE_ENUM(Kind, std::int32_t, dense, conv, local, avg_pool, max_pool)
AMENABLE_ENUM(Padding, std::int32_t, value, circular)

// Where the inputs of a layer lie and which of them each unit sees. Images are (maps, height,
// width); units and inputs are numbered map by map, row by row.
struct Window {
  std::int32_t in_maps = 0, in_height = 0, in_width = 0;
  std::int32_t maps = 0, height = 0, width = 0;
  std::int32_t kernel_height = 1, kernel_width = 1, stride_height = 1, stride_width = 1;
  std::int32_t pad_height = 0, pad_width = 0;  // on either side
  Padding padding = Padding::value;
  bool has_unit_biases = false;               // a bias for each unit, not for each map
  const std::int32_t* connections = nullptr;  // the input maps that map 0, 1, ... sees, ascending
  const std::int32_t* connections_begin = nullptr;  // (maps + 1) where the list of each map begins

  int kernel() const { return kernel_height * kernel_width; }
  int places() const { return height * width; }
  int inputs() const { return in_maps * in_height * in_width; }
  int n_connections(int map) const { return connections_begin[map + 1] - connections_begin[map]; }
  int fan_in(int map) const { return n_connections(map) * kernel(); }
};

// A dense layer's inputs are the outputs of the layer before, then those of `shortcuts`: 0 is the
// network's input, k the output of layer k, counted from 1. Other kinds see what `window` says.
//
// Weights, in this order: dense (O, I); conv for each map (input maps, kernel); local for each map
// and place (input maps, kernel); avg_pool with weights one for each map. Biases: one for each unit
// of dense layers, else as the window says.
struct Layer {
  Kind kind = Kind::dense;
  std::int32_t units = 1;
  Window window;
  bool has_weights = true;  // pooling may have none
  Activation activation = Activation::identity;
  bool has_bias = true;
  bool has_dropout = false;
  const std::int32_t* shortcuts = nullptr;  // (n_shortcuts)
  std::int32_t n_shortcuts = 0;
  Initializer weight_init = Initializer::glorot_uniform;
  Initializer bias_init = Initializer::constant;
};

// Whether every unit sees every input through a weight of its own: dense, or a convolution whose
// one window is the whole image (LeNet-5's 120 maps of one unit). Weights lie in the same order
// then.
static inline bool is_dense(const Layer& it) {
  if (it.kind == Kind::dense) return true;
  const Window& window = it.window;
  bool is_full = (it.kind == Kind::conv || it.kind == Kind::local) &&
                 window.kernel_height == window.in_height &&
                 window.kernel_width == window.in_width && window.pad_height == 0 &&
                 window.pad_width == 0;
  for (int map = 0; is_full && map < window.maps; ++map)
    is_full = window.n_connections(map) == window.in_maps;
  return is_full;
}

struct Plan {
  std::int32_t n_inputs = 1;
  std::int32_t n_layers = 0;
  const Layer* layers = nullptr;  // (L)

  Loss loss = Loss::squared;
  Optimizer optimizer = Optimizer::sgd;
  Schedule schedule = Schedule::constant;
  Order order = Order::shuffled;
  std::int32_t batch = 0;                // samples in a step; 0: all of them, in the order given
  std::int32_t curvature_samples = 500;  // at most so many, for levenberg_marquardt

  bool has_l2 = false, has_l1 = false, has_weight_decay = false, has_clip = false;
  bool has_frozen = false;
  bool penalize_biases = false;

  Metric metric = Metric::accuracy;
  double threshold = 0.5;  // accuracy with one output: class 1 is above it
  Goal goal = Goal::none;
  Split goal_split = Split::training;
  bool goal_at_least = true;   // otherwise: at most
  bool judges_at_end = false;  // once, on the weights that are kept; otherwise the first probe that
                               // meets the goal ends the network
  bool restores_best = false;  // keep the weights of the probe with the least validation loss
  bool probe_training = true;  // record the training split at every probe, not only at the end
  bool probe_signals = false;
};

// Inputs, targets and weight of every sample of a split, side by side in one row; of one data set
// after the other, where there are several of the same shape.
template <class Real>
struct Samples {
  const Real* rows = nullptr;  // (n_data, n, stride): I inputs, O targets, 1 weight
  std::int64_t n_data = 1;
  std::int64_t n = 0;  // of each data set
  std::int64_t stride = 0;
  bool has_weights = false;  // otherwise every weight is one
  // (n_data, O) sums of squares of the targets about their means
  const double* variations = nullptr;
};

template <class Real>
struct Data {
  // Networks learn from the first. The second may end them and choose among weights. The third is
  // looked at once, when a network ends. The last two may be empty.
  Samples<Real> training, validation, test;
};

static inline int inputs_of(const Plan& plan, int layer) {
  const Layer& it = plan.layers[layer];
  if (it.kind != Kind::dense) return it.window.inputs();
  int n = layer == 0 ? plan.n_inputs : plan.layers[layer - 1].units;
  for (int i = 0; i < it.n_shortcuts; ++i) {
    const int from = it.shortcuts[i];
    n += from == 0 ? plan.n_inputs : plan.layers[from - 1].units;
  }
  return n;
}

static inline std::int64_t weights_of(const Plan& plan, int layer) {
  const Layer& it = plan.layers[layer];
  const Window& window = it.window;
  if (!it.has_weights) return 0;
  switch (it.kind) {
    case Kind::dense: break;
    case Kind::conv: return std::int64_t{window.connections_begin[window.maps]} * window.kernel();
    case Kind::local:
      return std::int64_t{window.connections_begin[window.maps]} * window.kernel() *
             window.places();
    case Kind::avg_pool: return window.maps;
    case Kind::max_pool: return 0;
  }
  return std::int64_t{it.units} * inputs_of(plan, layer);
}

static inline std::int64_t biases_of(const Layer& it) {
  if (!it.has_bias) return 0;
  return it.kind == Kind::dense || it.window.has_unit_biases ? it.units : it.window.maps;
}

static inline std::int64_t parameters_of(const Plan& plan, int layer) {
  return weights_of(plan, layer) + biases_of(plan.layers[layer]);
}

// P. The order of the parameters: for each layer weights, then biases, as PyTorch has it.
static inline std::int64_t n_parameters(const Plan& plan) {
  std::int64_t n = 0;
  for (int l = 0; l < plan.n_layers; ++l) n += parameters_of(plan, l);
  return n;
}

static inline int n_outputs(const Plan& plan) { return plan.layers[plan.n_layers - 1].units; }

}  // namespace amenable
