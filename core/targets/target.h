// What every instruction set offers, as plain functions: one table per set, chosen once per call.
#pragma once

#include "amenable/plan.h"
#include "amenable/trial.h"
#include "trial_queue.h"

namespace amenable {

template <class Real>
struct Kernels {
  int n_lanes;
  // Trains what the queue gives until it has no more. All trials share the plan.
  void (*train)(const Plan&, const Data<Real>&, TrialQueue&);
  // What that takes for n_lanes networks.
  std::int64_t (*training_bytes)(const Plan&, const Data<Real>&, TrialQueue&);
  // At most n_lanes networks at once; shapes as in engine.h.
  void (*predict)(const Plan&, int upto, const double* weights, const double* layer_settings,
                  int n_networks, const Real* inputs, std::int64_t n, double* outputs);
  void (*measure)(const Plan&, const double* weights, const double* settings,
                  const double* layer_settings, int n_networks, const Samples<Real>&,
                  double* losses, double* gradients);
  // y (n) = function(x); false where there is no such elementary function.
  bool (*elementary)(const char* function, const Real* x, std::int64_t n, Real* y);
};

struct Target {
  const char* name;
  Kernels<float> of_float;
  Kernels<double> of_double;
  void (*initialize)(const Plan&, const double* layer_settings, std::uint64_t seed,
                     double* weights);
};

#define AMENABLE_DECLARE_TARGET(set) \
  namespace set {                    \
  extern const Target target;        \
  }
AMENABLE_DECLARE_TARGET(avx512)
AMENABLE_DECLARE_TARGET(avx2)
AMENABLE_DECLARE_TARGET(neon)
AMENABLE_DECLARE_TARGET(portable)
#undef AMENABLE_DECLARE_TARGET

// The set of that name, or the best of this machine for null. AMENABLE_TARGET in the environment
// takes null's place. Throws std::invalid_argument for a set that cannot run here.
const Target& choose_target(const char* name);

}  // namespace amenable
