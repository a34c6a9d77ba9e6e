// The engine's front door. Callers see groups of trials and counters; threads, lanes and
// instruction sets are nobody else's business.
#pragma once

#include <atomic>
#include <cstdint>

#include "amenable/plan.h"
#include "amenable/trial.h"

namespace amenable {

// Trials that share a plan, and data sets of one shape. `Real` is the precision of the arithmetic.
template <class Real>
struct Group {
  Plan plan;
  Data<Real> data;
  Trial* trials = nullptr;  // (n_trials)
  std::int64_t n_trials = 0;
};

// Read by others while the engine works.
struct Progress {
  std::atomic<std::int64_t> finished{0};
  std::atomic<bool> is_cancelled{false};
};

// Trains every trial of every group on n_threads threads. Returns when all are finished or, after
// progress.is_cancelled was set, cancelled. `target` names an instruction set; null: the best here.
template <class Real>
void train(const Group<Real>* groups, std::int64_t n_groups, int n_threads, const char* target,
           Progress& progress);

// Bytes that training takes for each network of a full register: parameters, gradients, what the
// optimizer keeps, and the tile of samples that is on its way through the layers.
template <class Real>
double training_bytes(const Plan& plan, const Data<Real>& data, const char* target);

// Outputs of n_networks networks on n samples: outputs (n_networks, n, O), weights (n_networks, P),
// layer_settings (n_networks, L, n_layer_settings), inputs (n, I). `upto` layers are applied (L:
// all).
template <class Real>
void predict(const Plan& plan, int upto, const double* weights, const double* layer_settings,
             std::int64_t n_networks, const Real* inputs, std::int64_t n, double* outputs,
             int n_threads, const char* target, Progress& progress);

// Loss and metric (n_networks, 2) and, where wanted, gradient (n_networks, P) over all samples.
template <class Real>
void measure(const Plan& plan, const double* weights, const double* settings,
             const double* layer_settings, std::int64_t n_networks, const Samples<Real>& samples,
             double* losses, double* gradients, int n_threads, const char* target,
             Progress& progress);

// Initial weights (P) of a network with that seed.
void initialize(const Plan& plan, const double* layer_settings, std::uint64_t seed,
                double* weights);

// Names of the instruction sets this machine can run, best first, ended by null.
const char* const* targets();

// Cores that this process may use: affinity and, in a container, its share of time.
int available_cores();

}  // namespace amenable
