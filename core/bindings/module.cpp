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

constexpr const char* BY_KEYWORD = "def __init__(self, **arguments: object) -> None";

const char* or_null(const std::optional<std::string>& name) {
  return name ? name->c_str() : nullptr;
}

template <class Real>
void train_groups(std::vector<OwnedGroup<Real>*> owned, int n_threads, Progress& progress,
                  const std::optional<std::string>& target) {
  std::vector<Group<Real>> groups;
  for (auto* group : owned) {
    if (group == nullptr) throw nb::type_error("train: a group is None");
    groups.push_back(group->get());
  }
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
nb::tuple tuple_of_names() {
  nb::list list;
  for (const auto& name : names<Enum>()) list.append(name);
  return nb::tuple(list);
}

template <class Real>
void bind(nb::module_& m, const char* group_name, const char* train_name, const char* bytes_name,
          const char* predict_name, const char* measure_name, const char* elementary_name) {
  using G = OwnedGroup<Real>;
  nb::class_<G>(m, group_name)
      .def(
          "__init__",
          [group_name](G* self, const nb::kwargs& given) { new (self) G(group_name, given); },
          nb::sig(BY_KEYWORD));
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
#ifdef NDEBUG
  nb::set_leak_warnings(false);  // a process that ends while a daemon thread trains leaks nothing
#endif

  nb::class_<Progress>(m, "Progress")
      .def(nb::init<>())
      .def("cancel", [](Progress& p) { p.is_cancelled = true; })
      .def_prop_ro("is_cancelled", [](const Progress& p) { return p.is_cancelled.load(); })
      .def_prop_ro("finished", [](const Progress& p) { return p.finished.load(); });

  nb::class_<OwnedPlan>(m, "Plan")
      .def(nb::init<const nb::kwargs&>(), nb::sig(BY_KEYWORD))
      .def("add_layer", &OwnedPlan::add_layer, nb::kw_only(), "units"_a, "activation"_a,
           "has_bias"_a, "has_dropout"_a, "shortcuts"_a, "weight_init"_a, "bias_init"_a)
      .def("set_window", &OwnedPlan::set_window, nb::kw_only(), "kind"_a, "inputs"_a, "outputs"_a,
           "kernel"_a, "stride"_a, "pad"_a, "padding"_a, "has_weights"_a, "has_unit_biases"_a,
           "connections"_a)
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
  m.attr("SETTINGS") = tuple_of_names<Setting>();
  m.attr("LAYER_SETTINGS") = tuple_of_names<LayerSetting>();
  m.attr("SIGNALS") = tuple_of_names<Signal>();
  m.attr("STATUSES") = tuple_of_names<Status>();
  m.attr("ACTIVATIONS") = tuple_of_names<Activation>();
  m.attr("LOSSES") = tuple_of_names<Loss>();
  m.attr("OPTIMIZERS") = tuple_of_names<Optimizer>();
  m.attr("SCHEDULES") = tuple_of_names<Schedule>();
  m.attr("INITIALIZERS") = tuple_of_names<Initializer>();
  m.attr("METRICS") = tuple_of_names<Metric>();
}
