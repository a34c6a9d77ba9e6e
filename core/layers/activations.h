// Activations. Each is value(z) and slope, its derivative at z, for which y = value(z) is given
// as well; p is the activation's parameter. An activation is added here and in plan.h.
#pragma once

#include "amenable/plan.h"
#include "lanes/math.h"

namespace amenable::AMENABLE_TARGET {

// Where only y is needed for the slope, z is not kept.
struct FromOutput {
  static constexpr bool slope_needs_input = false;
};
struct FromInput {
  static constexpr bool slope_needs_input = true;
};

struct Identity : FromOutput {
  template <class V>
  static AMENABLE_INLINE V value(V z, V) {
    return z;
  }
  template <class V>
  static AMENABLE_INLINE V slope(V, V, V) {
    return V{} + 1;
  }
};

struct Sigmoid : FromOutput {
  template <class V>
  static AMENABLE_INLINE V value(V z, V) {
    return sigmoid(z);
  }
  template <class V>
  static AMENABLE_INLINE V slope(V, V y, V) {
    return y * (1 - y);
  }
};

struct Tanh : FromOutput {
  template <class V>
  static AMENABLE_INLINE V value(V z, V) {
    return tanh(z);
  }
  template <class V>
  static AMENABLE_INLINE V slope(V, V y, V) {
    return fma(-y, y, V{} + 1);
  }
};

// 1.7159 tanh(2z/3): LeCun 1989, Generalization and network design strategies.
struct ScaledTanh : FromOutput {
  static constexpr double height = 1.7159, rate = 2.0 / 3.0;
  template <class V>
  static AMENABLE_INLINE V value(V z, V) {
    return tanh(z * number<V>(rate)) * number<V>(height);
  }
  template <class V>
  static AMENABLE_INLINE V slope(V, V y, V) {
    return fma(y * number<V>(-rate / height), y, V{} + number<V>(rate * height));
  }
};

struct Softsign : FromOutput {
  template <class V>
  static AMENABLE_INLINE V value(V z, V) {
    return z / (1 + abs(z));
  }
  template <class V>
  static AMENABLE_INLINE V slope(V, V y, V) {
    const V rest = 1 - abs(y);
    return rest * rest;
  }
};

// `z <= 0 ? 0 : z`, not `z > 0 ? z : 0`: NaN must stay visible.
struct Relu : FromOutput {
  template <class V>
  static AMENABLE_INLINE V value(V z, V) {
    return z <= 0 ? V{} : z;
  }
  template <class V>
  static AMENABLE_INLINE V slope(V, V y, V) {
    return y > 0 ? V{} + 1 : V{};
  }
};

struct LeakyRelu : FromInput {
  template <class V>
  static AMENABLE_INLINE V value(V z, V p) {
    return z > 0 ? z : z * p;
  }
  template <class V>
  static AMENABLE_INLINE V slope(V z, V, V p) {
    return z > 0 ? V{} + 1 : p;
  }
};

struct Elu : FromInput {
  template <class V>
  static AMENABLE_INLINE V value(V z, V p) {
    return z > 0 ? z : p * expm1(z);
  }
  template <class V>
  static AMENABLE_INLINE V slope(V z, V y, V p) {
    return z > 0 ? V{} + 1 : y + p;
  }
};

// z Phi(z), Phi the normal distribution (exact, not the tanh approximation).
struct Gelu : FromInput {
  template <class V>
  static AMENABLE_INLINE V below(V z) {
    return fma(erf(z * number<V>(0.70710678118654752440)), V{} + number<V>(0.5),
               V{} + number<V>(0.5));
  }
  template <class V>
  static AMENABLE_INLINE V value(V z, V) {
    return z * below(z);
  }
  template <class V>
  static AMENABLE_INLINE V slope(V z, V, V) {
    const V density = exp(z * z * number<V>(-0.5)) * number<V>(0.39894228040143267794);
    return fma(z, density, below(z));
  }
};

struct Silu : FromInput {
  template <class V>
  static AMENABLE_INLINE V value(V z, V) {
    return z * sigmoid(z);
  }
  template <class V>
  static AMENABLE_INLINE V slope(V z, V, V) {
    const V s = sigmoid(z);
    return s * fma(z, 1 - s, V{} + 1);
  }
};

struct Softplus : FromInput {
  template <class V>
  static AMENABLE_INLINE V value(V z, V) {
    return softplus(z);
  }
  template <class V>
  static AMENABLE_INLINE V slope(V z, V, V) {
    return sigmoid(z);
  }
};

struct Sine : FromInput {
  template <class V>
  static AMENABLE_INLINE V value(V z, V) {
    return sin(z);
  }
  template <class V>
  static AMENABLE_INLINE V slope(V z, V, V) {
    return cos(z);
  }
};

// exp(-z^2).
struct Gaussian : FromInput {
  template <class V>
  static AMENABLE_INLINE V value(V z, V) {
    return exp(-z * z);
  }
  template <class V>
  static AMENABLE_INLINE V slope(V z, V y, V) {
    return -2 * z * y;
  }
};

// 1 above zero, else 0. Forward only: its slope is zero, so nothing before it would learn.
struct Step : FromOutput {
  template <class V>
  static AMENABLE_INLINE V value(V z, V) {
    return z > 0 ? V{} + 1 : V{};
  }
  template <class V>
  static AMENABLE_INLINE V slope(V, V, V) {
    return V{};
  }
};

// Calls f with the activation's type: the choice is made once for a whole tile.
template <class F>
AMENABLE_INLINE auto with_activation(Activation activation, F&& f) {
  switch (activation) {
    case Activation::sigmoid: return f(Sigmoid{});
    case Activation::tanh: return f(Tanh{});
    case Activation::scaled_tanh: return f(ScaledTanh{});
    case Activation::softsign: return f(Softsign{});
    case Activation::relu: return f(Relu{});
    case Activation::leaky_relu: return f(LeakyRelu{});
    case Activation::elu: return f(Elu{});
    case Activation::gelu: return f(Gelu{});
    case Activation::silu: return f(Silu{});
    case Activation::softplus: return f(Softplus{});
    case Activation::sine: return f(Sine{});
    case Activation::gaussian: return f(Gaussian{});
    case Activation::step: return f(Step{});
    case Activation::identity: break;
  }
  return f(Identity{});
}

}  // namespace amenable::AMENABLE_TARGET
