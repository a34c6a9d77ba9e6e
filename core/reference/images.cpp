// Layers that know where their inputs are, written from their definitions: one sample, forward and
// backward.
#include <algorithm>

#include "reference/reference.h"

namespace amenable::reference {
namespace {

// What one unit does: which inputs it sees, with which weights, and its bias. Numbers of
// parameters count from the layer's first; -1 is none, for an input the border.
struct Unit {
  int map = 0;
  std::vector<int> inputs;
  std::vector<int> weights;
  int bias = -1;
};

// The number of an input, or -1 outside of the image.
int input_at(const Window& it, int in_map, int y, int x) {
  if (it.padding == Padding::circular) {
    y = (y + it.in_height) % it.in_height;
    x = (x + it.in_width) % it.in_width;
  }
  if (y < 0 || y >= it.in_height || x < 0 || x >= it.in_width) return -1;
  return (in_map * it.in_height + y) * it.in_width + x;
}

int n_weights(const Layer& layer) {
  const Window& it = layer.window;
  if (layer.kind == Kind::max_pool || !layer.has_weights) return 0;
  if (layer.kind == Kind::avg_pool) return it.maps;
  return it.connections_begin[it.maps] * it.kernel() *
         (layer.kind == Kind::local ? it.places() : 1);
}

Unit unit_at(const Layer& layer, int map, int row, int column) {
  const Window& it = layer.window;
  const bool is_pool = layer.kind == Kind::avg_pool || layer.kind == Kind::max_pool;
  const int place = row * it.width + column;
  Unit unit;
  unit.map = map;
  int weight = 0;
  if (!is_pool) {
    const int each = it.n_connections(map) * it.kernel();
    weight = it.connections_begin[map] * it.kernel();
    if (layer.kind == Kind::local) weight = weight * it.places() + place * each;
  }
  for (int j = 0; j < (is_pool ? 1 : it.n_connections(map)); ++j)
    for (int y = 0; y < it.kernel_height; ++y)
      for (int x = 0; x < it.kernel_width; ++x) {
        unit.inputs.push_back(
            input_at(it, is_pool ? map : it.connections[it.connections_begin[map] + j],
                     row * it.stride_height + y - it.pad_height,
                     column * it.stride_width + x - it.pad_width));
        unit.weights.push_back(is_pool ? map : weight++);
      }
  if (layer.has_bias)
    unit.bias = n_weights(layer) + (it.has_unit_biases ? map * it.places() + place : map);
  return unit;
}

template <class F>
void each_unit(const Layer& layer, F&& f) {
  const Window& it = layer.window;
  int u = 0;
  for (int map = 0; map < it.maps; ++map)
    for (int row = 0; row < it.height; ++row)
      for (int column = 0; column < it.width; ++column) f(u++, unit_at(layer, map, row, column));
}

double mean(const Unit& unit, const Numbers& x) {
  double sum = 0;
  for (const int i : unit.inputs) sum += x[i];
  return sum / static_cast<double>(unit.inputs.size());
}

int largest(const Unit& unit, const Numbers& x) {
  return *std::max_element(unit.inputs.begin(), unit.inputs.end(),
                           [&](int a, int b) { return x[a] < x[b]; });
}

}  // namespace

Numbers image_forward(const Layer& layer, double pad_value, const Numbers& x, const double* w) {
  Numbers z(layer.units);
  each_unit(layer, [&](int u, const Unit& unit) {
    if (layer.kind == Kind::max_pool) {
      z[u] = x[largest(unit, x)];
    } else if (layer.kind == Kind::avg_pool) {
      z[u] = (layer.has_weights ? w[unit.map] : 1) * mean(unit, x);
    } else {
      for (std::size_t i = 0; i < unit.inputs.size(); ++i)
        z[u] += w[unit.weights[i]] * (unit.inputs[i] < 0 ? pad_value : x[unit.inputs[i]]);
    }
    if (unit.bias >= 0) z[u] += w[unit.bias];
  });
  return z;
}

void image_backward(const Layer& layer, double pad_value, const Numbers& x, const double* w,
                    const Numbers& dz, Numbers& d_x, double* gradient) {
  each_unit(layer, [&](int u, const Unit& unit) {
    if (unit.bias >= 0) gradient[unit.bias] += dz[u];
    if (layer.kind == Kind::max_pool) {
      d_x[largest(unit, x)] += dz[u];
      return;
    }
    if (layer.kind == Kind::avg_pool) {
      const double share = 1 / static_cast<double>(unit.inputs.size());
      if (layer.has_weights) gradient[unit.map] += dz[u] * mean(unit, x);
      for (const int i : unit.inputs)
        d_x[i] += dz[u] * share * (layer.has_weights ? w[unit.map] : 1);
      return;
    }
    for (std::size_t i = 0; i < unit.inputs.size(); ++i) {
      const int input = unit.inputs[i];
      gradient[unit.weights[i]] += dz[u] * (input < 0 ? pad_value : x[input]);
      if (input >= 0) d_x[input] += dz[u] * w[unit.weights[i]];
    }
  });
}

void image_curvature(const Layer& layer, double pad_value, const Numbers& x, const double* w,
                     const Numbers& dz, Numbers& d_x, double* diagonal) {
  const auto square = [](double number) { return number * number; };
  each_unit(layer, [&](int u, const Unit& unit) {
    if (unit.bias >= 0) diagonal[unit.bias] += dz[u];
    if (layer.kind == Kind::max_pool) {
      d_x[largest(unit, x)] += dz[u];
      return;
    }
    if (layer.kind == Kind::avg_pool) {
      const double share = 1 / static_cast<double>(unit.inputs.size());
      if (layer.has_weights) diagonal[unit.map] += dz[u] * square(mean(unit, x));
      for (const int i : unit.inputs)
        d_x[i] += dz[u] * square(share * (layer.has_weights ? w[unit.map] : 1));
      return;
    }
    for (std::size_t i = 0; i < unit.inputs.size(); ++i) {
      const int input = unit.inputs[i];
      diagonal[unit.weights[i]] += dz[u] * square(input < 0 ? pad_value : x[input]);
      if (input >= 0) d_x[input] += dz[u] * square(w[unit.weights[i]]);
    }
  });
}

}  // namespace amenable::reference
