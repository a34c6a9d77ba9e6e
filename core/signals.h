// What can be seen of a layer at a probe, a value per lane: norms of gradient and weights, size of
// the last update over size of the weights, and shares of saturated and of dead units.
//
// The gradient is that of the whole training split. A unit is saturated where its slope stays
// under a twentieth of the activation's largest on at least 95 % of the samples, and dead where it
// is zero on all of them.
#pragma once

#include "evaluation.h"

namespace amenable::AMENABLE_TARGET {

static inline double largest_slope(Activation activation, double parameter) {
  switch (activation) {
    case Activation::sigmoid: return 0.25;
    case Activation::scaled_tanh: return ScaledTanh::height * ScaledTanh::rate;
    case Activation::leaky_relu: return parameter > 1 ? parameter : parameter < -1 ? -parameter : 1;
    case Activation::elu: return parameter > 1 ? parameter : 1;
    case Activation::gelu: return 1.1289;      // at z = sqrt(2)
    case Activation::silu: return 1.0998;      // at z = 2.3994
    case Activation::gaussian: return 0.8578;  // at z = -sqrt(1/2)
    default: return 1;
  }
}

template <class Real>
class SignalReader {
 public:
  using V = Lanes<Real>;

  SignalReader(const Plan& plan, Arena& arena) : plan_(plan) {
    if (!plan.probe_signals) return;
    std::int64_t units = 0;
    for (int l = 0; l < plan.n_layers; ++l) units += plan.layers[l].units;
    flat_ = arena.take<V>(units);
    dead_ = arena.take<V>(units);
    gradient_ = arena.take<V>(n_parameters(plan));
    before_ = arena.take<V>(n_parameters(plan));
  }

  // The weights before an update, to tell its size by.
  void remember(const V* w) {
    for (std::int64_t i = 0; i < n_parameters(plan_); ++i) before_[i] = w[i];
  }

  // Works out what read() hands over.
  void look(Pass<Real>& pass, const V* w, V parameter, const LaneSamples<Real>& samples) {
    std::int64_t units = 0;
    for (int l = 0; l < plan_.n_layers; ++l) units += plan_.layers[l].units;
    for (std::int64_t u = 0; u < units; ++u) flat_[u] = dead_[u] = V{};
    full_gradient<Real>(plan_, pass, w, parameter, samples, gradient_,
                        [&](int n) { count_flat(pass, n); });
    n_samples_ = static_cast<double>(samples.n());
  }

  // out (L, n_signals) of one lane; w its weights now, is_updated: remember() was before an update.
  void read(int lane, const V* w, bool is_updated, double* out) const {
    const V *g = gradient_, *before = before_, *flat = flat_, *dead = dead_;
    for (int l = 0; l < plan_.n_layers; ++l, out += n_signals) {
      double gradient = 0, weight = 0, update = 0;
      for (std::int64_t i = 0; i < parameters_of(plan_, l); ++i) {
        const double gi = g[i][lane], wi = w[i][lane], ui = wi - before[i][lane];
        gradient += gi * gi, weight += wi * wi, update += ui * ui;
      }
      g += parameters_of(plan_, l), w += parameters_of(plan_, l), before += parameters_of(plan_, l);
      double n_flat = 0, n_dead = 0;
      const int units = plan_.layers[l].units;
      for (int u = 0; u < units; ++u) {
        n_flat += flat[u][lane] >= 0.95 * n_samples_;
        n_dead += dead[u][lane] == n_samples_;
      }
      flat += units, dead += units;
      out[gradient_norm] = __builtin_sqrt(gradient);
      out[weight_norm] = __builtin_sqrt(weight);
      out[update_ratio] = is_updated ? __builtin_sqrt(update / weight) : __builtin_nan("");
      out[saturated] = n_flat / units;
      out[dead_share] = n_dead / units;
    }
  }

 private:
  static constexpr int dead_share = dead;

  void count_flat(const Pass<Real>& pass, int n) {
    V *flat = flat_, *dead = dead_;
    for (int l = 0; l < plan_.n_layers; ++l) {
      const LayerBuffers<Real>& b = pass.layer(l);
      V limit;
      for (int lane = 0; lane < Traits<Real>::count; ++lane)
        limit[lane] =
            static_cast<Real>(0.05 * largest_slope(plan_.layers[l].activation,
                                                   static_cast<double>(b.parameter[lane])));
      with_activation(plan_.layers[l].activation, [&](auto kind) {
        for (int s = 0; s < n; ++s)
          for (int u = 0; u < b.units; ++u) {
            const int i = s * b.units + u;
            const V slope = abs(decltype(kind)::slope(b.z[i], b.y[i], b.parameter));
            flat[u] = flat[u] + (slope < limit ? V{} + 1 : V{});
            dead[u] = dead[u] + (slope == 0 ? V{} + 1 : V{});
          }
      });
      flat += b.units, dead += b.units;
    }
  }

  const Plan& plan_;
  V *flat_ = nullptr,
    *dead_ = nullptr;  // (sum of U) samples on which the unit's slope is small, zero
  V *gradient_ = nullptr, *before_ = nullptr;  // (P)
  double n_samples_ = 0;
};

}  // namespace amenable::AMENABLE_TARGET
