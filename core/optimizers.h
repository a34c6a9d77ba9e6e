// One update of all parameters of the networks in the lanes, as PyTorch defines it. An optimizer
// is a function of one parameter's weight w, gradient g and up to three numbers of state; it is
// added here and in plan.h.
#pragma once

#include "amenable/plan.h"
#include "amenable/trial.h"
#include "lanes/math.h"

namespace amenable::AMENABLE_TARGET {

// What an update needs to know, a value per lane. Filled once a step by set_rates().
template <class Real>
struct Rates {
  using V = Lanes<Real>;
  V lr, momentum, undamped, beta1_rest, beta2, beta2_rest, alpha, alpha_rest, eps, adam_step,
      adam_scale, eta_minus, eta_plus, step_min, step_max, l2, l1, decay, clip, damping;
};

// Settings of the networks in the lanes, and the powers that Adam keeps, in double.
template <class Real>
struct LaneSettings {
  static constexpr int count = Traits<Real>::count;
  double of[n_settings][count];
  double beta1_power[count], beta2_power[count];
};

// The factor on the learning rate at each lane's step: PyTorch's closed forms (StepLR,
// CosineAnnealingLR), counted in updates, times the warm-up.
template <class Real>
void schedule_factors(const Plan& plan, const LaneSettings<Real>& settings,
                      const std::int64_t* steps, double* factor) {
  constexpr int count = Traits<Real>::count;
  const auto& of = settings.of;
  for (int i = 0; i < count; ++i) {
    const double t = static_cast<double>(steps[i]);
    // A lane without a network has none.
    const double period = of[schedule_steps][i] > 0 ? of[schedule_steps][i] : 1;
    double f = 1;
    if (plan.schedule == Schedule::inverse_time) f = 1 / (1 + t / period);
    if (plan.schedule == Schedule::step_decay) {
      // A power by squaring: the same bits everywhere, which pow() does not promise.
      double square = of[schedule_factor][i];
      for (auto times = static_cast<std::int64_t>(t / period); times > 0; times /= 2) {
        if (times % 2 == 1) f *= square;
        square *= square;
      }
    }
    if (plan.schedule == Schedule::cosine) {
      const double floor = of[schedule_factor][i], share = t < period ? t / period : 1;
      f = floor + (1 - floor) * (0.5 + 0.5 * cos(all(3.14159265358979323846 * share))[0]);
    }
    if (t < of[warmup][i]) f *= (t + 1) / (of[warmup][i] + 1);
    factor[i] = f;
  }
}

template <class Real>
void set_rates(const Plan& plan, LaneSettings<Real>& settings, const std::int64_t* steps,
               Rates<Real>& r) {
  constexpr int count = Traits<Real>::count;
  const auto& of = settings.of;
  double factor[count];
  for (int i = 0; i < count; ++i) factor[i] = 1;
  // A schedule's factor is worked out only where there is one.
  bool is_plain = plan.schedule == Schedule::constant;
  for (int i = 0; i < count; ++i) is_plain = is_plain && of[warmup][i] == 0;
  if (!is_plain) schedule_factors<Real>(plan, settings, steps, factor);
  for (int i = 0; i < count; ++i) {
    const double rate = of[lr][i] * factor[i];
    r.lr[i] = static_cast<Real>(rate);
    r.undamped[i] = static_cast<Real>(steps[i] == 0 ? 1 : 1 - of[dampening][i]);
    r.decay[i] = static_cast<Real>(rate * of[weight_decay][i]);
    r.l1[i] = static_cast<Real>(rate * of[l1][i]);
  }
  if (plan.optimizer != Optimizer::adam) return;
  double* power1 = settings.beta1_power;
  double* power2 = settings.beta2_power;
  for (int i = 0; i < count; ++i) {
    power1[i] *= of[beta1][i];
    power2[i] *= of[beta2][i];
    r.adam_step[i] = static_cast<Real>(of[lr][i] * factor[i] / (1 - power1[i]));
    r.adam_scale[i] = static_cast<Real>(1 / __builtin_sqrt(1 - power2[i]));
  }
}

// What does not change from step to step: once for each new network in a lane.
template <class Real>
void set_constant_rates(const LaneSettings<Real>& settings, int i, Rates<Real>& r) {
  const auto& of = settings.of;
  const auto set = [i](Lanes<Real>& to, double value) { to[i] = static_cast<Real>(value); };
  set(r.momentum, of[momentum][i]);
  set(r.beta1_rest, 1 - of[beta1][i]);
  set(r.beta2, of[beta2][i]);
  set(r.beta2_rest, 1 - of[beta2][i]);
  set(r.alpha, of[alpha][i]);
  set(r.alpha_rest, 1 - of[alpha][i]);
  set(r.eps, of[eps][i]);
  set(r.eta_minus, of[eta_minus][i]);
  set(r.eta_plus, of[eta_plus][i]);
  set(r.step_min, of[step_min][i]);
  set(r.step_max, of[step_max][i]);
  set(r.l2, of[l2][i]);
  set(r.clip, of[clip_norm][i]);
  set(r.damping, of[damping][i]);
}

// An average that only fades (a dead unit's) ends at the smallest subnormal and stays there, and
// many processors are slow with subnormals: below the normal numbers it is zero.
AMENABLE_INLINE Lanes<float> fade(Lanes<float> x) {
  return abs(x) < 0x1p-126f ? Lanes<float>{} : x;
}
AMENABLE_INLINE Lanes<double> fade(Lanes<double> x) {
  return abs(x) < 0x1p-1022 ? Lanes<double>{} : x;
}

struct Sgd {
  static constexpr int n_states = 0;
  template <class R, class V>
  static AMENABLE_INLINE V update(const R& r, V w, V g, V*) {
    return fma(-r.lr, g, w);
  }
};

template <bool is_nesterov>
struct Momentum {
  static constexpr int n_states = 1;
  template <class R, class V>
  static AMENABLE_INLINE V update(const R& r, V w, V g, V* s) {
    s[0] = fade(fma(r.momentum, s[0], r.undamped * g));
    return fma(-r.lr, is_nesterov ? fma(r.momentum, s[0], g) : s[0], w);
  }
};

template <bool has_momentum, bool is_centered>
struct Rmsprop {
  static constexpr int n_states = 1 + has_momentum + is_centered;
  template <class R, class V>
  static AMENABLE_INLINE V update(const R& r, V w, V g, V* s) {
    s[0] = fade(fma(r.alpha_rest * g, g, s[0] * r.alpha));
    V spread = s[0];
    if constexpr (is_centered) {
      s[1] = fade(fma(r.alpha_rest, g - s[1], s[1]));
      spread = fma(-s[1], s[1], spread);
    }
    const V step = g / (sqrt(spread) + r.eps);
    if constexpr (has_momentum) {
      V& buffer = s[1 + is_centered];
      buffer = fade(fma(r.momentum, buffer, step));
      return fma(-r.lr, buffer, w);
    }
    return fma(-r.lr, step, w);
  }
};

struct Adam {
  static constexpr int n_states = 2;
  template <class R, class V>
  static AMENABLE_INLINE V update(const R& r, V w, V g, V* s) {
    s[0] = fade(fma(r.beta1_rest, g - s[0], s[0]));
    s[1] = fade(fma(r.beta2_rest * g, g, s[1] * r.beta2));
    return w - r.adam_step * s[0] / fma(sqrt(s[1]), r.adam_scale, r.eps);
  }
};

// s[0] the gradient before, s[1] the size of the step, s[2] the step taken (with backtracking).
// PyTorch's is Rprop- (Igel and Huesken 2003): after a change of sign the parameter rests for a
// step. With backtracking (Rprop+, Riedmiller and Braun 1993) the last step is taken back.
template <bool backtracks>
struct Rprop {
  static constexpr int n_states = 2 + backtracks;
  template <class R, class V>
  static AMENABLE_INLINE V update(const R& r, V w, V g, V* s) {
    const V zero{}, one = zero + 1;
    // The signs, not the product: it might underflow.
    const V sign = g > 0 ? one : g < 0 ? -one : zero;
    const V before = s[0] > 0 ? one : s[0] < 0 ? -one : zero;
    const auto agrees = sign * before > 0, turned = sign * before < 0;
    V size = agrees ? s[1] * r.eta_plus : turned ? s[1] * r.eta_minus : s[1];
    size = size < r.step_min ? r.step_min : size > r.step_max ? r.step_max : size;
    s[1] = size;
    s[0] = turned ? zero : g;
    const V move = sign * size;
    if constexpr (backtracks) {
      const V taken = turned ? -s[2] : move;
      s[2] = turned ? zero : taken;
      return w - taken;
    }
    return turned ? w : w - move;
  }
};

// s[0] is the diagonal of the loss's curvature, which curvature.h estimates now and then.
struct LevenbergMarquardt {
  static constexpr int n_states = 1;
  template <class R, class V>
  static AMENABLE_INLINE V update(const R& r, V w, V g, V* s) {
    return fma(-r.lr, g / (r.damping + s[0]), w);
  }
};

template <class F>
AMENABLE_INLINE auto with_optimizer(Optimizer optimizer, F&& f) {
  switch (optimizer) {
    case Optimizer::momentum: return f(Momentum<false>{});
    case Optimizer::nesterov: return f(Momentum<true>{});
    case Optimizer::rmsprop: return f(Rmsprop<false, false>{});
    case Optimizer::rmsprop_momentum: return f(Rmsprop<true, false>{});
    case Optimizer::rmsprop_centered: return f(Rmsprop<false, true>{});
    case Optimizer::rmsprop_centered_momentum: return f(Rmsprop<true, true>{});
    case Optimizer::adam: return f(Adam{});
    case Optimizer::rprop: return f(Rprop<false>{});
    case Optimizer::rprop_backtracking: return f(Rprop<true>{});
    case Optimizer::levenberg_marquardt: return f(LevenbergMarquardt{});
    case Optimizer::sgd: break;
  }
  return f(Sgd{});
}

static inline int n_states(Optimizer optimizer) {
  return with_optimizer(optimizer, [](auto kind) { return decltype(kind)::n_states; });
}

// w, g (P); states (n_states, P).
template <class Real>
void update(Optimizer optimizer, const Rates<Real>& rates, Lanes<Real>* w, const Lanes<Real>* g,
            Lanes<Real>* states, std::int64_t n) {
  with_optimizer(optimizer, [&](auto kind) {
    using Kind = decltype(kind);
    const Rates<Real> r = rates;
    for (std::int64_t i = 0; i < n; ++i) {
      Lanes<Real> s[Kind::n_states + 1];
      for (int k = 0; k < Kind::n_states; ++k) s[k] = states[k * n + i];
      w[i] = Kind::update(r, w[i], g[i], s);
      for (int k = 0; k < Kind::n_states; ++k) states[k * n + i] = s[k];
    }
  });
}

// Scales the gradient so that its norm is at most the lane's clip, as clip_grad_norm_ does.
template <class Real>
void clip(const Rates<Real>& r, Lanes<Real>* g, std::int64_t n) {
  using V = Lanes<Real>;
  V sum{};
  for (std::int64_t i = 0; i < n; ++i) sum = fma(g[i], g[i], sum);
  const V scale = r.clip / (sqrt(sum) + number<V>(1e-6));
  // A lane without a clip has it at infinity. NaN passes, so that divergence is seen.
  const V factor = scale >= 1 ? V{} + 1 : scale;
  for (std::int64_t i = 0; i < n; ++i) g[i] = g[i] * factor;
}

}  // namespace amenable::AMENABLE_TARGET
