// The names of everything that can be chosen, in the order of the lists in plan.h and trial.h: the
// same words as in Python.
#pragma once

#include <stdexcept>
#include <string>

#include "amenable/plan.h"
#include "amenable/trial.h"

namespace amenable {

template <class Enum>
struct Names;

#define AMENABLE_NAMES(Enum, what_it_is, ...)                  \
  template <>                                                  \
  struct Names<Enum> {                                         \
    static constexpr const char* what = what_it_is;            \
    static constexpr const char* const list[] = {__VA_ARGS__}; \
  };
AMENABLE_NAMES(Activation, "activation", "identity", "sigmoid", "tanh", "scaled_tanh", "softsign",
               "relu", "leaky_relu", "elu", "gelu", "silu", "softplus", "sine", "gaussian", "step")
AMENABLE_NAMES(Loss, "loss", "squared", "absolute", "huber", "logistic", "softmax", "hinge",
               "squared_hinge", "exponential")
AMENABLE_NAMES(Optimizer, "optimizer", "sgd", "momentum", "nesterov", "rmsprop", "rmsprop_momentum",
               "rmsprop_centered", "rmsprop_centered_momentum", "adam", "rprop",
               "rprop_backtracking", "levenberg_marquardt")
AMENABLE_NAMES(Schedule, "schedule", "constant", "step_decay", "cosine", "inverse_time")
AMENABLE_NAMES(Initializer, "initializer", "constant", "uniform", "normal", "orthogonal",
               "glorot_uniform", "glorot_normal", "he_uniform", "he_normal", "lecun_uniform",
               "lecun_normal", "lecun1989", "pytorch")
AMENABLE_NAMES(Order, "order", "shuffled", "sequential", "replacement")
AMENABLE_NAMES(Metric, "metric", "accuracy", "r2", "rmse", "mae", "max_error", "balanced_accuracy",
               "f1", "auc", "log_loss", "brier")
AMENABLE_NAMES(Goal, "goal", "none", "loss", "metric")
AMENABLE_NAMES(Split, "split", "training", "validation", "test")
AMENABLE_NAMES(Status, "status", "cancelled", "exhausted", "solved", "diverged", "stopped")
AMENABLE_NAMES(Setting, "setting", "lr", "momentum", "dampening", "beta1", "beta2", "alpha", "eps",
               "eta_minus", "eta_plus", "step_min", "step_max", "l2", "l1", "weight_decay",
               "clip_norm", "warmup", "schedule_steps", "schedule_factor", "loss_parameter",
               "damping")
AMENABLE_NAMES(LayerSetting, "layer setting", "activation_parameter", "dropout", "weight_scale",
               "bias_scale", "pad_value")
AMENABLE_NAMES(Kind, "kind of layer", "dense", "conv", "local", "avg_pool", "max_pool")
AMENABLE_NAMES(Padding, "padding", "value", "circular")
AMENABLE_NAMES(Signal, "signal", "gradient_norm", "weight_norm", "update_ratio", "saturated",
               "dead")
#undef AMENABLE_NAMES

static_assert(std::size(Names<Setting>::list) == n_settings);
static_assert(std::size(Names<LayerSetting>::list) == n_layer_settings);
static_assert(std::size(Names<Signal>::list) == n_signals);
static_assert(std::size(Names<Split>::list) == n_splits);

template <class Enum>
Enum parse(const std::string& name) {
  int i = 0;
  for (const char* known : Names<Enum>::list) {
    if (name == known) return static_cast<Enum>(i);
    ++i;
  }
  throw std::invalid_argument(std::string("no ") + Names<Enum>::what + " is called '" + name + "'");
}

}  // namespace amenable
