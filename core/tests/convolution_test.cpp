// Convolutions against plain loops that sum in the promised order, to the bit: images wider than a
// tile, kernels that slide and those that do not, tables of connections. Compiled once per
// instruction set.

#include <cmath>
#include <cstdio>
#include <random>
#include <vector>

#include "check.h"
#include "layers/convolution.h"

namespace amenable::AMENABLE_TARGET {
namespace {

// A layer with the tables that it points to.
struct Shape {
  Layer layer;
  std::vector<std::int32_t> connections, connections_begin{0};

  Shape(int in_maps, int in_height, int in_width, int maps, int kernel_height, int kernel_width,
        int stride_height, int stride_width, int pad, double density, std::mt19937& random) {
    Window& it = layer.window;
    it.in_maps = in_maps, it.in_height = in_height, it.in_width = in_width;
    it.maps = maps, it.kernel_height = kernel_height, it.kernel_width = kernel_width;
    it.stride_height = stride_height, it.stride_width = stride_width;
    it.pad_height = it.pad_width = pad;
    it.height = (in_height + 2 * pad - kernel_height) / stride_height + 1;
    it.width = (in_width + 2 * pad - kernel_width) / stride_width + 1;
    std::bernoulli_distribution is_seen(density);
    for (int map = 0; map < maps; ++map) {
      for (int j = 0; j < in_maps; ++j)
        if (density == 1 || is_seen(random)) connections.push_back(j);
      if (connections.size() == static_cast<std::size_t>(connections_begin.back()))
        connections.push_back(map % in_maps);
      connections_begin.push_back(static_cast<std::int32_t>(connections.size()));
    }
    it.connections = connections.data(), it.connections_begin = connections_begin.data();
    layer.kind = Kind::conv;
    layer.units = maps * it.places();
  }
  Shape(const Shape&) = delete;
};

template <class Real>
struct Case {
  using V = Lanes<Real>;
  static constexpr int lane = Traits<Real>::count - 1;

  Case(const Shape& shape, int n, std::mt19937& random) : layer(shape.layer), n(n) {
    const Window& it = layer.window;
    n_weights = it.connections_begin[it.maps] * it.kernel();
    x = filled(n * it.inputs(), random);
    w = filled(n_weights + it.maps, random);
    d = filled(n * layer.units, random);
    convolution.set_up(layer, n, true, arena);
    for (int k = 0; k < Traits<Real>::count; ++k) convolution.set_border(k, border);
    z = arena.take<V>(n * layer.units);
    g = arena.take<V>(n_weights + it.maps);
    d_x = arena.take<V>(n * it.inputs());
  }

  V* filled(int count, std::mt19937& random) {
    std::normal_distribution<double> normal;
    V* values = arena.take<V>(count);
    for (int i = 0; i < count; ++i)
      for (int k = 0; k < Traits<Real>::count; ++k)
        values[i][k] = static_cast<Real>(normal(random));
    return values;
  }

  // The pixel at a place of the image with its border.
  Real pixel(int s, int map, int y, int x_) const {
    const Window& it = layer.window;
    y -= it.pad_height, x_ -= it.pad_width;
    const bool is_inside = y >= 0 && y < it.in_height && x_ >= 0 && x_ < it.in_width;
    return is_inside ? x[s * it.inputs() + (map * it.in_height + y) * it.in_width + x_][lane]
                     : border;
  }

  // Calls f(sample, unit, weight, input map, y, x) for all products, in the order of every sum.
  template <class F>
  void each_product(F&& f) const {
    const Window& it = layer.window;
    for (int s = 0; s < n; ++s)
      for (int map = 0; map < it.maps; ++map)
        for (int place = 0; place < it.places(); ++place)
          for (int j = 0; j < it.n_connections(map); ++j)
            for (int t = 0; t < it.kernel(); ++t)
              f(s, s * layer.units + map * it.places() + place,
                (it.connections_begin[map] + j) * it.kernel() + t,
                it.connections[it.connections_begin[map] + j],
                place / it.width * it.stride_height + t / it.kernel_width,
                place % it.width * it.stride_width + t % it.kernel_width);
  }

  bool forward() {
    const Window& it = layer.window;
    convolution.forward(x, w, z, n);
    std::vector<Real> expected(n * layer.units);
    for (int i = 0; i < n * layer.units; ++i)
      expected[i] = w[n_weights + i % layer.units / it.places()][lane];
    each_product([&](int s, int unit, int weight, int map, int y, int column) {
      expected[unit] = std::fma(pixel(s, map, y, column), w[weight][lane], expected[unit]);
    });
    return same(z, expected);
  }

  // After forward(). Twice, so that what is there is added to.
  bool gradient() {
    const Window& it = layer.window;
    std::vector<Real> expected(n_weights + it.maps);
    bool holds = true;
    for (const bool is_first : {true, false}) {
      convolution.gradient(d, g, n, is_first);
      each_product([&](int s, int unit, int weight, int map, int y, int column) {
        expected[weight] = std::fma(d[unit][lane], pixel(s, map, y, column), expected[weight]);
      });
      for (int map = 0; map < it.maps; ++map)
        for (int s = 0; s < n; ++s)
          for (int place = 0; place < it.places(); ++place)
            expected[n_weights + map] += d[s * layer.units + map * it.places() + place][lane];
      holds = holds && same(g, expected);
    }
    return holds;
  }

  // Each pixel's sum runs over maps, then kernel rows and columns, upwards.
  bool input_gradient() {
    const Window& it = layer.window;
    std::vector<Real> expected(n * it.inputs());
    bool holds = true;
    for (const bool is_first : {true, false}) {
      convolution.input_gradient(d, w, d_x, n, is_first);
      for (int s = 0; s < n; ++s)
        for (int map = 0; map < it.maps; ++map)
          for (int j = 0; j < it.n_connections(map); ++j)
            for (int t = 0; t < it.kernel(); ++t)
              for (int place = 0; place < it.places(); ++place) {
                const int y = place / it.width * it.stride_height + t / it.kernel_width;
                const int column = place % it.width * it.stride_width + t % it.kernel_width;
                const int row = y - it.pad_height, inside = column - it.pad_width;
                if (row < 0 || row >= it.in_height || inside < 0 || inside >= it.in_width) continue;
                const int in_map = it.connections[it.connections_begin[map] + j];
                Real& to = expected[s * it.inputs() + (in_map * it.in_height + row) * it.in_width +
                                    inside];
                to = std::fma(d[s * layer.units + map * it.places() + place][lane],
                              w[(it.connections_begin[map] + j) * it.kernel() + t][lane], to);
              }
      holds = holds && same(d_x, expected);
    }
    return holds;
  }

  bool same(const V* got, const std::vector<Real>& expected) const {
    bool all_same = true;
    for (std::size_t i = 0; i < expected.size(); ++i)
      all_same = all_same && got[i][lane] == expected[i];
    return all_same;
  }

  Arena arena;
  const Layer& layer;
  int n, n_weights;
  Real border = static_cast<Real>(-0.75);
  Convolution<Real> convolution;
  V *x, *w, *d, *z, *g, *d_x;
};

template <class Real>
void check_shape(const Shape& shape, int n, std::mt19937& random) {
  Case<Real> it(shape, n, random);
  const bool forward = CHECK(it.forward()), gradient = CHECK(it.gradient());
  const bool input_gradient = CHECK(it.input_gradient());
  if (forward && gradient && input_gradient) return;
  const Window& w = shape.layer.window;
  std::printf("  %d@%dx%d to %d@%dx%d, kernel %dx%d, stride %dx%d, pad %d, %d samples\n", w.in_maps,
              w.in_height, w.in_width, w.maps, w.height, w.width, w.kernel_height, w.kernel_width,
              w.stride_height, w.stride_width, w.pad_height, n);
}

int run() {
  std::mt19937 random(1989);
  const auto draw = [&](int low, int high) {
    return std::uniform_int_distribution<int>(low, high)(random);
  };
  for (int i = 0; i < 300; ++i) {
    const int kernel_height = draw(1, 6), kernel_width = draw(1, 6);
    const Shape shape(draw(1, 5), kernel_height + draw(0, 9), kernel_width + draw(0, 34),
                      draw(1, 9), kernel_height, kernel_width, draw(1, 3),
                      i % 3 == 0 ? draw(2, 3) : 1, draw(0, 2), i % 2 == 0 ? 1 : 0.5, random);
    check_shape<float>(shape, draw(1, 7), random);
    if (i % 4 == 0) check_shape<double>(shape, draw(1, 7), random);
  }
  // Maps in more than one group: their rows together leave the first-level cache.
  const Shape deep(60, 8, 30, 3, 5, 5, 1, 1, 2, 0.6, random);
  check_shape<float>(deep, 2, random);
  return check::finish();
}

}  // namespace
}  // namespace amenable::AMENABLE_TARGET

int main() { return amenable::AMENABLE_TARGET::run(); }
