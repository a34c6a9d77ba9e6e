// One trial from its first weights to its end.
#include <cmath>
#include <limits>

#include "reference/reference.h"

namespace amenable::reference {
namespace {

class Run {
 public:
  Run(const Plan& plan, const Data<double>& data, const Trial& trial)
      : plan_(plan), data_(data), trial_(trial), updater_(plan, trial) {
    if (trial.weights != nullptr)
      w_.assign(trial.weights, trial.weights + n_parameters(plan));
    else
      w_ = initial_weights(plan, trial.layer_settings, trial.seed);
  }

  void train() {
    for (;;) {
      if (step_ == trial_.probes[n_probed_] && probe()) return;
      if (plan_.optimizer == Optimizer::levenberg_marquardt && step_ % steps_per_epoch() == 0)
        updater_.set_curvature(curvature(network(), loss_parameter(), data_.training));
      Numbers g(w_.size());
      if (!add_gradient(g)) return finish(Status::diverged);
      before_ = w_;
      updater_.update(w_, g);
      ++step_;
    }
  }

 private:
  Network network() const { return {plan_, w_.data(), trial_.layer_settings}; }
  double loss_parameter() const { return trial_.settings[amenable::loss_parameter]; }

  std::int64_t steps_per_epoch() const {
    const std::int64_t n = data_.training.n;
    const bool is_whole =
        plan_.batch == 0 || (plan_.batch > n && plan_.order != Order::replacement);
    const std::int64_t size = is_whole ? n : plan_.batch;
    return (n + size - 1) / size;
  }

  // False when the loss has no finite slope any more.
  bool add_gradient(Numbers& g) const {
    const Batch batch = batch_of(plan_, data_.training, trial_.seed, step_);
    bool is_sound = true;
    for (std::size_t s = 0; s < batch.samples.size(); ++s) {
      const double* row = data_.training.rows + batch.samples[s] * data_.training.stride;
      const Place place{trial_.seed, step_, static_cast<std::uint32_t>(s)};
      const Trace trace = forward(network(), row, &place);
      Numbers d =
          loss_gradient(plan_, loss_parameter(), trace.outputs.back().data(), row + plan_.n_inputs);
      for (double& it : d) {
        it *= batch.weights[s];
        is_sound = is_sound && std::isfinite(it);
      }
      backward(network(), trace, d, g);
    }
    return is_sound;
  }

  // On a split; NaN where it is empty.
  Measured look_at(Split split) const {
    const double none = std::numeric_limits<double>::quiet_NaN();
    const Samples<double>* const of[] = {&data_.training, &data_.validation, &data_.test};
    const Samples<double>& samples = *of[static_cast<int>(split)];
    return samples.n > 0 ? measure(network(), loss_parameter(), samples)
                         : Measured{none, none, none};
  }

  bool has_validation() const { return data_.validation.n > 0; }
  bool has_goal() const { return plan_.goal != Goal::none; }

  // True when this was the last one.
  bool probe() {
    const Measured training = look_at(Split::training), validation = look_at(Split::validation);
    const Measured& watched = has_validation() ? validation : training;
    if (step_ > 0) {
      const bool is_better = validation.loss < best_;
      best_ = is_better ? validation.loss : best_;
      since_best_ = is_better ? 0 : since_best_ + 1;
      if (is_better) best_weights_ = w_;
      if (!meets_goal(watched)) held_since_ = -1;
      if (meets_goal(watched) && held_since_ < 0) held_since_ = step_;
    }
    const Status verdict =
        may_end() ? judge(watched, plan_.goal_split == Split::training ? training : validation)
                  : Status::cancelled;
    const bool is_end = verdict != Status::cancelled;
    const bool ends_by_training =
        has_goal() && plan_.goal_split == Split::training && !plan_.judges_at_end;
    record(training, validation,
           plan_.probe_training || !has_validation() || ends_by_training ||
               (is_end && !plan_.restores_best));
    ++n_probed_;
    if (is_end) end(verdict);
    return is_end;
  }

  // Probes that are only recorded end nothing: the one before the first step and, where nothing
  // else asks for them, all but the last.
  bool may_end() const {
    if (n_probed_ + 1 == trial_.n_probes) return true;
    return step_ > 0 && (has_goal() || trial_.patience > 0 || plan_.restores_best);
  }

  bool meets_goal(const Measured& of) const {
    const double value = plan_.goal == Goal::metric ? of.goal : of.loss;
    return has_goal() && (plan_.goal_at_least ? value >= trial_.goal : value <= trial_.goal);
  }

  // `cancelled` stands for going on.
  Status judge(const Measured& watched, const Measured& of_goal) const {
    bool is_sound = std::isfinite(watched.loss);
    for (const double it : w_) is_sound = is_sound && std::isfinite(it);
    if (!is_sound) return Status::diverged;
    if (!plan_.judges_at_end && meets_goal(of_goal)) return Status::solved;
    if (n_probed_ + 1 == trial_.n_probes) return Status::exhausted;
    if (trial_.patience > 0 && since_best_ >= trial_.patience) return Status::stopped;
    return Status::cancelled;
  }

  void record(const Measured& training, const Measured& validation, bool shows_training) const {
    if (trial_.curves != nullptr) {
      double* curve = trial_.curves + 4 * n_probed_;
      if (shows_training) curve[0] = training.loss, curve[1] = training.metric;
      curve[2] = validation.loss, curve[3] = validation.metric;
    }
    if (trial_.snapshots != nullptr)
      for (std::size_t i = 0; i < w_.size(); ++i)
        trial_.snapshots[n_probed_ * w_.size() + i] = w_[i];
    if (trial_.signals != nullptr)
      signals(network(), loss_parameter(), data_.training, step_ > 0 ? before_.data() : nullptr,
              trial_.signals + n_probed_ * plan_.n_layers * n_signals);
  }

  // The weights that are kept, measured on every split; the goal, where it waits for them.
  void end(Status status) {
    const bool is_sound = status != Status::diverged;
    if (plan_.restores_best && is_sound && status != Status::solved) w_ = best_weights_;
    if (plan_.judges_at_end && is_sound && meets_goal(look_at(plan_.goal_split)))
      status = Status::solved;
    for (int split = 0; split < n_splits && trial_.final != nullptr; ++split) {
      const Measured found = look_at(static_cast<Split>(split));
      trial_.final[2 * split] = found.loss, trial_.final[2 * split + 1] = found.metric;
    }
    finish(status);
  }

  void finish(Status status) const {
    *trial_.status = status;
    *trial_.steps = step_;
    if (trial_.goal_step != nullptr) {
      const bool has_held = plan_.judges_at_end && held_since_ >= 0;
      *trial_.goal_step = status != Status::solved ? -1 : has_held ? held_since_ : step_;
    }
    for (std::size_t i = 0; i < w_.size() && trial_.end_weights != nullptr; ++i)
      trial_.end_weights[i] = w_[i];
  }

  const Plan& plan_;
  const Data<double>& data_;
  const Trial& trial_;
  Updater updater_;
  Numbers w_, before_, best_weights_;
  std::int64_t step_ = 0, n_probed_ = 0, since_best_ = 0, held_since_ = -1;
  double best_ = std::numeric_limits<double>::infinity();  // validation loss
};

}  // namespace

void train(const Plan& plan, const Data<double>& data, const Trial& trial) {
  Data<double> own = data;
  for (Samples<double>* it : {&own.training, &own.validation, &own.test}) {
    it->rows += trial.data * it->n * it->stride;
    it->variations += trial.data * n_outputs(plan);
    it->n_data = 1;
  }
  Run(plan, own, trial).train();
}

}  // namespace amenable::reference
