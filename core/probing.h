// The probes of worker.h: networks that are due are evaluated and recorded, and those that have met
// their goal, diverged or spent their budget are ended.
#pragma once

#include "worker.h"

namespace amenable::AMENABLE_TARGET {

template <class Real>
void Worker<Real>::probe() {
  bool is_due[count] = {}, is_any = false;
  for (int lane = 0; lane < count; ++lane) {
    const Lane& it = lanes_[lane];
    is_due[lane] = it.trial != nullptr && it.trial->probes[it.probe] == steps_[lane];
    is_any = is_any || is_due[lane];
  }
  if (is_any) {
    double validation[count][n_measures], training[count][n_measures];
    for (int lane = 0; lane < count; ++lane)
      for (int i = 0; i < n_measures; ++i)
        validation[lane][i] = training[lane][i] = __builtin_nan("");
    const auto measure = [&](const Samples<Real>& samples, double (*result)[n_measures]) {
      evaluate<Real>(plan_, evaluating_, w_, loss_parameter_, samples, scratch_, metric_, result);
    };
    const bool shows_training =
        plan_.probe_training || data_.validation.n == 0 ||
        (plan_.goal != Goal::none && plan_.goal_split == amenable::Split::training);
    if (data_.validation.n > 0) measure(data_.validation, validation);
    if (shows_training) measure(data_.training, training);
    Status verdicts[count] = {};
    bool is_any_end = false;
    const unsigned unsound = unsound_weights();
    for (int lane = 0; lane < count; ++lane) {
      if (is_due[lane] && may_end(lane))
        verdicts[lane] = judge(lane, unsound >> lane & 1, training[lane], validation[lane]);
      is_any_end = is_any_end || verdicts[lane] != Status::cancelled;
    }
    // Final results want the training split, even where the curve does not.
    if (is_any_end && !shows_training) measure(data_.training, training);
    if (plan_.probe_signals) signals_.look(training_, w_, loss_parameter_, data_.training);
    if (feed_.is_cancelled()) return;
    for (int lane = 0; lane < count; ++lane) {
      if (!is_due[lane]) continue;
      Lane& it = lanes_[lane];
      const bool is_end = verdicts[lane] != Status::cancelled;
      const double both[2][2] = {{training[lane][of_loss], training[lane][of_metric]},
                                 {validation[lane][of_loss], validation[lane][of_metric]}};
      // Only what the lane would be shown alone: a neighbour's end must not be seen here.
      record(lane, it.probe, both, shows_training || is_end);
      if (validation[lane][0] < it.best && steps_[lane] > 0)
        it.best = validation[lane][0], it.since_best = 0;
      else if (steps_[lane] > 0)
        ++it.since_best;
      ++it.probe;
      if (is_end) finish(lane, verdicts[lane], training[lane], validation[lane]);
    }
    // Empty lanes are filled here only: so the networks of a group come to their probes together.
    fill_empty();
  }
  next_event_ = INT64_MAX;
  for (int lane = 0; lane < count; ++lane) {
    const Lane& it = lanes_[lane];
    if (it.trial == nullptr) continue;
    const std::int64_t in = it.trial->probes[it.probe] - steps_[lane];
    if (in < next_event_) next_event_ = in;
  }
}

template <class Real>
void Worker<Real>::record(int lane, std::int64_t k, const double (*loss)[2], bool has_training) {
  const Trial& trial = *lanes_[lane].trial;
  if (trial.curves != nullptr) {
    double* curve = trial.curves + 4 * k;
    for (int i = 0; i < 4; ++i)
      if (i >= 2 || has_training) curve[i] = loss[i / 2][i % 2];
  }
  if (trial.snapshots != nullptr)
    for (std::int64_t i = 0; i < n_; ++i)
      trial.snapshots[k * n_ + i] = static_cast<double>(w_[i][lane]);
  if (trial.signals != nullptr)
    signals_.read(lane, w_, steps_[lane] > 0, trial.signals + k * plan_.n_layers * n_signals);
}

// One bit for each lane in which a weight is infinite or NaN.
template <class Real>
unsigned Worker<Real>::unsound_weights() const {
  V unsound{};
  for (std::int64_t i = 0; i < n_; ++i) unsound = fma(w_[i], V{}, unsound);
  return bitmask(unsound != unsound);
}

// Whether this probe may end the lane's network. Those that are there to be recorded may not: the
// one before the first step and, where neither goal nor patience asks for them, all but the last.
// So what is recorded changes no result.
template <class Real>
bool Worker<Real>::may_end(int lane) const {
  const Lane& it = lanes_[lane];
  if (it.probe + 1 == it.trial->n_probes) return true;
  return steps_[lane] > 0 && (plan_.goal != Goal::none || it.trial->patience > 0);
}

// What a probe means for a lane: finished, and how, or `cancelled` for going on.
template <class Real>
Status Worker<Real>::judge(int lane, bool is_unsound, const double training[n_measures],
                           const double validation[n_measures]) const {
  const Lane& it = lanes_[lane];
  const double* held = plan_.goal_split == amenable::Split::training ? training : validation;
  const double* watched = data_.validation.n > 0 ? validation : training;
  if (is_unsound || !(watched[0] - watched[0] == 0)) return Status::diverged;
  if (plan_.goal != Goal::none) {
    const double value = held[plan_.goal == Goal::metric ? of_goal : of_loss];
    if (plan_.goal_at_least ? value >= it.trial->goal : value <= it.trial->goal)
      return Status::solved;
  }
  if (it.probe + 1 == it.trial->n_probes) return Status::exhausted;
  const bool is_better = validation[0] < it.best;
  if (it.trial->patience > 0 && !is_better && it.since_best + 1 >= it.trial->patience)
    return Status::stopped;
  return Status::cancelled;
}

}  // namespace amenable::AMENABLE_TARGET
