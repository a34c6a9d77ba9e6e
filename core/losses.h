// Losses. Each is value(z, y), slope, its derivative by z, and curvature, its second one, for one
// output z and its target y; p is the loss's parameter. Softmax needs all outputs of a sample at
// once and stands at the end. A loss is added here and in plan.h.
#pragma once

#include "amenable/plan.h"
#include "lanes/math.h"

namespace amenable::AMENABLE_TARGET {

struct Squared {
  template <class V>
  static AMENABLE_INLINE V value(V z, V y, V) {
    return (z - y) * (z - y);
  }
  template <class V>
  static AMENABLE_INLINE V slope(V z, V y, V) {
    return 2 * (z - y);
  }
  template <class V>
  static AMENABLE_INLINE V curvature(V, V, V) {
    return V{} + 2;
  }
};

struct Absolute {
  template <class V>
  static AMENABLE_INLINE V value(V z, V y, V) {
    return abs(z - y);
  }
  template <class V>
  static AMENABLE_INLINE V slope(V z, V y, V) {
    const V one = V{} + 1;
    // The last choice hands on NaN.
    return z > y ? one : z < y ? -one : z == y ? V{} : z - y;
  }
  template <class V>
  static AMENABLE_INLINE V curvature(V, V, V) {
    return V{};
  }
};

struct Huber {
  template <class V>
  static AMENABLE_INLINE V value(V z, V y, V p) {
    const V error = abs(z - y);
    return error <= p ? number<V>(0.5) * error * error : p * (error - number<V>(0.5) * p);
  }
  template <class V>
  static AMENABLE_INLINE V slope(V z, V y, V p) {
    const V error = z - y;
    return error > p ? p : error < -p ? -p : error;
  }
  template <class V>
  static AMENABLE_INLINE V curvature(V z, V y, V p) {
    return abs(z - y) <= p ? V{} + 1 : V{};
  }
};

// Cross-entropy of a probability given as a logit.
struct Logistic {
  template <class V>
  static AMENABLE_INLINE V value(V z, V y, V) {
    return fma(-z, y, z > 0 ? z : V{}) + log1p(exp(-abs(z)));
  }
  template <class V>
  static AMENABLE_INLINE V slope(V z, V y, V) {
    return sigmoid(z) - y;
  }
  template <class V>
  static AMENABLE_INLINE V curvature(V z, V, V) {
    const V p = sigmoid(z);
    return p * (1 - p);
  }
};

// Margin losses; targets are -1 and 1.
struct Hinge {
  template <class V>
  static AMENABLE_INLINE V value(V z, V y, V p) {
    const V short_of = fma(-y, z, p);
    return short_of <= 0 ? V{} : short_of;
  }
  template <class V>
  static AMENABLE_INLINE V slope(V z, V y, V p) {
    const V short_of = fma(-y, z, p);
    return short_of > 0 ? -y : short_of <= 0 ? V{} : short_of;
  }
  template <class V>
  static AMENABLE_INLINE V curvature(V, V, V) {
    return V{};
  }
};

struct SquaredHinge {
  template <class V>
  static AMENABLE_INLINE V value(V z, V y, V p) {
    const V short_of = Hinge::value(z, y, p);
    return short_of * short_of;
  }
  template <class V>
  static AMENABLE_INLINE V slope(V z, V y, V p) {
    return -2 * y * Hinge::value(z, y, p);
  }
  template <class V>
  static AMENABLE_INLINE V curvature(V z, V y, V p) {
    return Hinge::value(z, y, p) > 0 ? 2 * y * y : V{};
  }
};

// AdaBoost's.
struct Exponential {
  template <class V>
  static AMENABLE_INLINE V value(V z, V y, V) {
    return exp(-y * z);
  }
  template <class V>
  static AMENABLE_INLINE V slope(V z, V y, V) {
    return -y * exp(-y * z);
  }
  template <class V>
  static AMENABLE_INLINE V curvature(V z, V y, V) {
    return y * y * exp(-y * z);
  }
};

template <class F>
AMENABLE_INLINE auto with_loss(Loss loss, F&& f) {
  switch (loss) {
    case Loss::absolute: return f(Absolute{});
    case Loss::huber: return f(Huber{});
    case Loss::logistic: return f(Logistic{});
    case Loss::hinge: return f(Hinge{});
    case Loss::squared_hinge: return f(SquaredHinge{});
    case Loss::exponential: return f(Exponential{});
    case Loss::squared:
    case Loss::softmax: break;
  }
  return f(Squared{});
}

// exp(z - largest z) into p (O); gives their sum. Never overflows.
template <class V>
AMENABLE_INLINE V softmax_terms(const V* z, int n, V* p, V& largest) {
  largest = z[0];
  for (int o = 1; o < n; ++o) largest = max(z[o], largest);
  V sum = V{};
  for (int o = 0; o < n; ++o) sum = sum + (p[o] = exp(z[o] - largest));
  return sum;
}

// The loss of each of n samples, averaged over outputs where the loss is one per output.
// z, y (n, O); scratch (O); gives each sample's loss to take(sample, loss).
template <class Real, class Take>
void loss_values(Loss loss, Lanes<Real> p, const Lanes<Real>* z, const Lanes<Real>* y, int n,
                 int n_outputs, Lanes<Real>* scratch, Take&& take) {
  using V = Lanes<Real>;
  if (loss == Loss::softmax) {
    for (int s = 0; s < n; ++s, z += n_outputs, y += n_outputs) {
      V largest;
      const V log_sum = log(softmax_terms(z, n_outputs, scratch, largest)) + largest;
      V sum = V{};
      for (int o = 0; o < n_outputs; ++o) sum = fma(y[o], log_sum - z[o], sum);
      take(s, sum);
    }
    return;
  }
  const Real share = Real(1) / static_cast<Real>(n_outputs);
  with_loss(loss, [&](auto kind) {
    for (int s = 0; s < n; ++s, z += n_outputs, y += n_outputs) {
      V sum = V{};
      for (int o = 0; o < n_outputs; ++o) sum = sum + decltype(kind)::value(z[o], y[o], p);
      take(s, sum * share);
    }
  });
}

// d (n, O): the gradient of sum over samples of weight[s] * loss(s) by z.
template <class Real>
void loss_gradient(Loss loss, Lanes<Real> p, const Lanes<Real>* z, const Lanes<Real>* y,
                   const Lanes<Real>* weight, int n, int n_outputs, Lanes<Real>* d) {
  using V = Lanes<Real>;
  if (loss == Loss::softmax) {
    for (int s = 0; s < n; ++s, z += n_outputs, y += n_outputs, d += n_outputs) {
      V largest, total = V{};
      const V sum = softmax_terms(z, n_outputs, d, largest);
      for (int o = 0; o < n_outputs; ++o) total = total + y[o];
      const V scale = total / sum;
      for (int o = 0; o < n_outputs; ++o) d[o] = weight[s] * fma(d[o], scale, -y[o]);
    }
    return;
  }
  const Real share = Real(1) / static_cast<Real>(n_outputs);
  with_loss(loss, [&](auto kind) {
    for (int s = 0; s < n; ++s, z += n_outputs, y += n_outputs, d += n_outputs) {
      const V scale = weight[s] * share;
      for (int o = 0; o < n_outputs; ++o) d[o] = scale * decltype(kind)::slope(z[o], y[o], p);
    }
  });
}

// d (n, O): the second derivatives, by one output at a time, of what loss_gradient is the gradient
// of.
template <class Real>
void loss_curvature(Loss loss, Lanes<Real> p, const Lanes<Real>* z, const Lanes<Real>* y,
                    const Lanes<Real>* weight, int n, int n_outputs, Lanes<Real>* d) {
  using V = Lanes<Real>;
  if (loss == Loss::softmax) {
    for (int s = 0; s < n; ++s, z += n_outputs, y += n_outputs, d += n_outputs) {
      V largest, total = V{};
      const V sum = softmax_terms(z, n_outputs, d, largest);
      for (int o = 0; o < n_outputs; ++o) total = total + y[o];
      for (int o = 0; o < n_outputs; ++o) {
        const V share = d[o] / sum;
        d[o] = weight[s] * total * share * (1 - share);
      }
    }
    return;
  }
  const Real share = Real(1) / static_cast<Real>(n_outputs);
  with_loss(loss, [&](auto kind) {
    for (int s = 0; s < n; ++s, z += n_outputs, y += n_outputs, d += n_outputs) {
      const V scale = weight[s] * share;
      for (int o = 0; o < n_outputs; ++o) d[o] = scale * decltype(kind)::curvature(z[o], y[o], p);
    }
  });
}

}  // namespace amenable::AMENABLE_TARGET
