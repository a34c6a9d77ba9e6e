// The probes of worker.h: networks that are due are evaluated and recorded, and those that have met
// their goal, diverged, stopped getting better or spent their budget are ended.
#pragma once

#include "worker.h"

namespace amenable::AMENABLE_TARGET {

template <class Real>
void Worker<Real>::probe() {
  if (const unsigned lanes = due(); lanes != 0 && !look(lanes)) return;
  next_event_ = INT64_MAX;
  for (int lane = 0; lane < count; ++lane) {
    const Lane& it = lanes_[lane];
    if (it.trial == nullptr) continue;
    const std::int64_t in = it.trial->probes[it.probe] - steps_[lane];
    if (in < next_event_) next_event_ = in;
  }
}

// One bit for each lane whose network is to be looked at now.
template <class Real>
unsigned Worker<Real>::due() const {
  unsigned lanes = 0;
  for (int lane = 0; lane < count; ++lane) {
    const Lane& it = lanes_[lane];
    if (it.trial != nullptr && it.trial->probes[it.probe] == steps_[lane]) lanes |= 1u << lane;
  }
  return lanes;
}

// Looks at these lanes; false where cancelled on the way.
template <class Real>
bool Worker<Real>::look(unsigned due) {
  using enum amenable::Split;
  for (auto& lanes : measured_)
    for (auto& lane : lanes)
      for (double& it : lane) it = __builtin_nan("");
  const bool shows_training =
      plan_.probe_training || data_.validation.n == 0 ||
      (plan_.goal != Goal::none && plan_.goal_split == training && !plan_.judges_at_end);
  if (data_.validation.n > 0) measure(validation);
  if (shows_training) measure(training);
  Status verdicts[count] = {};
  unsigned ending = 0, restoring = 0;
  const unsigned non_finite = non_finite_weights();
  for (int lane = 0; lane < count; ++lane) {
    if (!(due >> lane & 1) || !may_end(lane)) continue;
    verdicts[lane] = verdict(lane, non_finite >> lane & 1);
    if (verdicts[lane] == Status::cancelled) continue;
    ending |= 1u << lane;
    // A network that ends because it meets its goal is kept as it meets it.
    if (plan_.restores_best && verdicts[lane] != Status::diverged &&
        verdicts[lane] != Status::solved)
      restoring |= 1u << lane;
  }
  // Final results want the training split, even where the curve does not.
  const bool ends_with_training = ending != 0 && !shows_training && !plan_.restores_best;
  if (ends_with_training) measure(training);
  if (plan_.probe_signals) signals_.look(training_, w_, loss_parameter_, splits_[0]);
  if (queue_.is_cancelled()) return false;
  for (int lane = 0; lane < count; ++lane) {
    if (!(due >> lane & 1)) continue;
    // Only what the lane would be shown alone: a neighbour's end must not be seen here.
    record(lane, shows_training || (ends_with_training && ending >> lane & 1));
    if (steps_[lane] > 0 && verdicts[lane] != Status::diverged) note(lane);
    ++lanes_[lane].probe;
  }
  if (ending != 0 && !end(verdicts, restoring)) return false;
  // Empty lanes are filled here only: so the networks of a group come to their probes together.
  fill_empty();
  return true;
}

template <class Real>
void Worker<Real>::measure(amenable::Split split) {
  const int i = static_cast<int>(split);
  evaluate<Real>(plan_, evaluating_, w_, loss_parameter_, splits_[i], scratch_, metric_,
                 measured_[i]);
}

template <class Real>
void Worker<Real>::record(int lane, bool has_training) {
  const Trial& trial = *lanes_[lane].trial;
  const std::int64_t k = lanes_[lane].probe;
  if (trial.curves != nullptr)
    for (int i = has_training ? 0 : 2; i < 4; ++i)
      trial.curves[4 * k + i] = measured_[i / 2][lane][i % 2];
  if (trial.snapshots != nullptr)
    for (std::int64_t i = 0; i < n_; ++i)
      trial.snapshots[k * n_ + i] = static_cast<double>(w_[i][lane]);
  if (trial.signals != nullptr)
    signals_.read(lane, w_, steps_[lane] > 0, trial.signals + k * plan_.n_layers * n_signals);
}

// One bit for each lane in which a weight is infinite or NaN.
template <class Real>
unsigned Worker<Real>::non_finite_weights() const {
  V non_finite{};
  for (std::int64_t i = 0; i < n_; ++i) non_finite = fma(w_[i], V{}, non_finite);
  return bitmask(non_finite != non_finite);
}

// Whether this probe may end the lane's network. Those that are there to be recorded may not: the
// one before the first step and, where nothing else asks for them, all but the last. So what is
// recorded changes no result.
template <class Real>
bool Worker<Real>::may_end(int lane) const {
  const Lane& it = lanes_[lane];
  if (it.probe + 1 == it.trial->n_probes) return true;
  return steps_[lane] > 0 &&
         (plan_.goal != Goal::none || it.trial->patience > 0 || plan_.restores_best);
}

template <class Real>
bool Worker<Real>::meets_goal(int lane, amenable::Split split) const {
  if (plan_.goal == Goal::none) return false;
  const double* of = measured_[static_cast<int>(split)][lane];
  const double value = of[plan_.goal == Goal::metric ? of_goal : of_loss],
               goal = lanes_[lane].trial->goal;
  return plan_.goal_at_least ? value >= goal : value <= goal;
}

// What a probe means for a lane: finished, and how, or `cancelled` for going on.
template <class Real>
Status Worker<Real>::verdict(int lane, bool is_non_finite) const {
  using enum amenable::Split;
  const Lane& it = lanes_[lane];
  const double loss = measured_[static_cast<int>(watched())][lane][0];
  if (is_non_finite || !(loss - loss == 0)) return Status::diverged;
  if (!plan_.judges_at_end && meets_goal(lane, plan_.goal_split)) return Status::solved;
  if (it.probe + 1 == it.trial->n_probes) return Status::exhausted;
  const bool is_better = measured_[static_cast<int>(validation)][lane][0] < it.best;
  if (it.trial->patience > 0 && !is_better && it.since_best + 1 >= it.trial->patience)
    return Status::stopped;
  return Status::cancelled;
}

// Remembers this probe of a network with finite weights for later ones.
template <class Real>
void Worker<Real>::note(int lane) {
  Lane& it = lanes_[lane];
  const double loss = measured_[static_cast<int>(amenable::Split::validation)][lane][0];
  ++it.since_best;
  if (loss < it.best) {
    it.best = loss, it.since_best = 0;
    for (std::int64_t i = 0; plan_.restores_best && i < n_; ++i) best_[i][lane] = w_[i][lane];
  }
  if (!meets_goal(lane, watched()))
    it.held_since = -1;
  else if (it.held_since < 0)
    it.held_since = steps_[lane];
}

// Ends the lanes that have a verdict, `restoring` with their best weights. Only now is the test
// split looked at, and a goal judged that waits for the end. False where cancelled on the way.
template <class Real>
bool Worker<Real>::end(const Status* verdicts, unsigned restoring) {
  using enum amenable::Split;
  for (int lane = 0; lane < count; ++lane)
    for (std::int64_t i = 0; restoring >> lane & 1 && i < n_; ++i) w_[i][lane] = best_[i][lane];
  if (plan_.restores_best) measure(training);
  if (restoring != 0) measure(validation);
  if (data_.test.n > 0) measure(test);
  if (queue_.is_cancelled()) return false;
  for (int lane = 0; lane < count; ++lane) {
    Status status = verdicts[lane];
    if (status == Status::cancelled) continue;
    if (status != Status::diverged && plan_.judges_at_end && meets_goal(lane, plan_.goal_split))
      status = Status::solved;
    finish(lane, status, true);
  }
  return true;
}

}  // namespace amenable::AMENABLE_TARGET
