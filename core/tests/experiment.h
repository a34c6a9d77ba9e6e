// Trials to test with: a plan, data and settings drawn at random, owned in one place, and what
// became of them.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "amenable/engine.h"

namespace amenable::test {

// Splitmix64 (Steele, Lea and Flood 2014), and only arithmetic that is exact everywhere: the same
// numbers on every machine, which the distributions of <random> do not promise.
class Draw {
 public:
  explicit Draw(std::uint64_t seed) : state_(seed) {}

  std::uint64_t word() {
    std::uint64_t z = state_ += 0x9E3779B97F4A7C15;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
  }
  double unit() { return static_cast<double>(word() >> 11) * 0x1p-53; }
  double between(double low, double high) { return low + (high - low) * unit(); }
  // From low to high, both included.
  int integer(int low, int high) {
    return low + static_cast<int>(word() % static_cast<std::uint64_t>(high - low + 1));
  }
  bool chance(double p) { return unit() < p; }
  // Nearly normal: the sum of twelve.
  double normal() {
    double sum = -6;
    for (int i = 0; i < 12; ++i) sum += unit();
    return sum;
  }
  // Spread evenly over powers of two.
  double power_of_2(int low, int high) {
    const int exponent = integer(low, high);
    return std::ldexp(1 + unit(), exponent);
  }

 private:
  std::uint64_t state_;
};

struct TrialNumbers {
  std::uint64_t seed = 0;
  std::int64_t data = 0;
  std::vector<double> settings, layer_settings, weights;  // weights: empty where none are given
  std::vector<std::uint8_t> frozen;                       // likewise
  std::vector<std::int64_t> probes;
  std::int64_t patience = 0;
  double goal = 0;
};

// What kind of experiment is wanted.
struct Wish {
  int n_trials = 3;
  int n_data = 1;
  int most_steps = 30;
  int most_hidden = 4;
  bool is_gentle = false;  // only what rounding cannot tip over: for comparisons in float
  bool may_diverge = false;
  bool has_curvature = false;  // levenberg_marquardt
  bool has_images = false;     // begins with layers that know where their inputs are
  bool has_judging = false;    // test samples, goals judged at the end, the best weights kept
};

// Moves, but is not copied: the plan points into it.
struct Experiment {
  Plan plan;
  std::vector<Layer> layers;
  std::vector<std::vector<std::int32_t>> shortcuts, connections, connections_begin;  // (L) each
  std::vector<double> training, validation, test;  // rows; every number is a float
  int n_data = 1;                                  // data sets, one after the other in the rows
  bool has_weights = false;
  bool wants_weights = true;  // snapshots and end_weights
  std::vector<TrialNumbers> trials;

  Experiment() = default;
  Experiment(Experiment&&) = default;
  Experiment& operator=(Experiment&&) = default;

  int stride() const { return plan.n_inputs + n_outputs(plan) + 1; }
  void add_layer(int units, Activation activation, std::vector<std::int32_t> from = {});
  // A convolution or local fields; the list of the maps that each map sees.
  void add_window(Kind kind, const Window& window, Activation activation,
                  const std::vector<std::vector<std::int32_t>>& connections = {});
  // After the last layer.
  void bind();
  // One more trial with settings that do no harm, and one probe, at the end.
  TrialNumbers& add_trial(std::uint64_t seed, std::int64_t n_steps);
  std::string name() const;
};

Experiment draw_experiment(std::uint64_t seed, const Wish& wish);

// A two-class problem on noise, n samples, without trials: for tests of what lies around training.
Experiment plain_experiment(const std::vector<int>& widths, int n_samples);

// Those that its loss and targets allow.
std::vector<Metric> metrics_of(const Plan& plan);

// What became of a trial.
struct Outcome {
  Status status = Status::cancelled;
  std::int64_t steps = -1, goal_step = -2;
  std::vector<double> final, curves, signals, snapshots, end_weights;
};

// Some of an experiment's trials in one group, with room for their results; of the data sets all
// or, for trials of this one, `only` one.
template <class Real>
class Attempt {
 public:
  Attempt(const Experiment& experiment, const std::vector<int>& which, int only = -1)
      : n_data_(only < 0 ? experiment.n_data : 1),
        training_(rows(experiment, experiment.training, only)),
        validation_(rows(experiment, experiment.validation, only)),
        test_(rows(experiment, experiment.test, only)),
        outcomes_(which.size()) {
    group_.plan = experiment.plan;
    group_.data.training = samples(experiment, training_, variations_[0]);
    group_.data.validation = samples(experiment, validation_, variations_[1]);
    group_.data.test = samples(experiment, test_, variations_[2]);
    for (std::size_t i = 0; i < which.size(); ++i)
      trials_.push_back(trial(experiment, experiment.trials[which[i]], only, outcomes_[i]));
    group_.trials = trials_.data();
    group_.n_trials = static_cast<std::int64_t>(trials_.size());
  }
  Attempt(const Attempt&) = delete;

  const Group<Real>& group() const { return group_; }
  const std::vector<Outcome>& outcomes() const { return outcomes_; }

 private:
  static std::vector<Real> rows(const Experiment& it, const std::vector<double>& of, int only) {
    const auto n = static_cast<std::ptrdiff_t>(of.size()) / it.n_data;
    if (only < 0) return {of.begin(), of.end()};
    return {of.begin() + only * n, of.begin() + (only + 1) * n};
  }

  Samples<Real> samples(const Experiment& it, const std::vector<Real>& rows,
                        std::vector<double>& variations) const {
    Samples<Real> s;
    s.rows = rows.data();
    s.n_data = n_data_;
    s.stride = it.stride();
    s.n = static_cast<std::int64_t>(rows.size()) / s.stride / n_data_;
    for (std::size_t last = s.stride - 1; last < rows.size(); last += s.stride)
      s.has_weights = s.has_weights || rows[last] != 1;
    const Real* row = rows.data();
    for (int d = 0; d < n_data_; ++d, row += s.n * s.stride)
      for (int o = it.plan.n_inputs; o < it.plan.n_inputs + n_outputs(it.plan); ++o) {
        double mean = 0;
        for (std::int64_t i = 0; i < s.n; ++i) mean += row[i * s.stride + o];
        mean /= static_cast<double>(s.n);
        variations.push_back(0);
        for (std::int64_t i = 0; i < s.n; ++i) {
          const double distance = row[i * s.stride + o] - mean;
          variations.back() += distance * distance;
        }
      }
    s.variations = variations.data();
    return s;
  }

  static Trial trial(const Experiment& experiment, const TrialNumbers& of, int only,
                     Outcome& outcome) {
    const Plan& plan = experiment.plan;
    const auto room = [](std::vector<double>& v, std::size_t n) {
      v.assign(n, std::numeric_limits<double>::quiet_NaN());
      return v.data();
    };
    const std::size_t K = of.probes.size(), P = n_parameters(plan);
    Trial t;
    t.seed = of.seed;
    t.data = only < 0 ? of.data : 0;
    t.settings = of.settings.data();
    t.layer_settings = of.layer_settings.data();
    t.weights = of.weights.empty() ? nullptr : of.weights.data();
    t.frozen = of.frozen.empty() ? nullptr : of.frozen.data();
    t.probes = of.probes.data();
    t.n_probes = static_cast<std::int64_t>(K);
    t.patience = of.patience;
    t.goal = of.goal;
    t.status = &outcome.status;
    t.steps = &outcome.steps;
    t.goal_step = &outcome.goal_step;
    t.final = room(outcome.final, 2 * n_splits);
    t.curves = room(outcome.curves, 4 * K);
    if (plan.probe_signals) t.signals = room(outcome.signals, K * plan.n_layers * n_signals);
    if (experiment.wants_weights) {
      t.snapshots = room(outcome.snapshots, K * P);
      t.end_weights = room(outcome.end_weights, P);
    }
    return t;
  }

  int n_data_;
  std::vector<Real> training_, validation_, test_;
  std::vector<double> variations_[n_splits];
  std::vector<Outcome> outcomes_;
  std::vector<Trial> trials_;
  Group<Real> group_;
};

inline std::vector<int> first_numbers(std::size_t n) {
  std::vector<int> numbers;
  for (std::size_t i = 0; i < n; ++i) numbers.push_back(static_cast<int>(i));
  return numbers;
}

template <class Real>
std::vector<Outcome> train_some(const Experiment& experiment, const std::vector<int>& which,
                                int n_threads, const char* target, int only = -1) {
  Attempt<Real> attempt(experiment, which, only);
  Progress progress;
  train<Real>(&attempt.group(), 1, n_threads, target, progress);
  return attempt.outcomes();
}

}  // namespace amenable::test
