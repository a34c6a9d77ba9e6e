// One network to train: its numbers, its seed, and where to write what became of it.
#pragma once

#include <cstdint>

#include "amenable/enums.h"

namespace amenable {

// Columns of a trial's settings.
AMENABLE_COLUMNS(Setting, n_settings, lr, momentum, dampening, beta1, beta2, alpha, eps, eta_minus,
                 eta_plus, step_min, step_max, l2, l1, weight_decay, clip_norm, warmup,
                 schedule_steps, schedule_factor, loss_parameter, damping)
// Columns of a layer's settings.
AMENABLE_COLUMNS(LayerSetting, n_layer_settings, activation_parameter, dropout, weight_scale,
                 bias_scale, pad_value)

AMENABLE_ENUM(Status, std::int8_t, cancelled, exhausted, solved, diverged, stopped)

// Columns of the signals of a layer at a probe.
AMENABLE_COLUMNS(Signal, n_signals, gradient_norm, weight_norm, update_ratio, saturated, dead)

struct Trial {
  std::uint64_t seed = 0;
  std::int64_t data = 0;                   // the number of the data set that it learns
  const double* settings = nullptr;        // (n_settings)
  const double* layer_settings = nullptr;  // (L, n_layer_settings)
  const double* weights = nullptr;         // (P) to start from, or null: initialize
  const std::uint8_t* frozen = nullptr;    // (P) 1 where a parameter must not move, or null
  const std::int64_t* probes = nullptr;    // (K) steps, ascending; the last one is the budget
  std::int64_t n_probes = 0;
  std::int64_t patience = 0;  // probes without a better validation loss before stopping; 0: never
  double goal = 0;

  // Results. Null pointers are not wanted. Splits in the order of plan.h; curves lack the test
  // split, which is not looked at while training.
  Status* status = nullptr;           // (1)
  std::int64_t* steps = nullptr;      // (1)
  std::int64_t* goal_step = nullptr;  // (1) what counts as steps to solve; -1 where not solved
  double* final = nullptr;            // (n_splits, 2): loss, metric of the weights that are kept
  double* curves = nullptr;           // (K, 2 splits, 2)
  double* signals = nullptr;          // (K, L, n_signals)
  double* snapshots = nullptr;        // (K, P)
  double* end_weights = nullptr;      // (P) that are kept
};

}  // namespace amenable
