// The way back of pass.h: gradients by the parameters and, with squares in place of slopes, inputs
// and weights, the diagonal of the curvature.
#pragma once

#include "pass.h"

namespace amenable::AMENABLE_TARGET {

// d by y becomes d by z. (The slope wants the output before dropout, which zeroes or scales it;
// where it was zeroed the gradient is zero anyway.)
template <class Real>
void Pass<Real>::through_activation(int l, int n) {
  LayerBuffers<Real>& b = layers_[l];
  const int total = n * b.units;
  V* d = b.d;
  if (plan_.layers[l].has_dropout && has_dropped_) {
    for (int i = 0; i < total; ++i) {
      d[i] = d[i] * b.keep[i];
      b.y[i] = b.y[i] * (1 - b.dropout);
    }
  }
  if (plan_.layers[l].activation == Activation::identity) return;
  const V *z = b.z, *y = b.y;
  const V p = b.parameter;
  with_activation(plan_.layers[l].activation, [&](auto kind) {
    for (int i = 0; i < total; ++i) d[i] = d[i] * decltype(kind)::slope(z[i], y[i], p);
  });
}

// The gradient by the layer's inputs; of a dense layer d_in[s][i] = sum over u of d[s][u] *
// w[u][i].
template <class Real>
template <bool of_curvature>
void Pass<Real>::input_gradient(int l, const V* w, int n) {
  LayerBuffers<Real>& b = layers_[l];
  const Layer& it = plan_.layers[l];
  if (!is_dense(it)) {
    if (l == 0) return;
    V* d_in = layers_[l - 1].d;
    const bool is_first = !has_gradient_[l];
    if (is_convolution(it))
      b.convolution->input_gradient(b.d, w + b.offset, d_in, n, is_first);
    else
      pool_back<of_curvature>(it, layers_[l - 1].y, b.d, w + b.offset, d_in, n, is_first);
    has_gradient_[l] = true;
    return;
  }
  Product<Real> p{b.d, b.units, 1, w + b.offset, 1, b.n_in, nullptr, b.n_in, nullptr};
  if (it.n_shortcuts == 0) {
    if (l == 0) return;
    p.c = layers_[l - 1].d;
    if (has_gradient_[l])
      product<Real, Start::sum>(p, n, b.n_in, b.units);
    else
      product<Real, Start::zero>(p, n, b.n_in, b.units);
    has_gradient_[l] = true;
    return;
  }
  p.c = b.d_in;
  product<Real, Start::zero>(p, n, b.n_in, b.units);
  int column = 0;
  const auto add_to = [&](int k) {
    const int units = k == 0 ? plan_.n_inputs : layers_[k - 1].units;
    if (k > 0) {
      V* d = layers_[k - 1].d;
      for (int s = 0; s < n; ++s)
        for (int u = 0; u < units; ++u) {
          const V more = b.d_in[s * b.n_in + column + u];
          d[s * units + u] = has_gradient_[k] ? d[s * units + u] + more : more;
        }
      has_gradient_[k] = true;
    }
    column += units;
  };
  add_to(l);
  for (int i = 0; i < it.n_shortcuts; ++i) add_to(it.shortcuts[i]);
}

// The gradient by the layer's parameters; of a dense layer g[u][i] += sum over s of
// d[s][u] * in[s][i].
template <class Real>
template <bool of_curvature>
void Pass<Real>::gradient(int l, V* g, int n, bool is_first) {
  LayerBuffers<Real>& b = layers_[l];
  const Layer& it = plan_.layers[l];
  V* weights = g + b.offset;
  if (is_convolution(it)) return b.convolution->gradient(b.d, weights, n, is_first);
  const V* in = it.n_shortcuts > 0 ? b.in : l == 0 ? input_ : layers_[l - 1].y;
  if (!is_dense(it)) {
    pool_gradient<of_curvature>(it, b.means, b.d, weights, n, is_first);
    return;
  }
  const Product<Real> p{b.d, 1, b.units, in, 1, b.n_in, weights, b.n_in, nullptr};
  if (is_first)
    product<Real, Start::zero>(p, b.units, b.n_in, n);
  else
    product<Real, Start::sum>(p, b.units, b.n_in, n);
  if (!it.has_bias) return;
  V* biases = weights + b.units * b.n_in;
  for (int u = 0; u < b.units; ++u) {
    V sum = is_first ? V{} : biases[u];
    for (int s = 0; s < n; ++s) sum = sum + b.d[s * b.units + u];
    biases[u] = sum;
  }
}

template <class Real>
void Pass<Real>::backward(const V* w, V* g, int n, bool is_first) {
  for (int k = 0; k <= plan_.n_layers; ++k) has_gradient_[k] = false;
  for (int l = plan_.n_layers - 1; l >= 0 && !is_cancelled(); --l) {
    through_activation(l, n);
    gradient(l, g, n, is_first);
    input_gradient(l, w, n);
  }
}

template <class Real>
void Pass<Real>::square_slopes(int l, int n) {
  const LayerBuffers<Real>& b = layers_[l];
  const int total = n * b.units;
  with_activation(plan_.layers[l].activation, [&](auto kind) {
    for (int i = 0; i < total; ++i) {
      const V slope = decltype(kind)::slope(b.z[i], b.y[i], b.parameter);
      slopes_[i] = slope * slope;
    }
  });
}

// Of pooling it stays: the largest of a window is looked for once more.
template <class Real>
void Pass<Real>::square_input(int l, int n) {
  LayerBuffers<Real>& b = layers_[l];
  const Layer& it = plan_.layers[l];
  if (it.kind == Kind::avg_pool || it.kind == Kind::max_pool) return;
  V* in = it.n_shortcuts > 0 ? b.in : l == 0 ? input_ : layers_[l - 1].y;
  for (int i = 0; i < n * b.n_in; ++i) in[i] = in[i] * in[i];
  if (b.convolution != nullptr) b.convolution->square_image(n);
}

template <class Real>
void Pass<Real>::curvature(const V* squares, V* h, int n, bool is_first) {
  for (int k = 0; k <= plan_.n_layers; ++k) has_gradient_[k] = false;
  square_slopes(plan_.n_layers - 1, n);
  for (int l = plan_.n_layers - 1; l >= 0 && !is_cancelled(); --l) {
    for (int i = 0; i < n * layers_[l].units; ++i) layers_[l].d[i] = layers_[l].d[i] * slopes_[i];
    if (l > 0) square_slopes(l - 1, n);  // before what they are made of is squared
    square_input(l, n);
    gradient<true>(l, h, n, is_first);
    input_gradient<true>(l, squares, n);
  }
}

}  // namespace amenable::AMENABLE_TARGET
