// Convolutions, and the same without shared weights: forward, gradient and input gradient, each a
// sum of products over windows. connections.h says what lies where.
//
// Padded inputs are copied into an image with a border; those without padding are their own image.
#pragma once

#include "amenable/plan.h"
#include "arena.h"
#include "layers/biases.h"
#include "layers/connections.h"
#include "layers/sliding.h"
#include "layers/windows.h"

namespace amenable::AMENABLE_TARGET {

template <class Real>
class Convolution : private Connections {
 public:
  using V = Lanes<Real>;

  // For tiles of at most S samples.
  void set_up(const Layer& layer, int S, bool is_training, Arena& arena);
  static std::int64_t registers_per_sample(const Layer& layer, bool is_training);
  // What a lane's border holds.
  void set_border(int lane, Real value);
  // Squares what gradient() takes for the inputs, until the next forward pass; x is squared already
  // where it has no border.
  void square_image(int n);

  // z (n, U) from x (n, inputs).
  void forward(const V* x, const V* w, V* z, int n);
  // g of weights and biases from d (n, U), the gradient by z, and the x of the last forward pass.
  void gradient(const V* d, V* g, int n, bool is_first);
  // The gradient by x: d_x (n, inputs).
  void input_gradient(const V* d, const V* w, V* d_x, int n, bool is_first);

 private:
  // From which rows tiles are made: places of a row of units, or samples where places would make
  // less than the eight sums that keep the multipliers busy.
  bool goes_by_samples(int width, int n_columns, int n) const {
    const int columns = n_columns < TILE_COLUMNS ? n_columns : TILE_COLUMNS;
    return is_local() || (width * columns < 8 && n > width);
  }
  // Whether to go by sliding.h. Rows of three pixels save less there than tiles of several maps do.
  bool slides(int n_maps) const {
    const int kernel_width = window().kernel_width;
    return !is_local() && window().stride_width == 1 &&
           (kernel_width == 5 || (kernel_width == 3 && n_maps == 1));
  }
  // How many maps' rows of so many registers three quarters of a first-level cache of 48 KB hold.
  static int maps_at_once(int row) {
    const int n = 36 * 1024 / (row * LANE_BYTES);
    return n > 1 ? n : 1;
  }

  void forward_run(const Run& run, int first_map, int n_maps, const V* w, V* z, int n, Start from);
  void fill_border();
  void make_image(const V* x, int n);
  void wrap(const V* from, V* to) const;
  void preset_unit_biases(const V* biases, V* z, int n) const;
  void gradient_conv(const Run& run, const V* d, V* g, int n, Start from);
  void gradient_sliding(const Run& run, const V* d, V* g, int n, Start from);
  void gradient_local(const Run& run, const V* d, V* g, int n, Start from);
  void input_gradient_conv(const InputRun& run, const V* w, V* area, int n, Start from);
  void pad_gradient(const V* d, int n);
  void input_gradient_row(const InputRun& run, int y, int first_map, int n_maps, const V* d,
                          const V* w, V* area, int n, Start from);
  void input_gradient_local(const InputRun& run, const V* d, const V* w, V* area, int n,
                            Start from);
  void fold(V* d_x, int n, bool is_first) const;

  const Layer* layer_ = nullptr;
  V *image_buffer_ = nullptr, *padded_d_ = nullptr, *area_ = nullptr;  // (S, ...)
  const V* image_ = nullptr;
  V border_{};
  bool is_border_squared_ = false;
  int S_ = 0;
};

template <class Real>
std::int64_t Convolution<Real>::registers_per_sample(const Layer& layer, bool is_training) {
  const Window& it = layer.window;
  const std::int64_t image = std::int64_t{it.in_maps} * (it.in_height + 2 * it.pad_height) *
                             (it.in_width + 2 * it.pad_width);
  return image + (is_training ? layer.units : 0);
}

template <class Real>
void Convolution<Real>::set_up(const Layer& layer, int S, bool is_training, Arena& arena) {
  Connections::set_up(layer, S, is_training, arena);
  layer_ = &layer;
  S_ = S;
  const Window& it = window();
  if (has_border()) image_buffer_ = arena.take<V>(std::int64_t{S} * image_size());
  if (!is_training) return;
  if (!is_local()) padded_d_ = arena.take<V>(std::int64_t{S} * it.maps * it.height * d_width());
  if (is_wrapped()) area_ = arena.take<V>(std::int64_t{S} * image_size());
}

template <class Real>
void Convolution<Real>::set_border(int lane, Real value) {
  border_[lane] = value;
  if (has_border() && !is_wrapped()) fill_border();
}

template <class Real>
void Convolution<Real>::fill_border() {
  const Window& it = window();
  for (int image = 0; image < S_ * it.in_maps; ++image)
    for (int y = 0; y < height(); ++y)
      for (int x = 0; x < width(); ++x) {
        const bool is_inside = y >= it.pad_height && y < it.pad_height + it.in_height &&
                               x >= it.pad_width && x < it.pad_width + it.in_width;
        if (!is_inside) image_buffer_[(image * height() + y) * width() + x] = border_;
      }
  is_border_squared_ = false;
}

template <class Real>
void Convolution<Real>::square_image(int n) {
  if (!has_border()) return;
  for (int i = 0; i < n * image_size(); ++i) image_buffer_[i] = image_buffer_[i] * image_buffer_[i];
  is_border_squared_ = !is_wrapped();
}

template <class Real>
void Convolution<Real>::make_image(const V* x, int n) {
  const Window& it = window();
  image_ = x;
  if (!has_border()) return;
  image_ = image_buffer_;
  if (is_border_squared_) fill_border();
  for (int image = 0; image < n * it.in_maps; ++image) {
    const V* from = x + image * it.in_height * it.in_width;
    V* to = image_buffer_ + image * height() * width();
    if (is_wrapped()) {
      wrap(from, to);
      continue;
    }
    to += it.pad_height * width() + it.pad_width;
    for (int y = 0; y < it.in_height; ++y, from += it.in_width, to += width())
      for (int c = 0; c < it.in_width; ++c) to[c] = from[c];
  }
}

// An image whose border is what lies on its other side.
template <class Real>
void Convolution<Real>::wrap(const V* from, V* to) const {
  const Window& it = window();
  for (int y = 0; y < height(); ++y) {
    const V* row = from + (y - it.pad_height + it.in_height) % it.in_height * it.in_width;
    for (int c = 0; c < width(); ++c)
      to[y * width() + c] = row[(c - it.pad_width + it.in_width) % it.in_width];
  }
}

template <class Real>
void Convolution<Real>::preset_unit_biases(const V* biases, V* z, int n) const {
  for (int s = 0; s < n; ++s)
    for (int u = 0; u < layer_->units; ++u) z[s * layer_->units + u] = biases[u];
}

template <class Real>
void Convolution<Real>::forward(const V* x, const V* w, V* z, int n) {
  const Window& it = window();
  make_image(x, n);
  const V* biases = w + weights_of_map(it.maps);
  const bool has_unit_biases = layer_->has_bias && it.has_unit_biases;
  if (has_unit_biases) preset_unit_biases(biases, z, n);
  const Start from = has_unit_biases ? Start::sum : layer_->has_bias ? Start::column : Start::zero;
  for (int r = 0; r < n_runs(); ++r) {
    const int n_maps = it.n_connections(run(r).first);
    const int columns = run(r).n < TILE_COLUMNS ? run(r).n : TILE_COLUMNS;
    const int at_once = maps_at_once(it.kernel_height * width() + it.kernel() * columns);
    for (int first = 0; first == 0 || first < n_maps; first += at_once) {
      const int some = n_maps - first < at_once ? n_maps - first : at_once;
      forward_run(run(r), first, is_local() ? n_maps : some, w, z, n,
                  first == 0 ? from : Start::sum);
      if (is_local()) break;
    }
  }
}

// What the units of a run see of some of the input maps.
template <class Real>
void Convolution<Real>::forward_run(const Run& run, int first_map, int n_maps, const V* w, V* z,
                                    int n, Start from) {
  const Window& it = window();
  const int units = layer_->units, n_steps = n_maps * it.kernel(),
            skipped = first_map * it.kernel();
  WindowProduct<Real> p{image_,
                        0,
                        run.steps + skipped,
                        w + run.weights + skipped,
                        run.columns,
                        counting(),
                        z,
                        0,
                        run.out_columns,
                        w + weights_of_map(it.maps) + run.first};
  const auto at = [&](int s, int place) {
    p.a = image_ + s * image_size() + places()[place];
    p.c = z + s * units + run.first * it.places() + place;
    if (is_local()) p.b = w + run.weights + std::int64_t{place} * run.n_steps;
  };
  if (goes_by_samples(it.width, run.n, n)) {
    p.a_row = image_size(), p.c_row = units;
    for (int place = 0; place < it.places(); ++place)
      at(0, place), window_product<Real>(from, p, n, run.n, n_steps);
    return;
  }
  p.a_row = it.stride_width, p.c_row = 1;
  for (int s = 0; s < n; ++s)
    for (int place = 0; place < it.places(); place += it.width) {
      at(s, place);
      if (slides(run.n))
        sliding_product<Real, false>(from, p, it.kernel_width, it.width, run.n, {1, 0, n_steps});
      else
        window_product<Real>(from, p, it.width, run.n, n_steps);
    }
}

template <class Real>
void Convolution<Real>::gradient(const V* d, V* g, int n, bool is_first) {
  const Start from = is_first ? Start::zero : Start::sum;
  for (int r = 0; r < n_runs(); ++r) {
    if (is_local())
      gradient_local(run(r), d, g, n, from);
    else if (slides(run(r).n))
      gradient_sliding(run(r), d, g, n, from);
    else
      gradient_conv(run(r), d, g, n, from);
  }
  if (layer_->has_bias) bias_gradient(*layer_, d, g + weights_of_map(window().maps), n, is_first);
}

// Shared weights sum over samples and, within them, places upwards; in blocks of places that stay
// in the first-level cache.
template <class Real>
void Convolution<Real>::gradient_conv(const Run& run, const V* d, V* g, int n, Start from) {
  constexpr int block = 64;
  const Window& it = window();
  const int n_places = n * it.places();
  WindowProduct<Real> p{d + run.first * it.places(),
                        it.places(),
                        nullptr,
                        image_,
                        run.steps,
                        nullptr,
                        g + run.weights,
                        run.n_steps,
                        counting(),
                        nullptr};
  for (int place = 0; place < n_places; place += block) {
    p.a_steps = d_places() + place, p.b_steps = places() + place;
    const int some = n_places - place < block ? n_places - place : block;
    window_product<Real>(place == 0 ? from : Start::sum, p, run.n, run.n_steps, some);
  }
}

template <class Real>
void Convolution<Real>::gradient_sliding(const Run& run, const V* d, V* g, int n, Start from) {
  const Window& it = window();
  const int n_connections = it.n_connections(run.first);
  for (int map = 0; map < run.n; ++map)
    for (int s = 0; s < n; ++s)
      for (int j = 0; j < n_connections; ++j)
        sliding_gradient<Real>(
            s == 0 ? from : Start::sum, d + s * layer_->units + (run.first + map) * it.places(),
            image_ + s * image_size() + run.steps[j * it.kernel()],
            {it.height, it.width, it.stride_height * width(), width()}, it.kernel_height,
            it.kernel_width, g + run.weights + (map * n_connections + j) * it.kernel());
}

// Weights of a place of its own sum over samples.
template <class Real>
void Convolution<Real>::gradient_local(const Run& run, const V* d, V* g, int n, Start from) {
  const Window& it = window();
  WindowProduct<Real> p{
      nullptr,    it.places(),     d_samples(), nullptr,
      run.steps,  image_samples(), nullptr,     std::int64_t{run.n_steps} * it.places(),
      counting(), nullptr};
  for (int place = 0; place < it.places(); ++place) {
    p.a = d + run.first * it.places() + place, p.b = image_ + places()[place];
    p.c = g + run.weights + std::int64_t{place} * run.n_steps;
    window_product<Real>(from, p, run.n, run.n_steps, n);
  }
}

}  // namespace amenable::AMENABLE_TARGET

#include "layers/input_gradient.h"
