// Convolutions, and the same without shared weights: forward, gradient and handing back, each a sum
// of products over windows. Which maps see which is free: maps that see the same, side by side,
// form a run and are computed together.
//
// Padded inputs are copied into an image with a border; those without padding are their own image.
// To hand back is to convolve the gradient, in a border of zeros, with the kernel turned round:
// with strides, inputs fall into classes by their place modulo the stride, each with steps of its
// own.
#pragma once

#include "amenable/plan.h"
#include "arena.h"
#include "layers/windows.h"

namespace amenable::AMENABLE_TARGET {

template <class Real>
class Convolution {
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
  void hand_back(const V* d, const V* w, V* d_x, int n, bool is_first);

 private:
  // Output maps first ... first + n - 1, which see the same input maps.
  struct Run {
    int first, n, n_steps;
    std::int64_t weights;             // offset of the first map's
    const std::int32_t* steps;        // (n_steps) image offsets of what a unit sees
    const std::int32_t* columns;      // (n) offsets of the maps' weights
    const std::int32_t* out_columns;  // (n) of their units
  };
  // Input maps first ... first + n - 1, which are seen by the same maps at places side by side.
  struct SeenRun {
    int first, n;
    const std::int32_t* columns;      // (n) offsets of their kernels
    const std::int32_t* out_columns;  // (n) of their pixels
    // (classes + 1), or for local (pixels + 1): where the steps of each begin
    const std::int32_t* begin;
    const std::int32_t *d_steps, *w_steps;
  };

  bool is_local() const { return layer_->kind == Kind::local; }
  bool is_wrapped() const { return has_border_ && window().padding == Padding::circular; }
  const Window& window() const { return layer_->window; }
  // The area that is handed back to: the image where the border is made of it, else the input.
  int area_height() const { return is_wrapped() ? height_ : window().in_height; }
  int area_width() const { return is_wrapped() ? width_ : window().in_width; }
  int area_pad_height() const { return is_wrapped() ? 0 : window().pad_height; }
  int area_pad_width() const { return is_wrapped() ? 0 : window().pad_width; }
  // From which rows tiles are made: places of a row of units, or samples where those are more.
  bool goes_by_samples(int width, int n) const {
    return is_local() || (width < TILE_ROWS && n > width);
  }

  std::int64_t weights_of_map(int map) const {
    const int each = window().kernel() * (is_local() ? window().places() : 1);
    return std::int64_t{window().seen_from[map]} * each;
  }
  void set_up_runs(Arena& arena);
  void set_up_seen_runs(Arena& arena);
  bool see_the_same(int map, int other) const;
  int place_among_seen(int map, int in_map) const;
  bool is_seen_beside(int in_map, int next) const;
  template <class F>
  void each_step_back(int in_map, F&& f) const;
  void fill_border();
  void make_image(const V* x, int n);
  void preset_unit_biases(const V* biases, V* z, int n) const;
  void bias_gradient(const V* d, V* g, int n, bool is_first) const;
  void hand_back_conv(const SeenRun& run, const V* w, V* area, int n, Start from);
  void hand_back_local(const SeenRun& run, const V* d, const V* w, V* area, int n, Start from);
  void fold(V* d_x, int n, bool is_first) const;

  const Layer* layer_ = nullptr;
  bool has_border_ = false;
  int height_ = 0, width_ = 0, image_size_ = 0;              // of the image
  int d_height_ = 0, d_width_ = 0, d_top_ = 0, d_left_ = 0;  // of the gradient in zeros
  int n_runs_ = 0, n_seen_runs_ = 0;
  Run* runs_ = nullptr;
  SeenRun* seen_runs_ = nullptr;
  const std::int32_t* counting_ = nullptr;  // 0, 1, 2, ...
  const std::int32_t* places_ = nullptr;    // (places) where the window of each begins in the image
  const std::int32_t *d_samples_ = nullptr, *image_samples_ = nullptr;  // (S) where each begins
  V *image_buffer_ = nullptr, *padded_d_ = nullptr, *area_ = nullptr;   // (S, ...)
  const V* image_ = nullptr;
  V border_{};
  bool is_border_squared_ = false;
  int S_ = 0;
};

static inline std::int32_t* table(Arena& arena, std::int64_t n) {
  return arena.take<std::int32_t>(n > 0 ? n : 1);
}

template <class Real>
std::int64_t Convolution<Real>::registers_per_sample(const Layer& layer, bool is_training) {
  const Window& it = layer.window;
  const std::int64_t image = std::int64_t{it.in_maps} * (it.in_height + 2 * it.pad_height) *
                             (it.in_width + 2 * it.pad_width);
  return image + (is_training ? layer.units : 0);
}

template <class Real>
void Convolution<Real>::set_up(const Layer& layer, int S, bool is_training, Arena& arena) {
  layer_ = &layer;
  S_ = S;
  const Window& it = window();
  has_border_ = it.pad_height > 0 || it.pad_width > 0;
  height_ = it.in_height + 2 * it.pad_height;
  width_ = it.in_width + 2 * it.pad_width;
  image_size_ = it.in_maps * height_ * width_;
  if (has_border_) image_buffer_ = arena.take<V>(std::int64_t{S} * image_size_);
  set_up_runs(arena);
  if (!is_training) return;
  d_top_ = (it.kernel_height - 1) / it.stride_height;
  d_left_ = (it.kernel_width - 1) / it.stride_width;
  const int last_row = (height_ - 1) / it.stride_height,
            last_column = (width_ - 1) / it.stride_width;
  d_height_ = d_top_ + (last_row + 1 > it.height ? last_row + 1 : it.height);
  d_width_ = d_left_ + (last_column + 1 > it.width ? last_column + 1 : it.width);
  if (!is_local()) padded_d_ = arena.take<V>(std::int64_t{S} * it.maps * d_height_ * d_width_);
  if (is_wrapped()) area_ = arena.take<V>(std::int64_t{S} * image_size_);
  set_up_seen_runs(arena);
}

template <class Real>
bool Convolution<Real>::see_the_same(int map, int other) const {
  const Window& it = window();
  if (it.n_seen(map) != it.n_seen(other)) return false;
  for (int j = 0; j < it.n_seen(map); ++j)
    if (it.seen[it.seen_from[map] + j] != it.seen[it.seen_from[other] + j]) return false;
  return true;
}

template <class Real>
void Convolution<Real>::set_up_runs(Arena& arena) {
  const Window& it = window();
  runs_ = arena.take<Run>(it.maps);
  int longest = it.places();
  for (int map = 0; map < it.maps; ++map) {
    if (map > 0 && see_the_same(map - 1, map)) {
      ++runs_[n_runs_ - 1].n;
      continue;
    }
    Run& run = runs_[n_runs_++];
    run = Run{map, 1, it.fan_in(map), weights_of_map(map), nullptr, nullptr, nullptr};
    std::int32_t* steps = table(arena, run.n_steps);
    int k = 0;
    for (int j = 0; j < it.n_seen(map); ++j)
      for (int y = 0; y < it.kernel_height; ++y)
        for (int x = 0; x < it.kernel_width; ++x)
          steps[k++] = (it.seen[it.seen_from[map] + j] * height_ + y) * width_ + x;
    run.steps = steps;
    if (run.n_steps > longest) longest = run.n_steps;
  }
  for (int r = 0; r < n_runs_; ++r) {
    Run& run = runs_[r];
    std::int32_t *columns = table(arena, run.n), *out_columns = table(arena, run.n);
    for (int i = 0; i < run.n; ++i) {
      columns[i] = i * run.n_steps * (is_local() ? it.places() : 1);
      out_columns[i] = i * it.places();
    }
    run.columns = columns, run.out_columns = out_columns;
  }
  std::int32_t *counting = table(arena, longest), *places = table(arena, it.places());
  for (int i = 0; i < longest; ++i) counting[i] = i;
  for (int i = 0; i < it.places(); ++i)
    places[i] = i / it.width * it.stride_height * width_ + i % it.width * it.stride_width;
  counting_ = counting, places_ = places;
  std::int32_t *d_samples = table(arena, S_), *image_samples = table(arena, S_);
  for (int s = 0; s < S_; ++s) d_samples[s] = s * layer_->units, image_samples[s] = s * image_size_;
  d_samples_ = d_samples, image_samples_ = image_samples;
}

// The place of an input map among those that a map sees, or -1.
template <class Real>
int Convolution<Real>::place_among_seen(int map, int in_map) const {
  for (int j = 0; j < window().n_seen(map); ++j)
    if (window().seen[window().seen_from[map] + j] == in_map) return j;
  return -1;
}

template <class Real>
bool Convolution<Real>::is_seen_beside(int in_map, int next) const {
  for (int map = 0; map < window().maps; ++map) {
    const int a = place_among_seen(map, in_map), b = place_among_seen(map, next);
    if (a < 0 ? b >= 0 : b != a + 1) return false;
  }
  return true;
}

// Calls f(class or pixel, offset into d, offset into the weights) for all that an input map hands
// back to: maps, then kernel rows, then kernel columns, upwards.
template <class Real>
template <class F>
void Convolution<Real>::each_step_back(int in_map, F&& f) const {
  const Window& it = window();
  const int n_classes = it.stride_height * it.stride_width;
  const int pixels = area_height() * area_width();
  for (int which = 0; which < (is_local() ? pixels : n_classes); ++which)
    for (int map = 0; map < it.maps; ++map) {
      const int j = place_among_seen(map, in_map);
      if (j < 0) continue;
      const std::int64_t weights = weights_of_map(map) + j * it.kernel();
      for (int y = 0; y < it.kernel_height; ++y)
        for (int x = 0; x < it.kernel_width; ++x) {
          const int t = y * it.kernel_width + x;
          if (!is_local()) {
            if (y % it.stride_height != which / it.stride_width ||
                x % it.stride_width != which % it.stride_width)
              continue;
            const int up = y / it.stride_height, left = x / it.stride_width;
            f(which, (map * d_height_ - up) * d_width_ - left, weights + t);
            continue;
          }
          const int down = which / area_width() + area_pad_height() - y;
          const int right = which % area_width() + area_pad_width() - x;
          if (down < 0 || right < 0 || down % it.stride_height || right % it.stride_width) continue;
          const int row = down / it.stride_height, column = right / it.stride_width;
          if (row >= it.height || column >= it.width) continue;
          const int place = row * it.width + column;
          f(which, map * it.places() + place, weights + std::int64_t{place} * it.fan_in(map) + t);
        }
    }
}

template <class Real>
void Convolution<Real>::set_up_seen_runs(Arena& arena) {
  const Window& it = window();
  seen_runs_ = arena.take<SeenRun>(it.in_maps);
  const int pixels = area_height() * area_width();
  const int n_lists = is_local() ? pixels : it.stride_height * it.stride_width;
  for (int in_map = 0; in_map < it.in_maps; ++in_map) {
    if (in_map > 0 && is_seen_beside(in_map - 1, in_map)) {
      ++seen_runs_[n_seen_runs_ - 1].n;
      continue;
    }
    std::int32_t* begin = table(arena, n_lists + 1);
    each_step_back(in_map, [&](int which, std::int64_t, std::int64_t) { ++begin[which + 1]; });
    for (int i = 0; i < n_lists; ++i) begin[i + 1] += begin[i];
    std::int32_t *d_steps = table(arena, begin[n_lists]), *w_steps = table(arena, begin[n_lists]);
    int k = 0;  // the lists come in their order
    each_step_back(in_map, [&](int, std::int64_t d, std::int64_t w) {
      d_steps[k] = static_cast<std::int32_t>(d);
      w_steps[k++] = static_cast<std::int32_t>(w);
    });
    seen_runs_[n_seen_runs_++] = SeenRun{in_map, 1, nullptr, nullptr, begin, d_steps, w_steps};
  }
  for (int r = 0; r < n_seen_runs_; ++r) {
    SeenRun& run = seen_runs_[r];
    std::int32_t *columns = table(arena, run.n), *out_columns = table(arena, run.n);
    for (int i = 0; i < run.n; ++i) columns[i] = i * it.kernel(), out_columns[i] = i * pixels;
    run.columns = columns, run.out_columns = out_columns;
  }
}

template <class Real>
void Convolution<Real>::set_border(int lane, Real value) {
  border_[lane] = value;
  if (has_border_ && !is_wrapped()) fill_border();
}

template <class Real>
void Convolution<Real>::fill_border() {
  const Window& it = window();
  for (int image = 0; image < S_ * it.in_maps; ++image)
    for (int y = 0; y < height_; ++y)
      for (int x = 0; x < width_; ++x) {
        const bool is_inside = y >= it.pad_height && y < it.pad_height + it.in_height &&
                               x >= it.pad_width && x < it.pad_width + it.in_width;
        if (!is_inside) image_buffer_[(image * height_ + y) * width_ + x] = border_;
      }
  is_border_squared_ = false;
}

template <class Real>
void Convolution<Real>::square_image(int n) {
  if (!has_border_) return;
  for (int i = 0; i < n * image_size_; ++i) image_buffer_[i] = image_buffer_[i] * image_buffer_[i];
  is_border_squared_ = !is_wrapped();
}

template <class Real>
void Convolution<Real>::make_image(const V* x, int n) {
  const Window& it = window();
  image_ = x;
  if (!has_border_) return;
  image_ = image_buffer_;
  if (is_border_squared_) fill_border();
  const bool wraps = is_wrapped();
  const int first_row = wraps ? 0 : it.pad_height, first_column = wraps ? 0 : it.pad_width;
  for (int image = 0; image < n * it.in_maps; ++image) {
    const V* from = x + image * it.in_height * it.in_width;
    V* to = image_buffer_ + image * height_ * width_;
    for (int y = first_row; y < height_ - first_row; ++y) {
      const V* row = from + (y - it.pad_height + it.in_height) % it.in_height * it.in_width;
      for (int c = first_column; c < width_ - first_column; ++c)
        to[y * width_ + c] = row[(c - it.pad_width + it.in_width) % it.in_width];
    }
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
  const int units = layer_->units;
  make_image(x, n);
  const V* biases = w + weights_of_map(it.maps);
  const bool has_unit_biases = layer_->has_bias && it.has_unit_biases;
  if (has_unit_biases) preset_unit_biases(biases, z, n);
  const Start from = has_unit_biases ? Start::sum : layer_->has_bias ? Start::column : Start::zero;
  for (int r = 0; r < n_runs_; ++r) {
    const Run& run = runs_[r];
    WindowProduct<Real> p{image_,    0, run.steps, w + run.weights, run.columns,
                          counting_, z, 0,         run.out_columns, biases + run.first};
    const auto at = [&](int s, int place) {
      p.a = image_ + s * image_size_ + places_[place];
      p.c = z + s * units + run.first * it.places() + place;
      if (is_local()) p.b = w + run.weights + std::int64_t{place} * run.n_steps;
    };
    if (goes_by_samples(it.width, n)) {
      p.a_row = image_size_, p.c_row = units;
      for (int place = 0; place < it.places(); ++place)
        at(0, place), window_product<Real>(from, p, n, run.n, run.n_steps);
      continue;
    }
    p.a_row = it.stride_width, p.c_row = 1;
    for (int s = 0; s < n; ++s)
      for (int place = 0; place < it.places(); place += it.width)
        at(s, place), window_product<Real>(from, p, it.width, run.n, run.n_steps);
  }
}

template <class Real>
void Convolution<Real>::bias_gradient(const V* d, V* g, int n, bool is_first) const {
  const int units = layer_->units;
  if (window().has_unit_biases) {
    for (int u = 0; u < units; ++u) {
      V sum = is_first ? V{} : g[u];
      for (int s = 0; s < n; ++s) sum = sum + d[s * units + u];
      g[u] = sum;
    }
    return;
  }
  for (int map = 0; map < window().maps; ++map) {
    V sum = is_first ? V{} : g[map];
    for (int s = 0; s < n; ++s)
      for (int place = 0; place < window().places(); ++place)
        sum = sum + d[s * units + map * window().places() + place];
    g[map] = sum;
  }
}

// Shared weights sum over samples and, within them, places upwards; in blocks of places that stay
// in the first-level cache. Those of a place of their own sum over samples.
template <class Real>
void Convolution<Real>::gradient(const V* d, V* g, int n, bool is_first) {
  constexpr int block = 64;
  const Window& it = window();
  const Start from = is_first ? Start::zero : Start::sum;
  for (int r = 0; r < n_runs_; ++r) {
    const Run& run = runs_[r];
    WindowProduct<Real> p{nullptr, it.places(), nullptr,     nullptr,   run.steps,
                          nullptr, nullptr,     run.n_steps, counting_, nullptr};
    const V* d_run = d + run.first * it.places();
    if (is_local()) {
      p.a_steps = d_samples_, p.b_steps = image_samples_;
      p.c_row = std::int64_t{run.n_steps} * it.places();
      for (int place = 0; place < it.places(); ++place) {
        p.a = d_run + place, p.b = image_ + places_[place];
        p.c = g + run.weights + std::int64_t{place} * run.n_steps;
        window_product<Real>(from, p, run.n, run.n_steps, n);
      }
      continue;
    }
    p.a_steps = counting_, p.c = g + run.weights;
    for (int s = 0; s < n; ++s)
      for (int place = 0; place < it.places(); place += block) {
        p.a = d_run + s * layer_->units + place;
        p.b = image_ + s * image_size_;
        p.b_steps = places_ + place;
        const int some = it.places() - place < block ? it.places() - place : block;
        window_product<Real>(s == 0 && place == 0 ? from : Start::sum, p, run.n, run.n_steps, some);
      }
  }
  if (layer_->has_bias) bias_gradient(d, g + weights_of_map(it.maps), n, is_first);
}

template <class Real>
void Convolution<Real>::hand_back(const V* d, const V* w, V* d_x, int n, bool is_first) {
  const Window& it = window();
  if (!is_local())
    for (int image = 0; image < n * it.maps; ++image)
      for (int y = 0; y < it.height; ++y)
        for (int x = 0; x < it.width; ++x)
          padded_d_[(image * d_height_ + d_top_ + y) * d_width_ + d_left_ + x] =
              d[(image * it.height + y) * it.width + x];
  V* area = is_wrapped() ? area_ : d_x;
  const Start from = is_first || is_wrapped() ? Start::zero : Start::sum;
  for (int r = 0; r < n_seen_runs_; ++r) {
    if (is_local())
      hand_back_local(seen_runs_[r], d, w, area, n, from);
    else
      hand_back_conv(seen_runs_[r], w, area, n, from);
  }
  if (is_wrapped()) fold(d_x, n, is_first);
}

template <class Real>
void Convolution<Real>::hand_back_conv(const SeenRun& run, const V* w, V* area, int n, Start from) {
  const Window& it = window();
  const int pixels = area_height() * area_width();
  const int d_size = it.maps * d_height_ * d_width_;
  WindowProduct<Real> p{nullptr, 0, nullptr,         w,      run.columns, nullptr,
                        nullptr, 0, run.out_columns, nullptr};
  for (int y = 0; y < area_height(); ++y) {
    const int image_y = y + area_pad_height();
    for (int first = 0; first < it.stride_width && first < area_width(); ++first) {
      const int image_x = first + area_pad_width();
      const int which = image_y % it.stride_height * it.stride_width + image_x % it.stride_width;
      p.a_steps = run.d_steps + run.begin[which];
      p.b_steps = run.w_steps + run.begin[which];
      const int n_steps = run.begin[which + 1] - run.begin[which];
      const int count = (area_width() - first + it.stride_width - 1) / it.stride_width;
      const int row = image_y / it.stride_height + d_top_;
      const int column = image_x / it.stride_width + d_left_;
      const V* a = padded_d_ + row * d_width_ + column;
      V* c = area + run.first * pixels + y * area_width() + first;
      if (goes_by_samples(count, n)) {
        p.a_row = d_size, p.c_row = it.in_maps * pixels;
        for (int i = 0; i < count; ++i) {
          p.a = a + i, p.c = c + i * it.stride_width;
          window_product<Real>(from, p, n, run.n, n_steps);
        }
        continue;
      }
      p.a_row = 1, p.c_row = it.stride_width;
      for (int s = 0; s < n; ++s) {
        p.a = a + s * d_size, p.c = c + s * it.in_maps * pixels;
        window_product<Real>(from, p, count, run.n, n_steps);
      }
    }
  }
}

template <class Real>
void Convolution<Real>::hand_back_local(const SeenRun& run, const V* d, const V* w, V* area, int n,
                                        Start from) {
  const int pixels = area_height() * area_width();
  WindowProduct<Real> p{d,
                        layer_->units,
                        nullptr,
                        w,
                        run.columns,
                        nullptr,
                        nullptr,
                        window().in_maps * pixels,
                        run.out_columns,
                        nullptr};
  for (int pixel = 0; pixel < pixels; ++pixel) {
    p.a_steps = run.d_steps + run.begin[pixel];
    p.b_steps = run.w_steps + run.begin[pixel];
    p.c = area + run.first * pixels + pixel;
    window_product<Real>(from, p, n, run.n, run.begin[pixel + 1] - run.begin[pixel]);
  }
}

// Where the border was made of the image, its gradient goes back there: copies upwards.
template <class Real>
void Convolution<Real>::fold(V* d_x, int n, bool is_first) const {
  const Window& it = window();
  for (int image = 0; image < n * it.in_maps; ++image)
    for (int y = 0; y < it.in_height; ++y)
      for (int x = 0; x < it.in_width; ++x) {
        V& to = d_x[(image * it.in_height + y) * it.in_width + x];
        V sum = is_first ? V{} : to;
        for (int row = (y + it.pad_height) % it.in_height; row < height_; row += it.in_height)
          for (int column = (x + it.pad_width) % it.in_width; column < width_;
               column += it.in_width)
            sum = sum + area_[(image * height_ + row) * width_ + column];
        to = sum;
      }
}

}  // namespace amenable::AMENABLE_TARGET
