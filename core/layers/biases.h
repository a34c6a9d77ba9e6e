// Biases of layers of images: one for each map or one for each unit.
#pragma once

#include "amenable/plan.h"
#include "lanes/lanes.h"

namespace amenable::AMENABLE_TARGET {

// Adds to the gradient g of the biases, or sets it, from d (n, U): samples upwards and, within
// them, places.
template <class V>
void bias_gradient(const Layer& layer, const V* d, V* g, int n, bool is_first) {
  const Window& it = layer.window;
  const int units_of_bias = it.has_unit_biases ? 1 : it.places();
  for (int bias = 0; bias < layer.units / units_of_bias; ++bias) {
    V sum = is_first ? V{} : g[bias];
    for (int s = 0; s < n; ++s)
      for (int i = 0; i < units_of_bias; ++i)
        sum = sum + d[s * layer.units + bias * units_of_bias + i];
    g[bias] = sum;
  }
}

}  // namespace amenable::AMENABLE_TARGET
