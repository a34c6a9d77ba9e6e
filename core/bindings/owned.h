// Plans and groups that own what they point to: lists of layers, and arrays of Python's.
#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "amenable/engine.h"
#include "amenable/names.h"
#include "bindings/arguments.h"

namespace amenable {

inline void check(bool holds, const std::string& what) {
  if (!holds) throw std::invalid_argument("engine: " + what);
}
inline void require(bool holds, const char* what) {
  check(holds, std::string("wrong shape of ") + what);
}

// A plan that owns its layers.
struct OwnedPlan {
  Plan plan;
  std::vector<Layer> layers;
  std::vector<std::vector<std::int32_t>> shortcuts, connections, connections_begin;

  OwnedPlan() = default;
  explicit OwnedPlan(const nb::kwargs& given) {
    Arguments arguments("Plan", given);
    arguments.required("n_inputs", plan.n_inputs);
    arguments.optional("loss", plan.loss);
    arguments.optional("optimizer", plan.optimizer);
    arguments.optional("schedule", plan.schedule);
    arguments.optional("order", plan.order);
    arguments.optional("batch", plan.batch);
    arguments.optional("curvature_samples", plan.curvature_samples);
    arguments.optional("has_l2", plan.has_l2);
    arguments.optional("has_l1", plan.has_l1);
    arguments.optional("has_weight_decay", plan.has_weight_decay);
    arguments.optional("has_clip", plan.has_clip);
    arguments.optional("has_frozen", plan.has_frozen);
    arguments.optional("penalize_biases", plan.penalize_biases);
    arguments.optional("metric", plan.metric);
    arguments.optional("threshold", plan.threshold);
    arguments.optional("goal", plan.goal);
    arguments.optional("goal_split", plan.goal_split);
    arguments.optional("goal_at_least", plan.goal_at_least);
    arguments.optional("judges_at_end", plan.judges_at_end);
    arguments.optional("restores_best", plan.restores_best);
    arguments.optional("probe_training", plan.probe_training);
    arguments.optional("probe_signals", plan.probe_signals);
    arguments.no_others();
    check(plan.n_inputs > 0, "n_inputs must be positive");
  }

  const Plan& get() {
    check(!layers.empty(), "the plan has no layers");
    for (std::size_t i = 0; i < layers.size(); ++i) {
      layers[i].window.connections = connections[i].data();
      layers[i].window.connections_begin = connections_begin[i].data();
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
    check(units > 0, "units must be positive");
    for (const int k : from)
      check(k >= 0 && k <= static_cast<int>(layers.size()),
            "shortcut from layer " + std::to_string(k) + ", which does not come before");
    layers.push_back(layer);
    shortcuts.push_back(from);
    connections.emplace_back();
    connections_begin.emplace_back();
  }

  // Makes the layer that was added last one of images. Shapes are (maps, height, width), the others
  // (height, width); `lists`: the input maps that each map sees.
  void set_window(const std::string& kind, std::array<int, 3> in, std::array<int, 3> out,
                  std::array<int, 2> kernel, std::array<int, 2> stride, std::array<int, 2> pad,
                  const std::string& padding, bool has_weights, bool has_unit_biases,
                  const std::vector<std::vector<std::int32_t>>& lists) {
    check(!layers.empty() && connections_begin.back().empty(),
          "a window needs a layer that has none yet");
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
    connections_begin.back().push_back(0);
    for (const auto& list : lists) {
      connections.back().insert(connections.back().end(), list.begin(), list.end());
      connections_begin.back().push_back(static_cast<std::int32_t>(connections.back().size()));
    }
  }

 private:
  // What is wrong here would be read and written outside of the buffers.
  void check_window(const Layer& layer, const std::vector<std::vector<std::int32_t>>& lists) const {
    const Window& w = layer.window;
    const bool is_pool = layer.kind == Kind::avg_pool || layer.kind == Kind::max_pool;
    const std::size_t l = layers.size() - 1;
    const int before = l == 0 ? plan.n_inputs : layers[l - 1].units;
    check(layer.kind != Kind::dense, "a window of a dense layer");
    check(shortcuts[l].empty(), "shortcuts to a layer of images");
    check(is_image(w.in_maps, w.in_height, w.in_width, before), "inputs of a window");
    check(is_image(w.maps, w.height, w.width, layer.units), "outputs of a window");
    check(!is_pool || w.maps == w.in_maps, "outputs of pooling");
    check(!is_pool || (w.pad_height == 0 && w.pad_width == 0), "pad of pooling");
    check_axis(w.height, w.kernel_height, w.stride_height, w.pad_height, w.in_height, w.padding);
    check_axis(w.width, w.kernel_width, w.stride_width, w.pad_width, w.in_width, w.padding);
    check(product(w.in_maps, w.in_height + 2.0 * w.pad_height, w.in_width + 2.0 * w.pad_width) <=
              INT32_MAX,
          "pad of a window");
    check(is_pool || lists.size() == static_cast<std::size_t>(w.maps),
          "connections: a list for each map");
    for (const auto& list : lists) {
      check(!list.empty(), "connections: an empty list");
      for (std::size_t i = 0; i < list.size(); ++i)
        check(list[i] >= (i == 0 ? 0 : list[i - 1] + 1) && list[i] < w.in_maps,
              "connections: not ascending, or no such map");
    }
  }

  // As floating-point numbers, which do not overflow.
  static double product(double maps, double height, double width) { return maps * height * width; }

  static bool is_image(int maps, int height, int width, int units) {
    return maps > 0 && height > 0 && width > 0 && product(maps, height, width) == units;
  }

  // Of height or width, in 64 bits: sums and products may need them.
  static void check_axis(std::int64_t size, std::int64_t kernel, std::int64_t stride,
                         std::int64_t pad, std::int64_t in, Padding padding) {
    const std::int64_t padded = in + 2 * pad;
    check(pad >= 0 && (padding == Padding::value || pad <= in), "pad of a window");
    check(kernel > 0 && kernel <= padded, "kernel of a window");
    check(stride > 0 && (size - 1) * stride + kernel <= padded, "stride of a window");
  }
};

template <class Real>
Samples<Real> samples_of(const Plan& plan, const Input<Real, 2>& rows, bool has_weights,
                         const Input<double, 2>& variations) {
  require(
      static_cast<std::int64_t>(rows.shape(1)) == std::int64_t{plan.n_inputs} + n_outputs(plan) + 1,
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

  OwnedGroup(const char* name, const nb::kwargs& given) {
    Arguments arguments(name, given);
    arguments.required("plan", plan);
    arguments.required("training", training);
    arguments.required("validation", validation);
    arguments.required("test", test);
    arguments.required("has_weights", has_weights);
    arguments.required("training_variations", training_variations);
    arguments.required("validation_variations", validation_variations);
    arguments.required("test_variations", test_variations);
    arguments.required("settings", settings);
    arguments.required("layer_settings", layer_settings);
    arguments.required("goals", goals);
    arguments.required("patience", patience);
    arguments.required("probes", probes);
    arguments.required("probe_start", probe_start);
    arguments.required("probe_count", probe_count);
    arguments.required("configuration", configuration);
    arguments.required("data", data);
    arguments.required("seeds", seeds);
    arguments.required("status", status);
    arguments.required("steps", steps);
    arguments.required("goal_step", goal_step);
    arguments.required("final", final);
    arguments.optional("weights", weights);
    arguments.optional("frozen", frozen);
    arguments.optional("curves", curves);
    arguments.optional("signals", signals);
    arguments.optional("snapshots", snapshots);
    arguments.optional("end_weights", end_weights);
    arguments.no_others();
  }

  void check_shapes(std::int64_t P) const {
    const std::size_t T = seeds.shape(0), C = settings.shape(0), L = plan.layers.size();
    const auto n_parameters = static_cast<std::size_t>(P);
    require(settings.shape(1) == n_settings, "settings");
    require(layer_settings.shape(0) == C && layer_settings.shape(1) == L &&
                layer_settings.shape(2) == n_layer_settings,
            "layer settings");
    require(goals.shape(0) == C && patience.shape(0) == C, "goals");
    require(probe_start.shape(0) == C && probe_count.shape(0) == C, "probes");
    const std::size_t K = most_probes();
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
    require(!curves || (curves->shape(0) == T && curves->shape(1) >= K && curves->shape(2) == 2 &&
                        curves->shape(3) == 2),
            "curves");
    require(!signals || (signals->shape(0) == T && signals->shape(1) >= K &&
                         signals->shape(2) == L && signals->shape(3) == n_signals),
            "signals");
    check(!signals || plan.plan.probe_signals, "signals of a plan that does not probe them");
    require(!snapshots || (snapshots->shape(0) == T && snapshots->shape(1) >= K &&
                           snapshots->shape(2) == n_parameters),
            "snapshots");
    require(!end_weights || (end_weights->shape(0) == T && end_weights->shape(1) == n_parameters),
            "end weights");
  }

  // Of a configuration; checks that the steps of each are there and ascend.
  std::size_t most_probes() const {
    const auto n = static_cast<std::int64_t>(probes.shape(0));
    std::int64_t most = 0;
    for (std::size_t c = 0; c < settings.shape(0); ++c) {
      const std::int64_t start = probe_start(c), count = probe_count(c);
      check(start >= 0 && start < n && count > 0 && count <= n - start,
            "probe_start and probe_count lie outside of probes");
      for (std::int64_t k = 0; k < count; ++k)
        check(probes(start + k) > (k == 0 ? -1 : probes(start + k - 1)),
              "the probes of a configuration must ascend from 0");
      most = std::max(most, count);
    }
    return static_cast<std::size_t>(most);
  }

  template <class A>
  static double* row(A& array, std::size_t t) {
    return array ? array->data() + t * (array->size() / array->shape(0)) : nullptr;
  }

  Group<Real> get() {
    const Plan& it = plan.get();
    const std::int64_t P = n_parameters(it);
    check_shapes(P);
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
