// The engine's mathematics once more, one network and one sample at a time, in plain double: slow
// and clear, to compare the engine with. It stays for ever and is linked by tests only.
//
// Every formula is written from its definition. Shared with the engine are the structs that
// describe the work and, on purpose, the numbering of the random numbers.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "amenable/plan.h"
#include "amenable/trial.h"

namespace amenable::reference {

using Numbers = std::vector<double>;

// --- random.cpp: Philox 4x32-10 (Salmon, Moraes, Dror, Shaw 2011) and what is drawn with it ---

enum class Stream : std::uint32_t { weights, order, dropout };
using Words = std::array<std::uint32_t, 4>;

Words philox(Words counter, std::array<std::uint32_t, 2> key);
Words random_words(std::uint64_t seed, std::uint32_t a, std::uint32_t b, std::uint32_t c, Stream);

// Initial weights (P).
Numbers initial_weights(const Plan&, const double* layer_settings, std::uint64_t seed);

// Numbers below n in the order of that epoch.
std::vector<std::int64_t> shuffled(std::int64_t n, std::uint64_t seed, std::int64_t epoch);

// Samples of a step: as many as there are, without the engine's empty slots. Weights sum to one.
struct Batch {
  std::vector<std::int64_t> samples;
  Numbers weights;
};
Batch batch_of(const Plan&, const Samples<double>&, std::uint64_t seed, std::int64_t step);

// --- network.cpp: one sample forward and backward ---

// A structure and its numbers: weights (P), layer_settings (L, n_layer_settings).
struct Network {
  const Plan& plan;
  const double* weights;
  const double* layer_settings;

  double setting(int layer, LayerSetting which) const {
    return layer_settings[layer * n_layer_settings + which];
  }
};

double activation(Activation, double parameter, double z);
double activation_slope(Activation, double parameter, double z);

// What a sample leaves behind in the layers.
struct Trace {
  std::vector<Numbers> outputs;  // (L + 1): the network's input, then the output of each layer
  std::vector<Numbers> z;        // (L): before the activation
  std::vector<Numbers> kept;     // (L): dropout's factors, 1 without
};
// The numbers that dropout draws depend on.
struct Place {
  std::uint64_t seed;
  std::int64_t step;
  std::uint32_t slot;  // in the batch
};
// place: null where nothing is dropped.
Trace forward(const Network&, const double* x, const Place* place = nullptr);
// Adds to the diagonal of the curvature (P) that of a loss with this curvature by each output, all
// else taken for linear (LeCun et al. 1998).
void curvature(const Network&, const Trace&, const Numbers& of_output, Numbers& diagonal);
// Adds to the gradient (P) that of a loss whose gradient by the network's output is d_output.
void backward(const Network&, const Trace&, const Numbers& d_output, Numbers& gradient);

// --- images.cpp: convolution, local fields and pooling, one sample ---

// z (U) from x (inputs) and the layer's parameters w.
Numbers image_forward(const Layer&, double pad_value, const Numbers& x, const double* w);
// Adds to d_x and to the gradient of the layer's parameters.
void image_backward(const Layer&, double pad_value, const Numbers& x, const double* w,
                    const Numbers& dz, Numbers& d_x, double* gradient);

// As image_backward, of the diagonal of the curvature.
void image_curvature(const Layer&, double pad_value, const Numbers& x, const double* w,
                     const Numbers& dz, Numbers& d_x, double* diagonal);

// --- losses.cpp: of one sample, and of all ---

// z, y (O); p: the loss's parameter.
double loss(const Plan&, double p, const double* z, const double* y);
Numbers loss_gradient(const Plan&, double p, const double* z, const double* y);

// Second derivatives by one output at a time.
Numbers loss_curvature(const Plan&, double p, const double* z, const double* y);

struct Measured {
  double loss, metric;
  double goal;  // what a goal on the metric is held against
};
// --- metrics.cpp: outputs and targets, (samples, O) each; the loss is left out ---

Measured metric(const Plan&, double p, const std::vector<Numbers>& z,
                const std::vector<Numbers>& y);

// Over all samples, nothing dropped.
Measured measure(const Network&, double p, const Samples<double>&);
Numbers gradient(const Network&, double p, const Samples<double>&);
// Of at most plan.curvature_samples, taken evenly.
Numbers curvature(const Network&, double p, const Samples<double>&);

// --- signals.cpp ---

// out (L, n_signals); before (P): the weights before the last update, or null.
void signals(const Network&, double p, const Samples<double>&, const double* before, double* out);

// --- optimizers.cpp ---

// The factor on the learning rate at a step.
double schedule_factor(const Plan&, const double* settings, std::int64_t step);

// Updates one network's weights. What the optimizers remember has the names of PyTorch's states.
class Updater {
 public:
  Updater(const Plan&, const Trial&);
  // gradient (P): of the loss alone.
  void update(Numbers& w, Numbers gradient);
  // For the updates to come (P).
  void set_curvature(const Numbers& diagonal) { curvature_ = diagonal; }

 private:
  bool is_frozen(std::size_t i) const { return trial_.frozen != nullptr && trial_.frozen[i]; }
  void clip(Numbers& g) const;
  double move(std::size_t i, double rate, double g);
  double move_rprop(std::size_t i, double g);

  const Plan& plan_;
  const Trial& trial_;
  std::vector<bool> is_penalized_;  // (P)
  std::int64_t step_ = 0;
  // (P) each
  Numbers momentum_buffer_, square_avg_, grad_avg_, exp_avg_, exp_avg_sq_;
  Numbers prev_, step_size_, last_move_, curvature_;
};

// --- training.cpp ---

// Trains a trial and writes its results where it wants them.
void train(const Plan&, const Data<double>&, const Trial&);

}  // namespace amenable::reference
