// Which pixels the units of a convolution see and which units see a pixel, as tables of offsets.
// Which maps see which is free: maps that see the same, side by side, form a run and are computed
// together. No arithmetic here.
#pragma once

#include "amenable/plan.h"
#include "arena.h"
#include "lanes/lanes.h"

namespace amenable::AMENABLE_TARGET {

// Offsets count registers. A padded input lies in an image with a border; one without padding is
// its own image.
class Connections {
 public:
  // Output maps first ... first + n - 1, which see the same input maps.
  struct Run {
    int first, n, n_steps;
    std::int64_t weights;             // offset of the first map's
    const std::int32_t* steps;        // (n_steps) image offsets of what a unit sees
    const std::int32_t* columns;      // (n) offsets of the maps' weights
    const std::int32_t* out_columns;  // (n) of their units
  };
  // Input maps first ... first + n - 1, which the same maps read at places side by side.
  struct InputRun {
    int first, n;
    int n_maps;                       // that read them
    const std::int32_t* columns;      // (n) offsets of their kernels
    const std::int32_t* out_columns;  // (n) of their pixels
    // (classes + 1), or for local (pixels + 1): where the steps of each begin
    const std::int32_t* begin;
    const std::int32_t *d_steps, *w_steps;
  };

  // For tiles of at most S samples; is_training: with those of the input gradient.
  void set_up(const Layer& layer, int S, bool is_training, Arena& arena);

  bool is_local() const { return layer_->kind == Kind::local; }
  bool is_wrapped() const { return has_border_ && window().padding == Padding::circular; }
  const Window& window() const { return layer_->window; }
  // The area of the input gradient: the image where the border is made of it, else the input.
  int area_height() const { return is_wrapped() ? height_ : window().in_height; }
  int area_width() const { return is_wrapped() ? width_ : window().in_width; }
  int area_pad_height() const { return is_wrapped() ? 0 : window().pad_height; }
  int area_pad_width() const { return is_wrapped() ? 0 : window().pad_width; }
  // How many of a kernel's rows or columns lie in one class.
  static int steps_in(int kernel, int stride, int which) {
    return which < kernel ? (kernel - which + stride - 1) / stride : 0;
  }

  std::int64_t weights_of_map(int map) const {
    const int each = window().kernel() * (is_local() ? window().places() : 1);
    return std::int64_t{window().connections_begin[map]} * each;
  }

  bool has_border() const { return has_border_; }
  // Of the image, and of the gradient, which lies between columns of zeros.
  int height() const { return height_; }
  int width() const { return width_; }
  int image_size() const { return image_size_; }
  int d_width() const { return d_width_; }
  int d_left() const { return d_left_; }

  int n_runs() const { return n_runs_; }
  const Run& run(int r) const { return runs_[r]; }
  int n_input_runs() const { return n_input_runs_; }
  const InputRun& input_run(int r) const { return input_runs_[r]; }

  const std::int32_t* counting() const { return counting_; }  // 0, 1, 2, ...
  // (S, places) where the window of each begins in the images, and the unit of each in d
  const std::int32_t* places() const { return places_; }
  const std::int32_t* d_places() const { return d_places_; }
  const std::int32_t* d_samples() const { return d_samples_; }  // (S) where each begins
  const std::int32_t* image_samples() const { return image_samples_; }

 private:
  void set_up_runs(Arena& arena);
  void set_up_offsets(int S, Arena& arena);
  void set_up_seen_runs(Arena& arena);
  bool see_the_same(int map, int other) const;
  int place_among_seen(int map, int in_map) const;
  bool is_seen_beside(int in_map, int next) const;
  template <class F>
  void each_step_back(int in_map, F&& f) const;

  const Layer* layer_ = nullptr;
  bool has_border_ = false;
  int height_ = 0, width_ = 0, image_size_ = 0;  // of the image
  int d_width_ = 0, d_left_ = 0;                 // of the gradient between zeros
  int n_runs_ = 0, n_input_runs_ = 0;
  Run* runs_ = nullptr;
  InputRun* input_runs_ = nullptr;
  const std::int32_t* counting_ = nullptr;  // 0, 1, 2, ...
  const std::int32_t *places_ = nullptr, *d_places_ = nullptr;
  const std::int32_t *d_samples_ = nullptr, *image_samples_ = nullptr;  // (S) where each begins
};

static inline std::int32_t* table(Arena& arena, std::int64_t n) {
  return arena.take<std::int32_t>(n > 0 ? n : 1);
}

inline void Connections::set_up(const Layer& layer, int S, bool is_training, Arena& arena) {
  layer_ = &layer;
  const Window& it = window();
  has_border_ = it.pad_height > 0 || it.pad_width > 0;
  height_ = it.in_height + 2 * it.pad_height;
  width_ = it.in_width + 2 * it.pad_width;
  image_size_ = it.in_maps * height_ * width_;
  set_up_runs(arena);
  set_up_offsets(S, arena);
  if (!is_training) return;
  d_left_ = (it.kernel_width - 1) / it.stride_width;
  const int last_column = (width_ - 1) / it.stride_width;
  d_width_ = d_left_ + (last_column + 1 > it.width ? last_column + 1 : it.width);
  set_up_seen_runs(arena);
}

inline bool Connections::see_the_same(int map, int other) const {
  const Window& it = window();
  if (it.n_connections(map) != it.n_connections(other)) return false;
  for (int j = 0; j < it.n_connections(map); ++j)
    if (it.connections[it.connections_begin[map] + j] !=
        it.connections[it.connections_begin[other] + j])
      return false;
  return true;
}

inline void Connections::set_up_runs(Arena& arena) {
  const Window& it = window();
  runs_ = arena.take<Run>(it.maps);
  for (int map = 0; map < it.maps; ++map) {
    if (map > 0 && see_the_same(map - 1, map)) {
      ++runs_[n_runs_ - 1].n;
      continue;
    }
    Run& run = runs_[n_runs_++];
    run = Run{map, 1, it.fan_in(map), weights_of_map(map), nullptr, nullptr, nullptr};
    std::int32_t* steps = table(arena, run.n_steps);
    int k = 0;
    for (int j = 0; j < it.n_connections(map); ++j)
      for (int y = 0; y < it.kernel_height; ++y)
        for (int x = 0; x < it.kernel_width; ++x)
          steps[k++] = (it.connections[it.connections_begin[map] + j] * height_ + y) * width_ + x;
    run.steps = steps;
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
}

inline void Connections::set_up_offsets(int S, Arena& arena) {
  const Window& it = window();
  int longest = 0;
  for (int r = 0; r < n_runs_; ++r)
    if (runs_[r].n_steps > longest) longest = runs_[r].n_steps;
  std::int32_t *counting = table(arena, longest), *places = table(arena, S * it.places()),
               *d_places = table(arena, S * it.places()), *d_samples = table(arena, S),
               *image_samples = table(arena, S);
  for (int i = 0; i < longest; ++i) counting[i] = i;
  for (int s = 0; s < S; ++s) {
    d_samples[s] = s * layer_->units, image_samples[s] = s * image_size_;
    for (int i = 0; i < it.places(); ++i) {
      const int row = i / it.width * it.stride_height, column = i % it.width * it.stride_width;
      places[s * it.places() + i] = image_samples[s] + row * width_ + column;
      d_places[s * it.places() + i] = d_samples[s] + i;
    }
  }
  counting_ = counting, places_ = places, d_places_ = d_places;
  d_samples_ = d_samples, image_samples_ = image_samples;
}

// The place of an input map among those that a map sees, or -1.
inline int Connections::place_among_seen(int map, int in_map) const {
  for (int j = 0; j < window().n_connections(map); ++j)
    if (window().connections[window().connections_begin[map] + j] == in_map) return j;
  return -1;
}

inline bool Connections::is_seen_beside(int in_map, int next) const {
  for (int map = 0; map < window().maps; ++map) {
    const int a = place_among_seen(map, in_map), b = place_among_seen(map, next);
    if (a < 0 ? b >= 0 : b != a + 1) return false;
  }
  return true;
}

// Calls f(class or pixel, offset into d, offset into the weights) for all that an input map hands
// back to: maps, then kernel rows, then kernel columns, upwards.
template <class F>
void Connections::each_step_back(int in_map, F&& f) const {
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
            f(which, (map * it.height - up) * d_width_ - left, weights + t);
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

inline void Connections::set_up_seen_runs(Arena& arena) {
  const Window& it = window();
  input_runs_ = arena.take<InputRun>(it.in_maps);
  const int pixels = area_height() * area_width();
  const int n_lists = is_local() ? pixels : it.stride_height * it.stride_width;
  for (int in_map = 0; in_map < it.in_maps; ++in_map) {
    if (in_map > 0 && is_seen_beside(in_map - 1, in_map)) {
      ++input_runs_[n_input_runs_ - 1].n;
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
    int n_maps = 0;
    for (int map = 0; map < it.maps; ++map) n_maps += place_among_seen(map, in_map) >= 0;
    input_runs_[n_input_runs_++] =
        InputRun{in_map, 1, n_maps, nullptr, nullptr, begin, d_steps, w_steps};
  }
  for (int r = 0; r < n_input_runs_; ++r) {
    InputRun& run = input_runs_[r];
    std::int32_t *columns = table(arena, run.n), *out_columns = table(arena, run.n);
    for (int i = 0; i < run.n; ++i) columns[i] = i * it.kernel(), out_columns[i] = i * pixels;
    run.columns = columns, run.out_columns = out_columns;
  }
}

}  // namespace amenable::AMENABLE_TARGET
