// Schedules, penalties and optimizers, one parameter at a time, as PyTorch defines them.
#include <algorithm>
#include <cmath>

#include "reference/reference.h"

namespace amenable::reference {

double schedule_factor(const Plan& plan, const double* settings, std::int64_t step) {
  const double t = static_cast<double>(step), period = settings[schedule_steps];
  const double factor = settings[amenable::schedule_factor];
  double f = 1;
  switch (plan.schedule) {
    case Schedule::constant: break;
    case Schedule::step_decay: f = std::pow(factor, std::floor(t / period)); break;
    case Schedule::cosine:
      f = t >= period ? factor
                      : factor + (1 - factor) * (1 + std::cos(std::acos(-1.0) * t / period)) / 2;
      break;
    case Schedule::inverse_time: f = 1 / (1 + t / period); break;
  }
  if (t < settings[warmup]) f *= (t + 1) / (settings[warmup] + 1);
  return f;
}

Updater::Updater(const Plan& plan, const Trial& trial) : plan_(plan), trial_(trial) {
  for (int l = 0; l < plan.n_layers; ++l) {
    const Layer& layer = plan.layers[l];
    is_penalized_.insert(is_penalized_.end(), weights_of(plan, l), true);
    if (layer.has_bias)
      is_penalized_.insert(is_penalized_.end(), biases_of(layer), plan.penalize_biases);
  }
  for (auto* state : {&momentum_buffer_, &square_avg_, &grad_avg_, &exp_avg_, &exp_avg_sq_, &prev_,
                      &step_size_, &last_move_})
    state->resize(is_penalized_.size());
  std::fill(step_size_.begin(), step_size_.end(),
            trial.settings[lr] / (trial.settings[warmup] + 1));
}

// torch.nn.utils.clip_grad_norm_.
void Updater::clip(Numbers& g) const {
  double sum = 0;
  for (const double it : g) sum += it * it;
  const double factor = trial_.settings[clip_norm] / (std::sqrt(sum) + 1e-6);
  for (double& it : g) it *= factor < 1 ? factor : 1;
}

void Updater::update(Numbers& w, Numbers g) {
  const double* of = trial_.settings;
  const double rate = of[lr] * reference::schedule_factor(plan_, of, step_);
  for (std::size_t i = 0; i < g.size(); ++i)
    if (is_frozen(i)) g[i] = 0;
  if (plan_.has_clip) clip(g);
  for (std::size_t i = 0; i < g.size(); ++i) {
    if (is_frozen(i)) continue;
    if (plan_.has_l2 && is_penalized_[i]) g[i] += of[l2] * w[i];
    if (plan_.has_weight_decay && is_penalized_[i]) w[i] -= rate * of[weight_decay] * w[i];
    w[i] -= move(i, rate, g[i]);
    // L1 as a proximal step: towards zero and not beyond.
    if (plan_.has_l1 && is_penalized_[i])
      w[i] = std::copysign(std::max(std::fabs(w[i]) - rate * of[l1], 0.0), w[i]);
  }
  ++step_;
}

// How far parameter i goes down.
double Updater::move(std::size_t i, double rate, double g) {
  const double* of = trial_.settings;
  switch (plan_.optimizer) {
    case Optimizer::sgd: break;
    case Optimizer::momentum:
    case Optimizer::nesterov: {
      double& buffer = momentum_buffer_[i];
      buffer = step_ == 0 ? g : of[momentum] * buffer + (1 - of[dampening]) * g;
      return rate * (plan_.optimizer == Optimizer::nesterov ? g + of[momentum] * buffer : buffer);
    }
    case Optimizer::rmsprop:
    case Optimizer::rmsprop_momentum:
    case Optimizer::rmsprop_centered:
    case Optimizer::rmsprop_centered_momentum: {
      const bool is_centered = plan_.optimizer == Optimizer::rmsprop_centered ||
                               plan_.optimizer == Optimizer::rmsprop_centered_momentum;
      const bool has_momentum = plan_.optimizer == Optimizer::rmsprop_momentum ||
                                plan_.optimizer == Optimizer::rmsprop_centered_momentum;
      square_avg_[i] = of[alpha] * square_avg_[i] + (1 - of[alpha]) * g * g;
      grad_avg_[i] = of[alpha] * grad_avg_[i] + (1 - of[alpha]) * g;
      const double spread = square_avg_[i] - (is_centered ? grad_avg_[i] * grad_avg_[i] : 0);
      const double step = g / (std::sqrt(spread) + of[eps]);
      if (!has_momentum) return rate * step;
      momentum_buffer_[i] = of[momentum] * momentum_buffer_[i] + step;
      return rate * momentum_buffer_[i];
    }
    case Optimizer::adam: {
      const double t = static_cast<double>(step_ + 1);
      exp_avg_[i] = of[beta1] * exp_avg_[i] + (1 - of[beta1]) * g;
      exp_avg_sq_[i] = of[beta2] * exp_avg_sq_[i] + (1 - of[beta2]) * g * g;
      const double mean = exp_avg_[i] / (1 - std::pow(of[beta1], t));
      const double square = exp_avg_sq_[i] / (1 - std::pow(of[beta2], t));
      return rate * mean / (std::sqrt(square) + of[eps]);
    }
    case Optimizer::rprop:
    case Optimizer::rprop_backtracking: return move_rprop(i, g);
    case Optimizer::levenberg_marquardt: return rate * g / (of[damping] + curvature_[i]);
  }
  return rate * g;
}

// Igel and Huesken 2003 (Rprop-); with backtracking, Riedmiller and Braun 1993 (Rprop+).
double Updater::move_rprop(std::size_t i, double g) {
  const double* of = trial_.settings;
  const double sign = (g > 0) - (g < 0), before = (prev_[i] > 0) - (prev_[i] < 0);
  const double factor = sign * before > 0 ? of[eta_plus] : sign * before < 0 ? of[eta_minus] : 1;
  step_size_[i] = std::clamp(step_size_[i] * factor, of[step_min], of[step_max]);
  if (sign * before < 0) {
    const double back = -last_move_[i];
    prev_[i] = last_move_[i] = 0;
    return plan_.optimizer == Optimizer::rprop_backtracking ? back : 0;
  }
  prev_[i] = g;
  return last_move_[i] = sign * step_size_[i];
}

}  // namespace amenable::reference
