// One register's worth of networks of a group, trained step by step. A network that is finished
// makes room for the next one of the queue; probing.h looks at them and decides.
#pragma once

#include "batches.h"
#include "curvature.h"
#include "evaluation.h"
#include "trial_queue.h"
#include "initializers.h"
#include "optimizers.h"
#include "signals.h"

namespace amenable::AMENABLE_TARGET {

template <class Real>
class Worker {
 public:
  using V = Lanes<Real>;
  static constexpr int count = Traits<Real>::count;

  Worker(const Plan& plan, const Data<Real>& data, TrialQueue& queue)
      : plan_(plan),
        data_(data),
        queue_(queue),
        n_(n_parameters(plan)),
        training_(plan, true, arena_),
        evaluating_(plan, false, arena_),
        splits_{{plan, data.training, arena_},
                {plan, data.validation, arena_},
                {plan, data.test, arena_}},
        metric_(plan, most_samples(data), arena_),
        batches_(plan, data.training, arena_),
        signals_(plan, arena_),
        curvature_(plan, arena_) {
    w_ = arena_.take<V>(n_);
    g_ = arena_.take<V>(n_);
    states_ = arena_.take<V>(n_ * n_states(plan.optimizer));
    scratch_ = arena_.take<V>(n_outputs(plan));
    doubles_ = arena_.take<double>(n_);
    if (plan.restores_best) best_ = arena_.take<V>(n_);
    if (plan.has_frozen) frozen_ = arena_.take<V>(n_), frozen_value_ = arena_.take<V>(n_);
    training_.watch(queue);
    evaluating_.watch(queue);
  }

  std::int64_t size_bytes() const { return static_cast<std::int64_t>(arena_.size_bytes()); }

  // Trains until the queue is empty and every lane is done, or until cancelled.
  void run() {
    fill_empty();
    while (n_active_ > 0) {
      if (next_event_ == 0) probe();
      // A new network may want a probe before its first step; a cancelled probe ends in step().
      if (n_active_ == 0 || (next_event_ == 0 && !queue_.is_cancelled())) continue;
      if (!step()) return cancel();
    }
  }

 private:
  struct Lane {
    const Trial* trial = nullptr;
    std::int64_t probe = 0;  // the next one's place in trial->probes
    double best = 0;         // validation loss
    std::int64_t since_best = 0;
    std::int64_t held_since = -1;  // step of the probe from which the goal has been met; -1: is not
  };

  void fill_empty();
  void fill(int lane);
  void set(int lane, const Trial& trial);
  void empty(int lane);
  bool step();
  void estimate_curvature();
  bool batch_gradient(V& non_finite);
  void regularize();
  void penalize_after();
  void probe();
  // The split by which a network is watched while it trains.
  amenable::Split watched() const {
    return data_.validation.n > 0 ? amenable::Split::validation : amenable::Split::training;
  }
  unsigned due() const;
  bool look(unsigned due);
  void measure(amenable::Split split);
  void record(int lane, bool has_training);
  unsigned non_finite_weights() const;
  bool may_end(int lane) const;
  bool meets_goal(int lane, amenable::Split split) const;
  Status verdict(int lane, bool is_non_finite) const;
  void note(int lane);
  bool end(const Status* verdicts, unsigned restoring);
  void finish(int lane, Status status, bool is_measured);
  void cancel();
  template <class F>
  void each_penalized(F&& f);

  const Plan& plan_;
  const Data<Real>& data_;
  TrialQueue& queue_;
  std::int64_t n_;  // P
  Arena arena_;
  Pass<Real> training_, evaluating_;
  LaneSamples<Real> splits_[n_splits];
  MetricSum<Real> metric_;
  Batches<Real> batches_;
  SignalReader<Real> signals_;
  Curvature<Real> curvature_;
  LaneSettings<Real> settings_{};
  Rates<Real> rates_{};
  V loss_parameter_{};
  V *w_, *g_, *states_, *scratch_;
  V* best_ = nullptr;  // (P) of the probe with the least validation loss
  V *frozen_ = nullptr,
    *frozen_value_ = nullptr;  // (P) 1 where a parameter must not move; where it stays
  double* doubles_;            // (P) one network's weights on their way in or out
  double measured_[n_splits][count][n_measures];  // by the probe that is at work; NaN: not measured
  Lane lanes_[count];
  std::int64_t steps_[count] = {};
  std::uint64_t seeds_[count] = {};
  int n_active_ = 0;
  bool is_queue_empty_ = false;
  std::int64_t next_event_ = 0;  // steps until some lane has a probe
};

template <class Real>
void Worker<Real>::fill_empty() {
  for (int lane = 0; lane < count; ++lane)
    if (lanes_[lane].trial == nullptr) fill(lane);
}

template <class Real>
void Worker<Real>::fill(int lane) {
  const Trial* trial = is_queue_empty_ ? nullptr : queue_.next();
  is_queue_empty_ = trial == nullptr;
  if (trial == nullptr) return;
  lanes_[lane] = Lane{trial, 0, __builtin_inf(), 0, -1};
  ++n_active_;
  set(lane, *trial);
}

template <class Real>
void Worker<Real>::set(int lane, const Trial& trial) {
  steps_[lane] = 0;
  seeds_[lane] = trial.seed;
  for (int i = 0; i < n_settings; ++i) settings_.of[i][lane] = trial.settings[i];
  settings_.beta1_power[lane] = settings_.beta2_power[lane] = 1;
  set_constant_rates(settings_, lane, rates_);
  loss_parameter_[lane] = static_cast<Real>(trial.settings[Setting::loss_parameter]);
  training_.set_layer_settings(lane, trial.layer_settings);
  evaluating_.set_layer_settings(lane, trial.layer_settings);
  batches_.reset(lane, trial.data);
  // Lanes that are empty follow: samples that all lanes see are loaded once.
  for (int other = 0; other < count; ++other)
    if (other == lane || lanes_[other].trial == nullptr)
      for (auto& split : splits_) split.set(other, trial.data);
  const double* weights = trial.weights;
  if (weights == nullptr) {
    initial_weights(plan_, trial.layer_settings, trial.seed, doubles_);
    weights = doubles_;
  }
  for (std::int64_t i = 0; i < n_; ++i) w_[i][lane] = static_cast<Real>(weights[i]);
  for (std::int64_t i = 0; i < n_ * n_states(plan_.optimizer); ++i) states_[i][lane] = 0;
  // Rprop sizes its own steps; like PyTorch's, it takes the first from the learning rate, warm-up
  // and all.
  const double first_size = trial.settings[lr] / (trial.settings[warmup] + 1);
  const bool is_rprop =
      plan_.optimizer == Optimizer::rprop || plan_.optimizer == Optimizer::rprop_backtracking;
  for (std::int64_t i = 0; is_rprop && i < n_; ++i)
    states_[n_ + i][lane] = static_cast<Real>(first_size);
  for (std::int64_t i = 0; plan_.has_frozen && i < n_; ++i) {
    frozen_[i][lane] = trial.frozen != nullptr && trial.frozen[i] ? Real(1) : Real(0);
    frozen_value_[i][lane] = w_[i][lane];
  }
}

// A lane without a network computes on zeros: no number it makes is ever looked at.
template <class Real>
void Worker<Real>::empty(int lane) {
  lanes_[lane].trial = nullptr;
  for (std::int64_t i = 0; i < n_; ++i) w_[i][lane] = 0;
  for (std::int64_t i = 0; i < n_ * n_states(plan_.optimizer); ++i) states_[i][lane] = 0;
}

// Adds up the gradient of every lane's batch. False when cancelled on the way.
template <class Real>
bool Worker<Real>::batch_gradient(V& non_finite) {
  const int n_out = n_outputs(plan_);
  // Near-equal tiles: a short last one would make little use of the weights it loads.
  const int n_tiles = (batches_.slots() + training_.height() - 1) / training_.height();
  for (int tile = 0, first = 0, n = 0; tile < n_tiles; ++tile, first += n) {
    if (queue_.is_cancelled()) return false;
    n = (batches_.slots() - first) / (n_tiles - tile);
    batches_.fetch(first, n, training_.input(), training_.target());
    training_.forward_training(w_, n, seeds_, steps_, first);
    V* d = training_.output_gradient();
    loss_gradient<Real>(plan_.loss, loss_parameter_, training_.output(), training_.target(),
                        batches_.weights() + first, n, n_out, d);
    for (int i = 0; i < n * n_out; ++i) non_finite = fma(d[i], V{}, non_finite);
    training_.backward(w_, g_, n, first == 0);
    if (queue_.is_cancelled()) return false;
  }
  return true;
}

// For the lanes that begin an epoch.
template <class Real>
void Worker<Real>::estimate_curvature() {
  bool is_any = false;
  for (int lane = 0; lane < count; ++lane)
    is_any =
        is_any || (lanes_[lane].trial != nullptr && steps_[lane] % batches_.steps_per_epoch() == 0);
  if (!is_any) return;
  const V* h = curvature_.estimate(training_, w_, loss_parameter_, splits_[0]);
  for (int lane = 0; lane < count; ++lane)
    if (steps_[lane] % batches_.steps_per_epoch() == 0)
      for (std::int64_t i = 0; i < n_; ++i) states_[i][lane] = h[i][lane];
}

// One update of every lane. False when cancelled: then nothing was updated.
template <class Real>
bool Worker<Real>::step() {
  for (int lane = 0; lane < count; ++lane)
    if (lanes_[lane].trial != nullptr) batches_.choose(lane, seeds_[lane], steps_[lane]);
  if (plan_.optimizer == Optimizer::levenberg_marquardt) estimate_curvature();
  V non_finite{};
  if (!batch_gradient(non_finite)) return false;
  // 0 * d is NaN where d is infinite or NaN: that network has diverged before this update.
  if (const unsigned diverged = bitmask(non_finite != non_finite); diverged != 0)
    for (int lane = 0; lane < count; ++lane)
      if ((diverged >> lane & 1) && lanes_[lane].trial != nullptr) {
        finish(lane, Status::diverged, false);
      }
  if (plan_.probe_signals && next_event_ == 1) signals_.remember(w_);
  set_rates(plan_, settings_, steps_, rates_);
  regularize();
  update(plan_.optimizer, rates_, w_, g_, states_, n_);
  if (plan_.has_l1) penalize_after();
  // Whatever pulled at them, be it a NaN of 0 / 0 where Adam's eps is zero.
  for (std::int64_t i = 0; plan_.has_frozen && i < n_; ++i)
    w_[i] = frozen_[i] > 0 ? frozen_value_[i] : w_[i];
  for (auto& step : steps_) ++step;
  // Where every network of the register has diverged, no probe would come to fill the lanes.
  next_event_ = n_active_ == 0 ? 0 : next_event_ - 1;
  if (n_active_ == 0) fill_empty();
  return true;
}

// Calls f(first, end) for each run of parameters that penalties act on.
template <class Real>
template <class F>
void Worker<Real>::each_penalized(F&& f) {
  std::int64_t first = 0;
  for (int l = 0; l < plan_.n_layers; ++l) {
    const std::int64_t n = parameters_of(plan_, l);
    const bool spares = plan_.layers[l].has_bias && !plan_.penalize_biases;
    f(first, first + n - (spares ? biases_of(plan_.layers[l]) : 0));
    first += n;
  }
}

// What happens to gradient and weights before the optimizer: clip, in which frozen parameters do
// not count, L2 (PyTorch's order), decoupled decay.
template <class Real>
void Worker<Real>::regularize() {
  for (std::int64_t i = 0; plan_.has_frozen && i < n_; ++i) g_[i] = frozen_[i] > 0 ? V{} : g_[i];
  if (plan_.has_clip) clip<Real>(rates_, g_, n_);
  if (plan_.has_l2)
    each_penalized([&](std::int64_t i, std::int64_t end) {
      for (; i < end; ++i) g_[i] = fma(rates_.l2, w_[i], g_[i]);
    });
  if (plan_.has_weight_decay)
    each_penalized([&](std::int64_t i, std::int64_t end) {
      for (; i < end; ++i) w_[i] = fma(-rates_.decay, w_[i], w_[i]);
    });
}

// L1 as a proximal step: every weight moves lr * l1 towards zero and stops there.
template <class Real>
void Worker<Real>::penalize_after() {
  each_penalized([&](std::int64_t i, std::int64_t end) {
    for (; i < end; ++i) {
      const V rest = abs(w_[i]) - rates_.l1;
      w_[i] = rest <= 0 ? V{} : copysign(rest, w_[i]);
    }
  });
}

template <class Real>
void Worker<Real>::finish(int lane, Status status, bool is_measured) {
  const Trial& trial = *lanes_[lane].trial;
  *trial.status = status;
  *trial.steps = steps_[lane];
  if (trial.goal_step != nullptr) {
    const std::int64_t held_since = lanes_[lane].held_since;
    const bool has_held = plan_.judges_at_end && held_since >= 0;
    *trial.goal_step = status != Status::solved ? -1 : has_held ? held_since : steps_[lane];
  }
  for (int i = 0; i < 2 * n_splits && is_measured && trial.final != nullptr; ++i)
    trial.final[i] = measured_[i / 2][lane][i % 2];
  for (std::int64_t i = 0; trial.end_weights != nullptr && i < n_; ++i)
    trial.end_weights[i] = static_cast<double>(w_[i][lane]);
  empty(lane);
  --n_active_;
  queue_.finished(trial);
}

// All lanes at once, and nothing is tidied up: with a million weights a walk through them for every
// lane takes longer than somebody who cancels wants to wait.
template <class Real>
void Worker<Real>::cancel() {
  for (std::int64_t i = 0; i < n_; ++i)
    for (const Lane& it : lanes_)
      if (it.trial != nullptr && it.trial->end_weights != nullptr)
        it.trial->end_weights[i] = static_cast<double>(w_[i][&it - lanes_]);
  for (int lane = 0; lane < count; ++lane) {
    const Trial* trial = lanes_[lane].trial;
    if (trial == nullptr) continue;
    *trial->status = Status::cancelled;
    *trial->steps = steps_[lane];
    if (trial->goal_step != nullptr) *trial->goal_step = -1;
    queue_.finished(*trial);
  }
}

}  // namespace amenable::AMENABLE_TARGET

#include "probing.h"
