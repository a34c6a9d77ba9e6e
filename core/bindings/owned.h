// Plans and groups that own what they point to: lists of layers, and arrays of Python's.
#pragma once

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include <array>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "amenable/engine.h"
#include "amenable/names.h"

namespace amenable {

namespace nb = nanobind;

template <class T, int ndim>
using Array = nb::ndarray<T, nb::ndim<ndim>, nb::c_contig, nb::device::cpu>;
template <class T, int ndim>
using Input = Array<const T, ndim>;
template <class T, int ndim>
using Optional = std::optional<Array<T, ndim>>;

// A plan that owns its layers.
struct OwnedPlan {
  Plan plan;
  std::vector<Layer> layers;
  std::vector<std::vector<std::int32_t>> shortcuts, seen, seen_from;

  const Plan& get() {
    for (std::size_t i = 0; i < layers.size(); ++i) {
      layers[i].window.seen = seen[i].data();
      layers[i].window.seen_from = seen_from[i].data();
      layers[i].shortcuts = shortcuts[i].data();
      layers[i].n_shortcuts = static_cast<std::int32_t>(shortcuts[i].size());
    }
    plan.layers = layers.data();
    plan.n_layers = static_cast<std::int32_t>(layers.size());
    return plan;
  }

  void add_layer(int units, const std::string& activation, bool has_bias, bool has_dropout,
                 const std::vector<std::int32_t>& from, const std::string& weight_init,
                 const std::string& bias_init) {
    Layer layer;
    layer.units = units;
    layer.activation = parse<Activation>(activation);
    layer.has_bias = has_bias;
    layer.has_dropout = has_dropout;
    layer.weight_init = parse<Initializer>(weight_init);
    layer.bias_init = parse<Initializer>(bias_init);
    for (const int k : from)
      if (k < 0 || k > static_cast<int>(layers.size()))
        throw std::invalid_argument("shortcut from layer " + std::to_string(k) +
                                    ", which does not come before");
    layers.push_back(layer);
    shortcuts.push_back(from);
    seen.emplace_back();
    seen_from.emplace_back();
  }

  // Makes the layer that was added last one of images. Shapes are (maps, height, width), the others
  // (height, width); `lists`: the input maps that each map sees.
  void see(const std::string& kind, std::array<int, 3> in, std::array<int, 3> out,
           std::array<int, 2> kernel, std::array<int, 2> stride, std::array<int, 2> pad,
           const std::string& padding, bool has_weights, bool has_unit_biases,
           const std::vector<std::vector<std::int32_t>>& lists) {
    if (layers.empty()) throw std::invalid_argument("see: there is no layer yet");
    Layer& layer = layers.back();
    layer.kind = parse<Kind>(kind);
    layer.has_weights = has_weights;
    Window& w = layer.window;
    w.in_maps = in[0], w.in_height = in[1], w.in_width = in[2];
    w.maps = out[0], w.height = out[1], w.width = out[2];
    w.kernel_height = kernel[0], w.kernel_width = kernel[1];
    w.stride_height = stride[0], w.stride_width = stride[1];
    w.pad_height = pad[0], w.pad_width = pad[1];
    w.padding = parse<Padding>(padding);
    w.has_unit_biases = has_unit_biases;
    check_window(layer, lists);
    seen_from.back().push_back(0);
    for (const auto& list : lists) {
      seen.back().insert(seen.back().end(), list.begin(), list.end());
      seen_from.back().push_back(static_cast<std::int32_t>(seen.back().size()));
    }
  }

 private:
  // What is wrong here would be read and written outside of the buffers.
  void check_window(const Layer& layer, const std::vector<std::vector<std::int32_t>>& lists) const {
    const Window& w = layer.window;
    const bool is_pool = layer.kind == Kind::avg_pool || layer.kind == Kind::max_pool;
    const std::size_t l = layers.size() - 1;
    const int before = l == 0 ? plan.n_inputs : layers[l - 1].units;
    bool holds = layer.kind != Kind::dense && w.in_maps > 0 && w.in_height > 0 && w.in_width > 0 &&
                 w.inputs() == before && w.maps > 0 && layer.units == w.maps * w.places() &&
                 shortcuts[l].empty() && w.kernel_height > 0 && w.kernel_width > 0 &&
                 w.stride_height > 0 && w.stride_width > 0 && w.pad_height >= 0 &&
                 w.pad_width >= 0 && w.height > 0 && w.width > 0;
    holds = holds &&
            (w.height - 1) * w.stride_height + w.kernel_height <= w.in_height + 2 * w.pad_height &&
            (w.width - 1) * w.stride_width + w.kernel_width <= w.in_width + 2 * w.pad_width;
    holds = holds && (w.padding == Padding::value ||
                      (w.pad_height <= w.in_height && w.pad_width <= w.in_width));
    if (is_pool)
      holds = holds && w.maps == w.in_maps && w.pad_height == 0 && w.pad_width == 0;
    else
      holds = holds && lists.size() == static_cast<std::size_t>(w.maps);
    for (const auto& list : lists) {
      holds = holds && !list.empty();
      for (std::size_t i = 0; i < list.size(); ++i)
        holds = holds && list[i] >= (i == 0 ? 0 : list[i - 1] + 1) && list[i] < w.in_maps;
    }
    if (!holds) throw std::invalid_argument("engine: a window that does not fit its layer");
  }
};

inline void require(bool holds, const char* what) {
  if (!holds) throw std::invalid_argument(std::string("engine: wrong shape of ") + what);
}

template <class Real>
Samples<Real> samples_of(const Plan& plan, const Input<Real, 2>& rows, bool has_weights,
                         const Input<double, 2>& variations) {
  require(static_cast<std::int64_t>(rows.shape(1)) == plan.n_inputs + n_outputs(plan) + 1,
          "samples");
  require(variations.shape(0) > 0 && rows.shape(0) % variations.shape(0) == 0, "samples");
  Samples<Real> it;
  it.rows = rows.data();
  it.n_data = static_cast<std::int64_t>(variations.shape(0));
  it.n = static_cast<std::int64_t>(rows.shape(0)) / it.n_data;
  it.stride = static_cast<std::int64_t>(rows.shape(1));
  it.has_weights = has_weights;
  require(static_cast<int>(variations.shape(1)) == n_outputs(plan), "variations");
  it.variations = variations.data();
  return it;
}

// Whether lanes that read rows of their own can count as far: in float their numbers have 32 bits.
template <class Real>
bool is_addressable(const Plan& plan, const Samples<Real>& samples) {
  const std::int64_t most = sizeof(Real) == 4 ? INT32_MAX : INT64_MAX;
  return (samples.n_data == 1 && plan.batch == 0) ||
         samples.n_data * samples.n <= most / samples.stride;
}

// Trials of one plan, with the arrays their results go to. Holds on to all of them.
template <class Real>
struct OwnedGroup {
  OwnedPlan plan;
  Input<Real, 2> training, validation, test;
  Input<double, 2> training_variations, validation_variations, test_variations;
  Input<double, 2> settings;                                // a row for each configuration C
  Input<double, 3> layer_settings;                          // likewise
  Input<double, 1> goals;                                   // likewise
  Input<std::int64_t, 1> patience;                          // likewise
  Input<std::int64_t, 1> probes, probe_start, probe_count;  // C's are probes[start : start + count]
  Input<std::int64_t, 1> configuration;                     // of each trial
  Input<std::int64_t, 1> data;                              // likewise, the number of its data set
  Input<std::uint64_t, 1> seeds;
  std::optional<Input<double, 2>> weights;
  std::optional<Input<std::uint8_t, 2>> frozen;
  Array<std::int8_t, 1> status;
  Array<std::int64_t, 1> steps, goal_step;
  Array<double, 3> final;
  Optional<double, 4> curves, signals;
  Optional<double, 3> snapshots;
  Optional<double, 2> end_weights;
  bool has_weights = false;
  std::vector<Trial> trials;

  void check(std::int64_t P) const {
    const std::size_t T = seeds.shape(0), C = settings.shape(0), L = plan.layers.size();
    const auto n_parameters = static_cast<std::size_t>(P);
    require(settings.shape(1) == n_settings, "settings");
    require(layer_settings.shape(0) == C && layer_settings.shape(1) == L &&
                layer_settings.shape(2) == n_layer_settings,
            "layer settings");
    require(goals.shape(0) == C && patience.shape(0) == C, "goals");
    require(probe_start.shape(0) == C && probe_count.shape(0) == C, "probes");
    for (std::size_t c = 0; c < C; ++c)
      require(probe_count(c) > 0 && probe_start(c) >= 0 &&
                  probe_start(c) + probe_count(c) <= static_cast<std::int64_t>(probes.shape(0)),
              "probes");
    require(configuration.shape(0) == T, "configuration");
    require(data.shape(0) == T, "data");
    for (std::size_t t = 0; t < T; ++t)
      require(data(t) >= 0 && data(t) < static_cast<std::int64_t>(training_variations.shape(0)),
              "data");
    for (std::size_t t = 0; t < T; ++t)
      require(configuration(t) >= 0 && configuration(t) < static_cast<std::int64_t>(C),
              "configuration");
    require(!weights || (weights->shape(0) == T && weights->shape(1) == n_parameters), "weights");
    require(!frozen || (frozen->shape(0) == T && frozen->shape(1) == n_parameters), "frozen");
    require(status.shape(0) == T && steps.shape(0) == T && goal_step.shape(0) == T, "status");
    require(final.shape(0) == T && final.shape(1) == n_splits && final.shape(2) == 2, "final");
    require(!curves || curves->shape(0) == T, "curves");
    require(!signals || (signals->shape(0) == T && signals->shape(2) == L), "signals");
    require(!snapshots || (snapshots->shape(0) == T && snapshots->shape(2) == n_parameters),
            "snapshots");
    require(!end_weights || (end_weights->shape(0) == T && end_weights->shape(1) == n_parameters),
            "end weights");
  }

  template <class A>
  static double* row(A& array, std::size_t t) {
    return array ? array->data() + t * (array->size() / array->shape(0)) : nullptr;
  }

  Group<Real> get() {
    const Plan& it = plan.get();
    const std::int64_t P = n_parameters(it);
    check(P);
    trials.resize(seeds.shape(0));
    for (std::size_t t = 0; t < trials.size(); ++t) {
      Trial& trial = trials[t];
      trial.seed = seeds(t);
      trial.data = data(t);
      const auto c = static_cast<std::size_t>(configuration(t));
      trial.settings = &settings(c, 0);
      trial.layer_settings = &layer_settings(c, 0, 0);
      trial.weights = weights ? &(*weights)(t, 0) : nullptr;
      trial.frozen = frozen ? &(*frozen)(t, 0) : nullptr;
      trial.probes = probes.data() + probe_start(c);
      trial.n_probes = probe_count(c);
      trial.patience = patience(c);
      trial.goal = goals(c);
      trial.status = reinterpret_cast<Status*>(status.data()) + t;
      trial.steps = steps.data() + t;
      trial.goal_step = goal_step.data() + t;
      trial.final = final.data() + 2 * n_splits * t;
      trial.curves = row(curves, t);
      trial.signals = row(signals, t);
      trial.snapshots = row(snapshots, t);
      trial.end_weights = row(end_weights, t);
    }
    Group<Real> group;
    group.plan = it;
    group.data.training = samples_of<Real>(it, training, has_weights, training_variations);
    group.data.validation = samples_of<Real>(it, validation, has_weights, validation_variations);
    group.data.test = samples_of<Real>(it, test, has_weights, test_variations);
    require(group.data.training.n > 0, "training samples");
    for (const Samples<Real>* split :
         {&group.data.training, &group.data.validation, &group.data.test})
      require(split->n_data == group.data.training.n_data && is_addressable(it, *split), "data");
    group.trials = trials.data();
    group.n_trials = static_cast<std::int64_t>(trials.size());
    return group;
  }
};

}  // namespace amenable
