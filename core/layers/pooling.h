// Pooling over windows: the mean, with a coefficient and a bias for each map where wanted (LeCun et
// al. 1998), or the largest. Every pixel is handed its gradients in the order of the units.
#pragma once

#include "amenable/plan.h"
#include "lanes/lanes.h"
#include "layers/biases.h"

namespace amenable::AMENABLE_TARGET {

// Calls f(unit, map, offset of the window's first pixel) for the units of a sample, upwards.
template <class F>
AMENABLE_INLINE void each_unit(const Window& it, F&& f) {
  int u = 0;
  for (int map = 0; map < it.maps; ++map)
    for (int y = 0; y < it.height; ++y) {
      int first = (map * it.in_height + y * it.stride_height) * it.in_width;
      for (int x = 0; x < it.width; ++x, ++u, first += it.stride_width) f(u, map, first);
    }
}

// Calls f(offset) for the pixels of a window, upwards.
template <class F>
AMENABLE_INLINE void each_pixel(const Window& it, int first, F&& f) {
  for (int y = 0; y < it.kernel_height; ++y)
    for (int x = 0; x < it.kernel_width; ++x) f(first + y * it.in_width + x);
}

// Divides by the number of pixels in a window, or by its square. By a power of two the product with
// its reciprocal has the same bits, and costs a fraction of the time.
class ByPixels {
 public:
  ByPixels(const Window& it, bool is_squared) {
    divisor_ = static_cast<float>(it.kernel());
    if (is_squared) divisor_ = divisor_ * divisor_;
    is_power_of_two_ = (it.kernel() & (it.kernel() - 1)) == 0;
  }
  template <class V>
  AMENABLE_INLINE V operator()(V x) const {
    return is_power_of_two_ ? x * (1 / divisor_) : x / divisor_;
  }

 private:
  float divisor_;
  bool is_power_of_two_;
};

template <class V>
AMENABLE_INLINE V sum_of(const Window& it, const V* x, int first) {
  V sum{};
  each_pixel(it, first, [&](int i) { sum = sum + x[i]; });
  return sum;
}

// NaN stays visible.
template <class V>
AMENABLE_INLINE V largest_of(const Window& it, const V* x, int first) {
  V largest = x[first];
  each_pixel(it, first, [&](int i) { largest = x[i] > largest || x[i] != x[i] ? x[i] : largest; });
  return largest;
}

// z (n, U) from x (n, inputs). Where coefficients are trained, `means` (n, U) keeps what they
// multiply.
template <class V>
void pool(const Layer& layer, const V* x, const V* w, V* z, V* means, int n) {
  const Window& it = layer.window;
  const V *coefficients = w, *biases = w + (layer.has_weights ? it.maps : 0);
  const ByPixels by_pixels(it, false);
  for (int s = 0; s < n; ++s, x += it.inputs(), z += layer.units)
    each_unit(it, [&](int u, int map, int first) {
      if (layer.kind == Kind::max_pool) {
        z[u] = largest_of(it, x, first);
        return;
      }
      const V mean = by_pixels(sum_of(it, x, first));
      if (means != nullptr) means[s * layer.units + u] = mean;
      const V bias = !layer.has_bias ? V{} : biases[it.has_unit_biases ? u : map];
      z[u] = layer.has_weights ? fma(coefficients[map], mean, bias)
             : layer.has_bias  ? mean + bias
                               : mean;
    });
}

// What of a factor counts: itself for the gradient, its square for the curvature.
template <bool of_curvature, class V>
AMENABLE_INLINE V counted(V x) {
  return of_curvature ? x * x : x;
}

// Adds to the gradient g of coefficients and biases, or sets it; of_curvature: to the curvature,
// from that by z. `means` are the forward pass's.
template <bool of_curvature, class V>
void pool_gradient(const Layer& layer, const V* means, const V* d, V* g, int n, bool is_first) {
  const Window& it = layer.window;
  for (int map = 0; layer.has_weights && map < it.maps; ++map) {
    V sum = is_first ? V{} : g[map];
    for (int s = 0; s < n; ++s)
      for (int u = s * layer.units + map * it.places(), i = 0; i < it.places(); ++i, ++u)
        sum = fma(d[u], counted<of_curvature>(means[u]), sum);
    g[map] = sum;
  }
  if (layer.has_bias) bias_gradient(layer, d, g + (layer.has_weights ? it.maps : 0), n, is_first);
}

static inline bool covers_once(const Window& it) {
  return it.stride_height == it.kernel_height && it.stride_width == it.kernel_width &&
         it.height * it.kernel_height == it.in_height && it.width * it.kernel_width == it.in_width;
}

// The gradient by x: of the largest it goes to the first of those that are. Of the curvature, with
// w squared already.
template <bool of_curvature, class V>
void pool_back(const Layer& layer, const V* x, const V* d, const V* w, V* d_x, int n,
               bool is_first) {
  const Window& it = layer.window;
  const ByPixels by_pixels(it, of_curvature);
  // Where windows lie side by side each pixel gets one gradient: what was there is not read then.
  const bool sets = is_first && covers_once(it) && layer.kind == Kind::avg_pool;
  for (int i = 0; is_first && !sets && i < n * it.inputs(); ++i) d_x[i] = V{};
  for (int s = 0; s < n; ++s, x += it.inputs(), d += layer.units, d_x += it.inputs())
    each_unit(it, [&](int u, int map, int first) {
      if (layer.kind == Kind::avg_pool) {
        const V by_mean = layer.has_weights ? d[u] * w[map] : d[u];
        const V share = by_pixels(by_mean);
        each_pixel(it, first, [&](int i) { d_x[i] = (sets ? V{} : d_x[i]) + share; });
        return;
      }
      const V largest = largest_of(it, x, first);
      V left = d[u];
      each_pixel(it, first, [&](int i) {
        d_x[i] = d_x[i] + (x[i] == largest ? left : V{});
        left = x[i] == largest ? V{} : left;
      });
    });
}

}  // namespace amenable::AMENABLE_TARGET
