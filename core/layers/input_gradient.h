// The gradient by a convolution's inputs: the gradient by its outputs, between columns of zeros,
// convolved with the kernel turned round. With strides, inputs fall into classes by their place
// modulo the stride, each with steps of its own.
#pragma once

#include "layers/convolution.h"

namespace amenable::AMENABLE_TARGET {

template <class Real>
void Convolution<Real>::input_gradient(const V* d, const V* w, V* d_x, int n, bool is_first) {
  V* area = is_wrapped() ? area_ : d_x;
  const Start from = is_first || is_wrapped() ? Start::zero : Start::sum;
  if (!is_local()) pad_gradient(d, n);
  for (int r = 0; r < n_input_runs(); ++r) {
    if (is_local())
      input_gradient_local(input_run(r), d, w, area, n, from);
    else
      input_gradient_conv(input_run(r), w, area, n, from);
  }
  if (is_wrapped()) fold(d_x, n, is_first);
}

template <class Real>
void Convolution<Real>::pad_gradient(const V* d, int n) {
  const Window& it = window();
  for (int row = 0; row < n * it.maps * it.height; ++row)
    for (int x = 0; x < it.width; ++x)
      padded_d_[row * d_width() + d_left() + x] = d[row * it.width + x];
}

// Maps in groups whose gradients stay in the first-level cache while all rows go by.
template <class Real>
void Convolution<Real>::input_gradient_conv(const InputRun& run, const V* w, V* area, int n,
                                            Start from) {
  const Window& it = window();
  const int n_up = steps_in(it.kernel_height, it.stride_height, 0);
  const int at_once = maps_at_once(n_up * d_width());
  const int width = (area_width() + it.stride_width - 1) / it.stride_width;
  const int samples = goes_by_samples(width, run.n, n) ? n : 1;  // together
  for (int s = 0; s < n; s += samples)
    for (int first = 0; first == 0 || first < run.n_maps; first += at_once) {
      const int n_maps = run.n_maps - first < at_once ? run.n_maps - first : at_once;
      const V* d = padded_d_ + s * it.maps * it.height * d_width();
      V* to = area + s * it.in_maps * area_height() * area_width();
      for (int y = 0; y < area_height(); ++y)
        input_gradient_row(run, y, first, n_maps, d, w, to, samples,
                           first == 0 ? from : Start::sum);
    }
}

// To a row of pixels of n samples, from some of the maps that see it: by samples where those are
// several.
template <class Real>
void Convolution<Real>::input_gradient_row(const InputRun& run, int y, int first_map, int n_maps,
                                           const V* d, const V* w, V* area, int n, Start from) {
  const Window& it = window();
  const int pixels = area_height() * area_width(), d_size = it.maps * it.height * d_width();
  const int image_y = y + area_pad_height();
  const int row = image_y / it.stride_height;  // of the units that see y with their first row
  for (int first = 0; first < it.stride_width && first < area_width(); ++first) {
    const int image_x = first + area_pad_width();
    const int down = image_y % it.stride_height, right = image_x % it.stride_width;
    const int which = down * it.stride_width + right;
    // The steps of a map are kernel rows, units' rows upwards: those that there are.
    const int n_up = steps_in(it.kernel_height, it.stride_height, down);
    const int n_left = steps_in(it.kernel_width, it.stride_width, right);
    const int up = row < it.height ? 0 : row - it.height + 1;
    const int rows = (row < n_up ? row + 1 : n_up) - up;
    const int of_map = n_up * n_left;
    const int skipped = run.begin[which] + first_map * of_map + up * n_left;
    const StepGroups over = rows == n_up ? StepGroups{1, 0, n_maps * of_map}
                                         : StepGroups{rows > 0 ? n_maps : 0, of_map, rows * n_left};
    const int count = (area_width() - first + it.stride_width - 1) / it.stride_width;
    const V* a = d + row * d_width() + image_x / it.stride_width + d_left();
    V* c = area + run.first * pixels + y * area_width() + first;
    WindowProduct<Real> p{a,
                          d_size,
                          run.d_steps + skipped,
                          w,
                          run.columns,
                          run.w_steps + skipped,
                          c,
                          it.in_maps * pixels,
                          run.out_columns,
                          nullptr};
    if (n > 1) {
      for (int i = 0; i < count; ++i, ++p.a, p.c += it.stride_width)
        window_product<Real>(from, p, n, run.n, over);
      continue;
    }
    p.a_row = 1, p.c_row = it.stride_width;
    if (slides(run.n))
      sliding_product<Real, true>(from, p, it.kernel_width, count, run.n, over);
    else
      window_product<Real>(from, p, count, run.n, over);
  }
}

template <class Real>
void Convolution<Real>::input_gradient_local(const InputRun& run, const V* d, const V* w, V* area,
                                             int n, Start from) {
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
        for (int row = (y + it.pad_height) % it.in_height; row < height(); row += it.in_height)
          for (int column = (x + it.pad_width) % it.in_width; column < width();
               column += it.in_width)
            sum = sum + area_[(image * height() + row) * width() + column];
        to = sum;
      }
}

}  // namespace amenable::AMENABLE_TARGET
