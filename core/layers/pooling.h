// Pooling over windows: the mean, with a coefficient and a bias for each map where wanted (LeCun et
// al. 1998), or the largest. Every pixel is handed its gradients in the order of the units.
#pragma once

#include "amenable/plan.h"
#include "lanes/lanes.h"

namespace amenable::AMENABLE_TARGET {

// Calls f(unit, map, offset of the window's first pixel) for the units of a sample, upwards.
template <class F>
AMENABLE_INLINE void each_unit(const Window& it, F&& f) {
  for (int u = 0; u < it.maps * it.places(); ++u) {
    const int map = u / it.places(), y = u % it.places() / it.width, x = u % it.width;
    f(u, map, (map * it.in_height + y * it.stride_height) * it.in_width + x * it.stride_width);
  }
}

// Calls f(offset) for the pixels of a window, upwards.
template <class F>
AMENABLE_INLINE void each_pixel(const Window& it, int first, F&& f) {
  for (int y = 0; y < it.kernel_height; ++y)
    for (int x = 0; x < it.kernel_width; ++x) f(first + y * it.in_width + x);
}

template <class V>
AMENABLE_INLINE V mean_of(const Window& it, const V* x, int first) {
  V sum{};
  each_pixel(it, first, [&](int i) { sum = sum + x[i]; });
  return sum / static_cast<float>(it.kernel());
}

// NaN stays visible.
template <class V>
AMENABLE_INLINE V largest_of(const Window& it, const V* x, int first) {
  V largest = x[first];
  each_pixel(it, first, [&](int i) { largest = x[i] > largest || x[i] != x[i] ? x[i] : largest; });
  return largest;
}

// z (n, U) from x (n, inputs).
template <class V>
void pool(const Layer& layer, const V* x, const V* w, V* z, int n) {
  const Window& it = layer.window;
  const V *coefficients = w, *biases = w + (layer.has_weights ? it.maps : 0);
  for (int s = 0; s < n; ++s, x += it.inputs(), z += layer.units)
    each_unit(it, [&](int u, int map, int first) {
      if (layer.kind == Kind::max_pool) {
        z[u] = largest_of(it, x, first);
        return;
      }
      const V mean = mean_of(it, x, first);
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
// from that by z.
template <bool of_curvature, class V>
void pool_gradient(const Layer& layer, const V* x, const V* d, V* g, int n, bool is_first) {
  const Window& it = layer.window;
  V *coefficients = g, *biases = g + (layer.has_weights ? it.maps : 0);
  const int n_biases = static_cast<int>(biases_of(layer));
  for (int map = 0; is_first && layer.has_weights && map < it.maps; ++map) coefficients[map] = V{};
  for (int i = 0; is_first && i < n_biases; ++i) biases[i] = V{};
  for (int s = 0; s < n; ++s, x += it.inputs(), d += layer.units)
    each_unit(it, [&](int u, int map, int first) {
      if (layer.has_weights)
        coefficients[map] =
            fma(d[u], counted<of_curvature>(mean_of(it, x, first)), coefficients[map]);
      if (n_biases > 0) {
        V& bias = biases[it.has_unit_biases ? u : map];
        bias = bias + d[u];
      }
    });
}

// The gradient by x: of the largest it goes to the first of those that are. Of the curvature, with
// w squared already.
template <bool of_curvature, class V>
void pool_back(const Layer& layer, const V* x, const V* d, const V* w, V* d_x, int n,
               bool is_first) {
  const Window& it = layer.window;
  for (int i = 0; is_first && i < n * it.inputs(); ++i) d_x[i] = V{};
  for (int s = 0; s < n; ++s, x += it.inputs(), d += layer.units, d_x += it.inputs())
    each_unit(it, [&](int u, int map, int first) {
      if (layer.kind == Kind::avg_pool) {
        const V by_mean = layer.has_weights ? d[u] * w[map] : d[u];
        const V share = by_mean / counted<of_curvature>(static_cast<float>(it.kernel()));
        each_pixel(it, first, [&](int i) { d_x[i] = d_x[i] + share; });
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
