// The compiled module: checks shapes, lets go of the interpreter and calls the engine. It computes
// nothing.
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/array.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <optional>
#include <string>
#include <vector>

#include "bindings/owned.h"
#include "targets/target.h"

namespace nb = nanobind;
using namespace nb::literals;

namespace amenable {
namespace {

const char* or_null(const std::optional<std::string>& name) {
  return name ? name->c_str() : nullptr;
}

template <class Real>
void train_groups(std::vector<OwnedGroup<Real>*> owned, int n_threads, Progress& progress,
                  const std::optional<std::string>& target) {
  std::vector<Group<Real>> groups;
  for (auto* group : owned) groups.push_back(group->get());
  const nb::gil_scoped_release unlocked;
  train<Real>(groups.data(), static_cast<std::int64_t>(groups.size()), n_threads, or_null(target),
              progress);
}

template <class Real>
double bytes_of_training(OwnedPlan& owned, Input<Real, 2> rows, bool has_weights,
                         Input<double, 2> variations, const std::optional<std::string>& target) {
  const Plan& plan = owned.get();
  Data<Real> data;
  data.training = samples_of<Real>(plan, rows, has_weights, variations);
  require(data.training.n > 0, "samples");
  return training_bytes<Real>(plan, data, or_null(target));
}

template <class Real>
void predict_networks(OwnedPlan& owned, int upto, Input<double, 2> weights,
                      Input<double, 3> layer_settings, Input<Real, 2> inputs,
                      Array<double, 3> outputs, int n_threads, Progress& progress,
                      const std::optional<std::string>& target) {
  const Plan& plan = owned.get();
  require(upto >= 0 && upto <= plan.n_layers, "layers");
  const int n_out = upto == 0 ? plan.n_inputs : plan.layers[upto - 1].units;
  require(static_cast<std::int64_t>(weights.shape(1)) == n_parameters(plan), "weights");
  require(layer_settings.shape(0) == weights.shape(0) &&
              layer_settings.shape(1) == owned.layers.size() &&
              layer_settings.shape(2) == n_layer_settings,
          "layer settings");
  require(static_cast<int>(inputs.shape(1)) == plan.n_inputs, "inputs");
  require(outputs.shape(0) == weights.shape(0) && outputs.shape(1) == inputs.shape(0) &&
              static_cast<int>(outputs.shape(2)) == n_out,
          "outputs");
  const nb::gil_scoped_release unlocked;
  predict<Real>(plan, upto, weights.data(), layer_settings.data(),
                static_cast<std::int64_t>(weights.shape(0)), inputs.data(),
                static_cast<std::int64_t>(inputs.shape(0)), outputs.data(), n_threads,
                or_null(target), progress);
}

template <class Real>
void measure_networks(OwnedPlan& owned, Input<double, 2> weights, Input<double, 2> settings,
                      Input<double, 3> layer_settings, Input<Real, 2> rows, bool has_weights,
                      Input<double, 2> variations, Array<double, 2> losses,
                      Optional<double, 2> gradients, int n_threads, Progress& progress,
                      const std::optional<std::string>& target) {
  const Plan& plan = owned.get();
  const std::size_t T = weights.shape(0);
  require(static_cast<std::int64_t>(weights.shape(1)) == n_parameters(plan), "weights");
  require(settings.shape(0) == T && settings.shape(1) == n_settings, "settings");
  require(layer_settings.shape(0) == T && layer_settings.shape(1) == owned.layers.size() &&
              layer_settings.shape(2) == n_layer_settings,
          "layer settings");
  require(losses.shape(0) == T && losses.shape(1) == 2, "losses");
  require(!gradients || (gradients->shape(0) == T && gradients->shape(1) == weights.shape(1)),
          "gradients");
  const Samples<Real> samples = samples_of<Real>(plan, rows, has_weights, variations);
  require(samples.n > 0, "samples");
  const nb::gil_scoped_release unlocked;
  measure<Real>(plan, weights.data(), settings.data(), layer_settings.data(),
                static_cast<std::int64_t>(T), samples, losses.data(),
                gradients ? gradients->data() : nullptr, n_threads, or_null(target), progress);
}

template <class Enum>
nb::tuple names() {
  nb::list list;
  for (const char* name : Names<Enum>::list) list.append(name);
  return nb::tuple(list);
}

template <class Real>
void bind(nb::module_& m, const char* group_name, const char* train_name, const char* bytes_name,
          const char* predict_name, const char* measure_name, const char* elementary_name) {
  using G = OwnedGroup<Real>;
  nb::class_<G>(m, group_name)
      .def(
          "__init__",
          [](G* group, const OwnedPlan& plan, Input<Real, 2> training, Input<Real, 2> validation,
             Input<Real, 2> test, bool has_weights, Input<double, 2> training_variations,
             Input<double, 2> validation_variations, Input<double, 2> test_variations,
             Input<double, 2> settings, Input<double, 3> layer_settings, Input<double, 1> goals,
             Input<std::int64_t, 1> patience, Input<std::int64_t, 1> probes,
             Input<std::int64_t, 1> probe_start, Input<std::int64_t, 1> probe_count,
             Input<std::int64_t, 1> configuration, Input<std::int64_t, 1> data,
             Input<std::uint64_t, 1> seeds, Array<std::int8_t, 1> status,
             Array<std::int64_t, 1> steps, Array<std::int64_t, 1> goal_step, Array<double, 3> final,
             std::optional<Input<double, 2>> weights, std::optional<Input<std::uint8_t, 2>> frozen,
             Optional<double, 4> curves, Optional<double, 4> signals, Optional<double, 3> snapshots,
             Optional<double, 2> end_weights) {
            new (group) G{plan,
                          training,
                          validation,
                          test,
                          training_variations,
                          validation_variations,
                          test_variations,
                          settings,
                          layer_settings,
                          goals,
                          patience,
                          probes,
                          probe_start,
                          probe_count,
                          configuration,
                          data,
                          seeds,
                          weights,
                          frozen,
                          status,
                          steps,
                          goal_step,
                          final,
                          curves,
                          signals,
                          snapshots,
                          end_weights,
                          has_weights,
                          {}};
          },
          nb::kw_only(), "plan"_a, "training"_a, "validation"_a, "test"_a, "has_weights"_a,
          "training_variations"_a, "validation_variations"_a, "test_variations"_a, "settings"_a,
          "layer_settings"_a, "goals"_a, "patience"_a, "probes"_a, "probe_start"_a, "probe_count"_a,
          "configuration"_a, "data"_a, "seeds"_a, "status"_a, "steps"_a, "goal_step"_a, "final"_a,
          "weights"_a = nb::none(), "frozen"_a = nb::none(), "curves"_a = nb::none(),
          "signals"_a = nb::none(), "snapshots"_a = nb::none(), "end_weights"_a = nb::none());
  m.def(train_name, &train_groups<Real>, "groups"_a, "n_threads"_a, "progress"_a,
        "target"_a = nb::none());
  m.def(bytes_name, &bytes_of_training<Real>, "plan"_a, "rows"_a, "has_weights"_a, "variations"_a,
        "target"_a = nb::none());
  m.def(predict_name, &predict_networks<Real>, "plan"_a, "upto"_a, "weights"_a, "layer_settings"_a,
        "inputs"_a, "outputs"_a, "n_threads"_a, "progress"_a, "target"_a = nb::none());
  m.def(measure_name, &measure_networks<Real>, "plan"_a, "weights"_a, "settings"_a,
        "layer_settings"_a, "rows"_a, "has_weights"_a, "variations"_a, "losses"_a, "gradients"_a,
        "n_threads"_a, "progress"_a, "target"_a = nb::none());
  m.def(
      elementary_name,
      [](const std::string& function, Input<Real, 1> x, Array<Real, 1> y,
         const std::optional<std::string>& target) {
        require(x.shape(0) == y.shape(0), "y");
        const Target& set = choose_target(or_null(target));
        const auto& use = [&]() -> const Kernels<Real>& {
          if constexpr (sizeof(Real) == 4)
            return set.of_float;
          else
            return set.of_double;
        }();
        if (!use.elementary(function.c_str(), x.data(), static_cast<std::int64_t>(x.shape(0)),
                            y.data()))
          throw std::invalid_argument("no elementary function is called '" + function + "'");
      },
      "function"_a, "x"_a, "y"_a, "target"_a = nb::none());
}

}  // namespace
}  // namespace amenable

NB_MODULE(_core, m) {
  using namespace amenable;
  m.doc() = "The engine. Use it through amenable.engine.";

  nb::class_<Progress>(m, "Progress")
      .def(nb::init<>())
      .def("cancel", [](Progress& p) { p.is_cancelled = true; })
      .def_prop_ro("is_cancelled", [](const Progress& p) { return p.is_cancelled.load(); })
      .def_prop_ro("finished", [](const Progress& p) { return p.finished.load(); });

  nb::class_<OwnedPlan>(m, "Plan")
      .def(
          "__init__",
          [](OwnedPlan* self, int n_inputs, const std::string& loss, const std::string& optimizer,
             const std::string& schedule, const std::string& order, int batch,
             int curvature_samples, bool has_l2, bool has_l1, bool has_weight_decay, bool has_clip,
             bool has_frozen, bool penalize_biases, const std::string& metric, double threshold,
             const std::string& goal, const std::string& goal_split, bool goal_at_least,
             bool judges_at_end, bool restores_best, bool probe_training, bool probe_signals) {
            Plan p;
            p.n_inputs = n_inputs;
            p.loss = parse<Loss>(loss);
            p.optimizer = parse<Optimizer>(optimizer);
            p.schedule = parse<Schedule>(schedule);
            p.order = parse<Order>(order);
            p.batch = batch;
            p.curvature_samples = curvature_samples;
            p.has_l2 = has_l2, p.has_l1 = has_l1, p.has_weight_decay = has_weight_decay;
            p.has_clip = has_clip, p.has_frozen = has_frozen;
            p.penalize_biases = penalize_biases;
            p.metric = parse<Metric>(metric);
            p.threshold = threshold;
            p.goal = parse<Goal>(goal);
            p.goal_split = parse<Split>(goal_split);
            p.goal_at_least = goal_at_least;
            p.judges_at_end = judges_at_end, p.restores_best = restores_best;
            p.probe_training = probe_training, p.probe_signals = probe_signals;
            new (self) OwnedPlan{p, {}, {}, {}, {}};
          },
          nb::kw_only(), "n_inputs"_a, "loss"_a = "squared", "optimizer"_a = "sgd",
          "schedule"_a = "constant", "order"_a = "shuffled", "batch"_a = 0,
          "curvature_samples"_a = 500, "has_l2"_a = false, "has_l1"_a = false,
          "has_weight_decay"_a = false, "has_clip"_a = false, "has_frozen"_a = false,
          "penalize_biases"_a = false, "metric"_a = "accuracy", "threshold"_a = 0.5,
          "goal"_a = "none", "goal_split"_a = "training", "goal_at_least"_a = true,
          "judges_at_end"_a = false, "restores_best"_a = false, "probe_training"_a = true,
          "probe_signals"_a = false)
      .def("add_layer", &OwnedPlan::add_layer, nb::kw_only(), "units"_a, "activation"_a,
           "has_bias"_a, "has_dropout"_a, "shortcuts"_a, "weight_init"_a, "bias_init"_a)
      .def("see", &OwnedPlan::see, nb::kw_only(), "kind"_a, "inputs"_a, "outputs"_a, "kernel"_a,
           "stride"_a, "pad"_a, "padding"_a, "has_weights"_a, "has_unit_biases"_a, "seen"_a)
      .def_prop_ro("n_parameters", [](OwnedPlan& self) { return n_parameters(self.get()); });

  bind<float>(m, "GroupFloat", "train_float", "training_bytes_float", "predict_float",
              "measure_float", "elementary_float");
  bind<double>(m, "GroupDouble", "train_double", "training_bytes_double", "predict_double",
               "measure_double", "elementary_double");

  m.def(
      "initialize",
      [](OwnedPlan& plan, Input<double, 3> layer_settings, Input<std::uint64_t, 1> seeds,
         Array<double, 2> weights) {
        const Plan& it = plan.get();
        require(static_cast<std::int64_t>(weights.shape(1)) == n_parameters(it) &&
                    weights.shape(0) == seeds.shape(0) &&
                    layer_settings.shape(0) == seeds.shape(0) &&
                    layer_settings.shape(1) == plan.layers.size() &&
                    layer_settings.shape(2) == n_layer_settings,
                "weights");
        const nb::gil_scoped_release unlocked;
        for (std::size_t t = 0; t < seeds.shape(0); ++t)
          initialize(it, &layer_settings(t, 0, 0), seeds(t), &weights(t, 0));
      },
      "plan"_a, "layer_settings"_a, "seeds"_a, "weights"_a);

  m.def("available_cores", &available_cores);
  m.def("targets", [] {
    nb::list list;
    for (const char* const* name = targets(); *name != nullptr; ++name) list.append(*name);
    return nb::tuple(list);
  });
  m.attr("SETTINGS") = names<Setting>();
  m.attr("LAYER_SETTINGS") = names<LayerSetting>();
  m.attr("SIGNALS") = names<Signal>();
  m.attr("STATUSES") = names<Status>();
  m.attr("ACTIVATIONS") = names<Activation>();
  m.attr("LOSSES") = names<Loss>();
  m.attr("OPTIMIZERS") = names<Optimizer>();
  m.attr("SCHEDULES") = names<Schedule>();
  m.attr("INITIALIZERS") = names<Initializer>();
  m.attr("METRICS") = names<Metric>();
}
