// Initial weights: a function of the plan, the layer's scales and the seed alone, worked out in
// double whatever the training's precision. An initializer is added here and in plan.h.
#pragma once

#include "amenable/plan.h"
#include "amenable/trial.h"
#include "arena.h"
#include "lanes/math.h"
#include "lanes/random.h"

namespace amenable::AMENABLE_TARGET {

enum class Part : std::uint32_t { weights, biases };

// Where the random numbers of one layer's weights or biases come from.
struct Draws {
  std::uint64_t seed;
  std::uint32_t layer;
  Part part;
  std::uint32_t first = 0;  // pair of numbers

  // Two uniform numbers in (0, 1), for elements 2i and 2i + 1.
  void uniform(std::int64_t i, double* two) const {
    std::uint32_t words[4];
    philox(seed, first + static_cast<std::uint32_t>(i), layer, static_cast<std::uint32_t>(part),
           Stream::weights, words);
    two[0] = unit_interval(words[0], words[1]);
    two[1] = unit_interval(words[2], words[3]);
  }

  // Two standard normal numbers (Box and Muller 1958).
  void normal(std::int64_t i, double* two) const {
    double u[2];
    uniform(i, u);
    const double radius = __builtin_sqrt(-2 * log(all(u[0]))[0]);
    const double angle = 2 * 3.14159265358979323846 * u[1];
    two[0] = radius * cos(all(angle))[0];
    two[1] = radius * sin(all(angle))[0];
  }
};

// out (n) uniform on (-limit, limit), or normal with that deviation.
static inline void fill_uniform(const Draws& draws, double limit, std::int64_t n, double* out) {
  for (std::int64_t i = 0; i < n; i += 2) {
    double two[2];
    draws.uniform(i / 2, two);
    for (std::int64_t k = 0; k < 2 && i + k < n; ++k) out[i + k] = limit * (2 * two[k] - 1);
  }
}

static inline void fill_normal(const Draws& draws, double deviation, std::int64_t n, double* out) {
  for (std::int64_t i = 0; i < n; i += 2) {
    double two[2];
    draws.normal(i / 2, two);
    for (std::int64_t k = 0; k < 2 && i + k < n; ++k) out[i + k] = deviation * two[k];
  }
}

// Makes the `n` vectors of `length` numbers orthonormal (Gram and Schmidt, each twice, which is
// enough: Giraud et al. 2005). Element i of vector v is at m[v * vector + i * step].
static inline void orthonormalize(double* m, int n, int length, int vector, int step) {
  const auto dot = [&](int a, int b) {
    double sum = 0;
    for (int i = 0; i < length; ++i) sum += m[a * vector + i * step] * m[b * vector + i * step];
    return sum;
  };
  for (int v = 0; v < n; ++v) {
    for (int time = 0; time < 2; ++time)
      for (int u = 0; u < v; ++u) {
        const double along = dot(u, v);
        for (int i = 0; i < length; ++i)
          m[v * vector + i * step] -= along * m[u * vector + i * step];
      }
    const double size = __builtin_sqrt(dot(v, v));
    for (int i = 0; i < length; ++i) m[v * vector + i * step] /= size;
  }
}

static inline void fill_orthogonal(const Draws& draws, double gain, int rows, int columns,
                                   double* out) {
  fill_normal(draws, 1, static_cast<std::int64_t>(rows) * columns, out);
  if (rows <= columns)
    orthonormalize(out, rows, columns, columns, 1);
  else
    orthonormalize(out, columns, rows, 1, columns);
  for (std::int64_t i = 0; i < static_cast<std::int64_t>(rows) * columns; ++i) out[i] *= gain;
}

// What initializers go by: how many inputs a unit has, and on how many units an input acts.
struct Fans {
  double in, out;
};

// out (rows, columns): weights (O, I), or biases with columns 1.
static inline void fill(Initializer kind, double scale, Fans fans, std::int64_t rows, int columns,
                        const Draws& draws, double* out) {
  const std::int64_t n = rows * columns;
  const auto uniform = [&](double limit) { fill_uniform(draws, scale * limit, n, out); };
  const auto normal = [&](double deviation) { fill_normal(draws, scale * deviation, n, out); };
  switch (kind) {
    case Initializer::constant:
      for (std::int64_t i = 0; i < n; ++i) out[i] = scale;
      return;
    case Initializer::uniform: return uniform(1);
    case Initializer::normal: return normal(1);
    case Initializer::orthogonal:
      return fill_orthogonal(draws, scale, static_cast<int>(rows), columns, out);
    // Glorot and Bengio 2010; He et al. 2015; LeCun et al. 1998 (Efficient BackProp) and 1989.
    case Initializer::glorot_uniform: return uniform(__builtin_sqrt(6 / (fans.in + fans.out)));
    case Initializer::glorot_normal: return normal(__builtin_sqrt(2 / (fans.in + fans.out)));
    case Initializer::he_uniform: return uniform(__builtin_sqrt(6 / fans.in));
    case Initializer::he_normal: return normal(__builtin_sqrt(2 / fans.in));
    case Initializer::lecun_uniform: return uniform(__builtin_sqrt(3 / fans.in));
    case Initializer::lecun_normal: return normal(__builtin_sqrt(1 / fans.in));
    case Initializer::lecun1989: return uniform(2.4 / fans.in);
    case Initializer::pytorch: return uniform(1 / __builtin_sqrt(fans.in));
  }
}

// Fans as PyTorch counts them: those of a convolution are its maps times its kernel.
static inline Fans fans_of(const Plan& plan, int l, int map) {
  const Layer& it = plan.layers[l];
  if (it.kind == Kind::dense) return {double(inputs_of(plan, l)), double(it.units)};
  const double kernel = it.window.kernel();
  if (it.kind == Kind::avg_pool) return {kernel, kernel};
  return {double(it.window.fan_in(map)), it.window.maps * kernel};
}

// weights (P), layer_settings (L, n_layer_settings). Maps that see different numbers of maps have
// fans, and draws, of their own.
static inline void initial_weights(const Plan& plan, const double* layer_settings,
                                   std::uint64_t seed, double* weights) {
  for (int l = 0; l < plan.n_layers; ++l, layer_settings += n_layer_settings) {
    const Layer& it = plan.layers[l];
    const Window& window = it.window;
    Draws draws{seed, static_cast<std::uint32_t>(l), Part::weights, 0};
    const auto add = [&](Initializer kind, double scale, int map, std::int64_t rows, int columns) {
      fill(kind, scale, fans_of(plan, l, map), rows, columns, draws, weights);
      weights += rows * columns;
      draws.first += static_cast<std::uint32_t>((rows * columns + 1) / 2);
    };
    const double scale = layer_settings[weight_scale];
    if (it.kind == Kind::dense) {
      add(it.weight_init, scale, 0, it.units, inputs_of(plan, l));
    } else if (it.kind == Kind::avg_pool) {
      if (it.has_weights) add(it.weight_init, scale, 0, window.maps, 1);
    } else if (it.kind != Kind::max_pool) {
      const int places = it.kind == Kind::local ? window.places() : 1;
      for (int map = 0; map < window.maps;) {
        const int first = map;
        while (map < window.maps && window.n_connections(map) == window.n_connections(first)) ++map;
        add(it.weight_init, scale, first, std::int64_t{map - first} * places, window.fan_in(first));
      }
    }
    draws.part = Part::biases, draws.first = 0;
    if (it.has_bias) add(it.bias_init, layer_settings[bias_scale], 0, biases_of(it), 1);
  }
}

}  // namespace amenable::AMENABLE_TARGET
