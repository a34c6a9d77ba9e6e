// A tile of samples through all layers of the networks in the lanes, forward; backward.h goes back.
//
// Everything a tile needs stays in the first-level cache: the tile is as high as that allows.
// Buffers are (S samples, U units) per layer, one register an element, S <= height.
#pragma once

#include "amenable/plan.h"
#include "amenable/trial.h"
#include "arena.h"
#include "trial_queue.h"
#include "layers/activations.h"
#include "layers/convolution.h"
#include "layers/pooling.h"
#include "layers/product.h"
#include "lanes/random.h"

namespace amenable::AMENABLE_TARGET {

template <class Real>
struct LayerBuffers {
  int n_in = 0, units = 0;
  std::int64_t offset = 0;       // of the layer's first parameter
  bool keeps_input = false;      // z is needed by the slope
  Lanes<Real>* in = nullptr;     // (S, n_in): own copy only with shortcuts
  Lanes<Real>* d_in = nullptr;   // (S, n_in): likewise
  Lanes<Real>* z = nullptr;      // (S, U) before the activation; y itself if not kept
  Lanes<Real>* y = nullptr;      // (S, U)
  Lanes<Real>* d = nullptr;      // (S, U) gradient by y, then by z
  Lanes<Real>* keep = nullptr;   // (S, U) dropout's factors
  Lanes<Real>* means = nullptr;  // (S, U) of windows, where coefficients on them are trained
  Lanes<Real> parameter{}, dropout{};
  Convolution<Real>* convolution = nullptr;  // of layers that are one
};

static inline bool is_convolution(const Layer& layer) {
  return (layer.kind == Kind::conv || layer.kind == Kind::local) && !is_dense(layer);
}

template <class Real>
class Pass {
 public:
  using V = Lanes<Real>;
  static constexpr int count = Traits<Real>::count;

  // is_training: with buffers for the backward pass.
  Pass(const Plan& plan, bool is_training, Arena& arena);

  int height() const { return height_; }
  V* input() { return input_; }
  V* target() { return target_; }
  V* output() { return layers_[plan_.n_layers - 1].y; }
  V* output_gradient() { return layers_[plan_.n_layers - 1].d; }
  const LayerBuffers<Real>& layer(int l) const { return layers_[l]; }

  void set_layer_settings(int lane, const double* settings);

  // Passes give up between layers once this queue is cancelled: a single tile of a very large
  // network takes longer than somebody who cancels wants to wait.
  void watch(const TrialQueue& queue) { queue_ = &queue; }
  bool is_cancelled() const { return queue_ != nullptr && queue_->is_cancelled(); }

  // Applies the first `upto` layers to the n samples in input().
  void forward(const V* w, int n, int upto);
  // As forward, with dropout: `seeds` and `steps` of each lane and the tile's first slot of the
  // batch key the random numbers.
  void forward_training(const V* w, int n, const std::uint64_t* seeds, const std::int64_t* steps,
                        int first_slot);
  // From output_gradient() to the gradient g (P): set by the first tile of a batch, then added to.
  void backward(const V* w, V* g, int n, bool is_first);
  // From the loss's curvature by each output, in output_gradient(), to its diagonal by the
  // parameters, h (P), without the terms that activations' own curvature would add (LeCun et al.
  // 1998): the backward pass with squares for slopes, inputs and weights, `squares` (P). What the
  // forward pass left is spent.
  void curvature(const V* squares, V* h, int n, bool is_first);

 private:
  const V* layer_input(int l, int n);
  void linear(int l, const V* w, int n);
  void activate(int l, int n);
  void drop(int l, int n, const std::uint64_t* seeds, const std::int64_t* steps, int first_slot);
  void through_activation(int l, int n);
  template <bool of_curvature = false>
  void gradient(int l, V* g, int n, bool is_first);
  void square_slopes(int l, int n);
  void square_input(int l, int n);
  template <bool of_curvature = false>
  void input_gradient(int l, const V* w, int n);

  const Plan& plan_;
  const TrialQueue* queue_ = nullptr;
  int height_ = 1;
  bool has_dropped_ = false;  // the last forward pass applied dropout
  LayerBuffers<Real>* layers_;
  bool* has_gradient_;  // by output k: a gradient by it was already written
  V *input_, *target_;
  V* slopes_ = nullptr;  // (S, most U) for the curvature
};

// The registers one sample needs, to choose the height by.
static inline std::int64_t registers_per_sample(const Plan& plan, bool is_training) {
  std::int64_t n = plan.n_inputs + n_outputs(plan);
  for (int l = 0; l < plan.n_layers; ++l) {
    const Layer& it = plan.layers[l];
    const int copies = 1 + (is_training ? 1 : 0) + (it.has_dropout ? 1 : 0);
    n += static_cast<std::int64_t>(it.units) * copies;
    if (it.n_shortcuts > 0) n += 2 * inputs_of(plan, l);
    if (it.kind == Kind::avg_pool && it.has_weights && is_training) n += it.units;
    if (is_convolution(it)) n += Convolution<float>::registers_per_sample(it, is_training);
  }
  return n;
}

// How many samples go through the layers together.
static inline int tile_height(const Plan& plan, std::int64_t bytes_per_sample) {
  const auto fits = [bytes_per_sample](std::int64_t bytes, int most) {
    const std::int64_t n = bytes / bytes_per_sample;
    return n > most ? most : n < 1 ? 1 : static_cast<int>(n);
  };
  // A convolution uses its weights for all places of a sample, so few samples will do, and many
  // leave the caches. For the first LeNet 4 to 16 were alike and 1 a quarter slower; for LeNet-5 4
  // were fastest, 1 a third and 16 almost a half slower.
  for (int l = 0; l < plan.n_layers; ++l)
    if (!is_dense(plan.layers[l])) return fits(8 * 1024 * 1024, 16);
  // 32 of the 48 KB of a first-level cache. Where hardly any sample fits, the second level serves,
  // and what counts is that every weight fetched from there is used for many samples.
  const int in_first_level = fits(32 * 1024, 32);
  return in_first_level < 2 * TILE_ROWS ? 6 * TILE_ROWS : in_first_level;
}

template <class Real>
Pass<Real>::Pass(const Plan& plan, bool is_training, Arena& arena) : plan_(plan) {
  height_ = tile_height(plan, registers_per_sample(plan, is_training) * LANE_BYTES);
  const int S = height_;
  input_ = arena.take<V>(S * plan.n_inputs);
  target_ = arena.take<V>(S * n_outputs(plan));
  layers_ = arena.take<LayerBuffers<Real>>(plan.n_layers);
  has_gradient_ = arena.take<bool>(plan.n_layers + 1);
  std::int64_t offset = 0;
  int most_units = 0;
  for (int l = 0; l < plan.n_layers; ++l) {
    const Layer& it = plan.layers[l];
    LayerBuffers<Real>& b = layers_[l];
    b = LayerBuffers<Real>{};
    b.n_in = inputs_of(plan, l);
    b.units = it.units;
    b.offset = offset;
    offset += parameters_of(plan, l);
    b.keeps_input =
        with_activation(it.activation, [](auto kind) { return decltype(kind)::slope_needs_input; });
    b.y = arena.take<V>(S * it.units);
    b.z = b.keeps_input ? arena.take<V>(S * it.units) : b.y;
    if (it.n_shortcuts > 0) b.in = arena.take<V>(S * b.n_in);
    if (is_convolution(it)) {
      b.convolution = arena.take<Convolution<Real>>(1);
      *b.convolution = Convolution<Real>{};
      b.convolution->set_up(it, S, is_training, arena);
    }
    if (!is_training) continue;
    b.d = arena.take<V>(S * it.units);
    if (it.kind == Kind::avg_pool && it.has_weights) b.means = arena.take<V>(S * it.units);
    if (it.has_dropout) b.keep = arena.take<V>(S * it.units);
    if (it.units > most_units) most_units = it.units;
    if (it.n_shortcuts > 0) b.d_in = arena.take<V>(S * b.n_in);
  }
  if (is_training && plan.optimizer == Optimizer::levenberg_marquardt)
    slopes_ = arena.take<V>(S * most_units);
}

template <class Real>
void Pass<Real>::set_layer_settings(int lane, const double* settings) {
  for (int l = 0; l < plan_.n_layers; ++l, settings += n_layer_settings) {
    layers_[l].parameter[lane] = static_cast<Real>(settings[activation_parameter]);
    layers_[l].dropout[lane] = static_cast<Real>(settings[dropout]);
    if (layers_[l].convolution != nullptr)
      layers_[l].convolution->set_border(lane, static_cast<Real>(settings[pad_value]));
  }
}

template <class Real>
const Lanes<Real>* Pass<Real>::layer_input(int l, int n) {
  const Layer& it = plan_.layers[l];
  const V* before = l == 0 ? input_ : layers_[l - 1].y;
  if (it.n_shortcuts == 0) return before;
  V* in = layers_[l].in;
  int column = 0;
  const auto append = [&](const V* from, int units) {
    for (int s = 0; s < n; ++s)
      for (int u = 0; u < units; ++u) in[s * layers_[l].n_in + column + u] = from[s * units + u];
    column += units;
  };
  append(before, l == 0 ? plan_.n_inputs : layers_[l - 1].units);
  for (int i = 0; i < it.n_shortcuts; ++i) {
    const int k = it.shortcuts[i];
    append(k == 0 ? input_ : layers_[k - 1].y, k == 0 ? plan_.n_inputs : layers_[k - 1].units);
  }
  return in;
}

// Of a dense layer: z[s][u] = bias[u] + sum over i of in[s][i] * w[u][i].
template <class Real>
void Pass<Real>::linear(int l, const V* w, int n) {
  LayerBuffers<Real>& b = layers_[l];
  const V* weights = w + b.offset;
  const Layer& layer = plan_.layers[l];
  if (is_convolution(layer)) return b.convolution->forward(layer_input(l, n), weights, b.z, n);
  if (!is_dense(layer)) return pool(layer, layer_input(l, n), weights, b.z, b.means, n);
  const Product<Real> p{layer_input(l, n),         b.n_in, 1, weights, b.n_in, 1, b.z, b.units,
                        weights + b.units * b.n_in};
  if (layer.has_bias)
    product<Real, Start::column>(p, n, b.units, b.n_in);
  else
    product<Real, Start::zero>(p, n, b.units, b.n_in);
}

template <class Real>
void Pass<Real>::activate(int l, int n) {
  LayerBuffers<Real>& b = layers_[l];
  if (plan_.layers[l].activation == Activation::identity) return;
  const V* z = b.z;
  V* y = b.y;
  const V p = b.parameter;
  const int total = n * b.units;
  with_activation(plan_.layers[l].activation, [&](auto kind) {
    for (int i = 0; i < total; ++i) y[i] = decltype(kind)::value(z[i], p);
  });
}

template <class Real>
void Pass<Real>::forward(const V* w, int n, int upto) {
  has_dropped_ = false;
  for (int l = 0; l < upto && !is_cancelled(); ++l) {
    linear(l, w, n);
    activate(l, n);
  }
}

template <class Real>
void Pass<Real>::forward_training(const V* w, int n, const std::uint64_t* seeds,
                                  const std::int64_t* steps, int first_slot) {
  has_dropped_ = true;
  for (int l = 0; l < plan_.n_layers && !is_cancelled(); ++l) {
    linear(l, w, n);
    activate(l, n);
    if (plan_.layers[l].has_dropout) drop(l, n, seeds, steps, first_slot);
  }
}

// Inverted dropout: a unit's output is dropped with probability p or scaled by 1 / (1 - p).
// The number for slot s of the batch and unit u is word u % 4 of counter
// (u / 4, step, slot + layer * 2^20).
template <class Real>
void Pass<Real>::drop(int l, int n, const std::uint64_t* seeds, const std::int64_t* steps,
                      int first_slot) {
  LayerBuffers<Real>& b = layers_[l];
  std::uint32_t words[count][4];
  const V scale = 1 / (1 - b.dropout);
  for (int s = 0; s < n; ++s) {
    const std::uint32_t place = static_cast<std::uint32_t>(first_slot + s) + (l << 20);
    for (int u = 0; u < b.units; u += 4) {
      for (int lane = 0; lane < count; ++lane)
        philox(seeds[lane], u / 4, static_cast<std::uint32_t>(steps[lane]), place, Stream::dropout,
               words[lane]);
      for (int i = 0; i < 4 && u + i < b.units; ++i) {
        V draw;
        for (int lane = 0; lane < count; ++lane)
          draw[lane] = static_cast<Real>(words[lane][i] >> 8) * Real(0x1p-24);
        const int at = s * b.units + u + i;
        b.keep[at] = draw < b.dropout ? V{} : scale;
        b.y[at] = b.y[at] * b.keep[at];
      }
    }
  }
}

}  // namespace amenable::AMENABLE_TARGET

#include "backward.h"
