// Draws experiments. What is drawn, and in which order, is part of the saved hashes of
// together_test.cpp.
#include "experiment.h"

#include "amenable/names.h"

namespace amenable::test {
namespace {

double to_float(double x) { return static_cast<double>(static_cast<float>(x)); }

Activation draw_activation(Draw& draw) {
  // All but the last, the step, which is not for training.
  return static_cast<Activation>(draw.integer(0, names<Activation>().size() - 2));
}

bool is_margin(Loss loss) {
  return loss == Loss::hinge || loss == Loss::squared_hinge || loss == Loss::exponential;
}

// One or two layers of images after one another; what they see, and how, drawn at random.
void draw_images(Experiment& it, Draw& draw) {
  int maps = draw.integer(1, 3), height = draw.integer(3, 7), width = draw.integer(3, 7);
  it.plan.n_inputs = maps * height * width;
  for (int l = 0, n = draw.integer(1, 3); l < n; ++l) {
    const Kind kind = static_cast<Kind>(draw.integer(1, 4));
    const bool is_pool = kind >= Kind::avg_pool;
    Window w;
    w.in_maps = maps, w.in_height = height, w.in_width = width;
    w.maps = is_pool ? maps : draw.integer(1, 5);
    w.kernel_height = draw.integer(1, height < 4 ? height : 4);
    w.kernel_width = draw.integer(1, width < 4 ? width : 4);
    w.stride_height = draw.integer(1, 3), w.stride_width = draw.integer(1, 3);
    if (!is_pool && draw.chance(0.6))
      w.pad_height = draw.integer(0, height < 2 ? 1 : 2), w.pad_width = 1;
    w.padding = static_cast<Padding>(draw.integer(0, 1));
    w.has_unit_biases = draw.chance(0.4);
    w.height = (height + 2 * w.pad_height - w.kernel_height) / w.stride_height + 1;
    w.width = (width + 2 * w.pad_width - w.kernel_width) / w.stride_width + 1;
    std::vector<std::vector<std::int32_t>> connections(is_pool ? 0 : w.maps);
    const bool is_full = draw.chance(0.5);
    for (auto& list : connections) {
      for (int map = 0; map < maps; ++map)
        if (is_full || draw.chance(0.6)) list.push_back(map);
      if (list.empty()) list.push_back(draw.integer(0, maps - 1));
    }
    it.add_window(kind, w, draw_activation(draw), connections);
    Layer& layer = it.layers.back();
    layer.has_bias =
        kind == Kind::avg_pool ? draw.chance(0.5) : kind != Kind::max_pool && draw.chance(0.85);
    layer.has_weights = kind == Kind::avg_pool ? draw.chance(0.5) : !is_pool;
    layer.has_dropout = draw.chance(0.15);
    const int last = names<Initializer>().size() - 1;
    layer.weight_init = static_cast<Initializer>(draw.integer(1, last));
    layer.bias_init = static_cast<Initializer>(draw.integer(0, last));
    maps = w.maps, height = w.height, width = w.width;
  }
}

void draw_layers(Experiment& it, Draw& draw, const Wish& wish) {
  if (wish.has_images)
    draw_images(it, draw);
  else
    it.plan.n_inputs = draw.integer(1, 6);
  const int n_hidden = draw.integer(0, wish.most_hidden);
  for (int l = 0; l <= n_hidden; ++l) {
    const bool is_output = l == n_hidden;
    const int least = is_output && it.plan.loss == Loss::softmax ? 2 : 1;
    const int units = draw.integer(least, is_output ? 4 : 20);
    std::vector<std::int32_t> from;
    const int n_before = static_cast<int>(it.layers.size());
    while (draw.chance(0.25)) from.push_back(draw.integer(0, n_before));
    const Activation activation = draw_activation(draw);
    it.add_layer(
        units,
        is_output && (wish.has_images || draw.chance(0.7)) ? Activation::identity : activation,
        from);
    Layer& layer = it.layers.back();
    layer.has_bias = draw.chance(0.85);
    layer.has_dropout = !is_output && draw.chance(0.15);
    const int last = names<Initializer>().size() - 1;
    // Equal weights stay equal: that is another test's matter.
    layer.weight_init = static_cast<Initializer>(draw.integer(1, last));
    layer.bias_init = static_cast<Initializer>(draw.integer(0, last));
  }
  it.bind();
}

void draw_plan(Experiment& it, Draw& draw, const Wish& wish) {
  Plan& plan = it.plan;
  const int n_losses = names<Loss>().size();
  // The last is the exponential, which in float is soon infinite.
  plan.loss = static_cast<Loss>(draw.integer(0, n_losses - (wish.is_gentle ? 2 : 1)));
  // Rprop looks at signs only, which rounding can turn. The last has experiments of its own.
  const int n_optimizers = names<Optimizer>().size() - 1;
  plan.optimizer = static_cast<Optimizer>(draw.integer(0, n_optimizers - (wish.is_gentle ? 3 : 1)));
  if (wish.has_curvature) {
    plan.optimizer = Optimizer::levenberg_marquardt;
    plan.curvature_samples = draw.integer(1, 40);
    // Their curvature jumps, where rounding can tip it.
    if (plan.loss == Loss::huber || plan.loss == Loss::squared_hinge) plan.loss = Loss::logistic;
  }
  plan.schedule = static_cast<Schedule>(draw.integer(0, 3));
  plan.order = static_cast<Order>(draw.integer(0, 2));
  const int batches[] = {0, 1, 2, 5, 8, 30, 100};
  plan.batch = batches[draw.integer(0, 6)];
  plan.has_l2 = draw.chance(0.3);
  plan.has_l1 = draw.chance(0.2);
  plan.has_weight_decay = draw.chance(0.2);
  plan.has_clip = draw.chance(0.2);
  plan.has_frozen = draw.chance(0.2);
  plan.penalize_biases = draw.chance(0.3);
  const bool has_classes =
      plan.loss == Loss::logistic || plan.loss == Loss::softmax || is_margin(plan.loss);
  plan.metric = has_classes ? Metric::accuracy : static_cast<Metric>(draw.integer(1, 4));
  plan.threshold = 0;
  plan.goal = static_cast<Goal>(draw.integer(0, 2));
  plan.goal_at_least = plan.goal == Goal::metric && plan.metric < Metric::rmse;
  plan.probe_training = draw.chance(0.6);
  plan.probe_signals = draw.chance(0.4);
  draw_layers(it, draw, wish);
}

double draw_target(const Plan& plan, Draw& draw) {
  if (plan.loss == Loss::logistic) return draw.chance(0.5) ? 1 : 0;
  if (is_margin(plan.loss)) return draw.chance(0.5) ? 1 : -1;
  return to_float(draw.normal());
}

std::vector<double> draw_rows(const Experiment& it, Draw& draw, int n) {
  std::vector<double> rows;
  const int n_out = n_outputs(it.plan);
  for (int s = 0; s < n; ++s) {
    for (int i = 0; i < it.plan.n_inputs; ++i) rows.push_back(to_float(draw.normal()));
    const int is_of = draw.integer(0, n_out - 1);
    for (int o = 0; o < n_out; ++o)
      rows.push_back(it.plan.loss == Loss::softmax ? o == is_of : draw_target(it.plan, draw));
    // The first sample always counts.
    const double weight = s > 0 && draw.chance(0.1) ? 0 : to_float(draw.between(0.1, 2));
    rows.push_back(it.has_weights ? weight : 1);
  }
  return rows;
}

void draw_settings(const Experiment& it, Draw& draw, const Wish& wish, TrialNumbers& trial) {
  std::vector<double>& of = trial.settings;
  of.assign(n_settings, 0);
  // Those that divide by the size of the gradient take longer steps.
  const bool is_scaled =
      it.plan.optimizer >= Optimizer::rmsprop && it.plan.optimizer <= Optimizer::adam;
  of[lr] = draw.power_of_2(is_scaled ? -11 : -9, is_scaled ? -7 : -5);
  if (wish.may_diverge && draw.chance(0.2)) of[lr] = draw.chance(0.5) ? 1e30 : 100;
  of[momentum] = draw.between(0.3, 0.95);
  of[dampening] = draw.chance(0.3) ? 0.25 : 0;
  of[beta1] = draw.between(0.7, 0.95);
  of[beta2] = draw.between(0.9, 0.999);
  of[alpha] = draw.between(0.9, 0.99);
  of[eps] = wish.is_gentle ? 0.01 : draw.power_of_2(-27, -12);
  of[eta_minus] = draw.between(0.4, 0.6);
  of[eta_plus] = draw.between(1.1, 1.3);
  of[step_min] = 1e-6;
  of[step_max] = draw.between(0.05, 1);
  of[l2] = draw.power_of_2(-10, -4);
  of[l1] = draw.power_of_2(-9, -5);
  of[weight_decay] = draw.power_of_2(-6, -2);
  of[clip_norm] = draw.chance(0.2) ? std::numeric_limits<double>::infinity() : draw.unit();
  of[warmup] = draw.chance(0.3) ? draw.integer(1, 8) : 0;
  of[schedule_steps] = draw.integer(2, 12);
  of[schedule_factor] = draw.between(0.1, 0.9);
  of[loss_parameter] = draw.between(0.5, 1.5);
  if (wish.has_curvature) of[damping] = draw.between(0.05, 0.5);
  for (const Layer& layer : it.layers) {
    double parameter = 0;
    if (layer.activation == Activation::leaky_relu) parameter = draw.between(0, 0.3);
    if (layer.activation == Activation::elu) parameter = draw.between(0.5, 1.5);
    trial.layer_settings.push_back(parameter);
    trial.layer_settings.push_back(draw.between(0.1, 0.5));  // dropout
    trial.layer_settings.push_back(draw.between(0.5, 1));    // scale of weights
    trial.layer_settings.push_back(draw.between(0, 0.5));    // of biases
    trial.layer_settings.push_back(layer.kind == Kind::dense ? 0 : draw.between(-1, 1));  // border
  }
}

void draw_trial(const Experiment& it, Draw& draw, const Wish& wish, TrialNumbers& trial) {
  trial.seed = draw.word();
  draw_settings(it, draw, wish, trial);
  const std::int64_t P = n_parameters(it.plan);
  if (draw.chance(0.3))
    for (std::int64_t i = 0; i < P; ++i) trial.weights.push_back(to_float(0.5 * draw.normal()));
  if (it.plan.has_frozen && draw.chance(0.8))
    for (std::int64_t i = 0; i < P; ++i) trial.frozen.push_back(draw.chance(0.3));
  const std::int64_t n_steps = draw.integer(1, wish.most_steps);
  for (std::int64_t step = draw.integer(0, 3); step < n_steps; step += draw.integer(1, 6))
    trial.probes.push_back(step);
  trial.probes.push_back(n_steps);
  if (!it.validation.empty() && draw.chance(0.4)) trial.patience = draw.integer(1, 4);
  // Some are met and some are not.
  trial.goal = it.plan.goal == Goal::metric && it.plan.metric == Metric::r2
                   ? draw.between(-1, 0.3)
                   : draw.between(0.4, it.plan.metric == Metric::accuracy ? 1 : 1.5);
}

void draw_judging(Experiment& it, Draw& draw) {
  it.test = draw_rows(it, draw, draw.chance(0.8) ? draw.integer(1, 30) : 0);
  it.plan.restores_best = !it.validation.empty() && draw.chance(0.6);
  it.plan.judges_at_end = draw.chance(0.7);
  if (it.plan.judges_at_end && !it.test.empty() && draw.chance(0.6))
    it.plan.goal_split = Split::test;
}

// More data sets of the same shape, with weights or without, and for each trial one of them.
void draw_data(Experiment& it, Draw& draw, int n_data) {
  const std::size_t stride = it.stride();
  const std::size_t sizes[] = {it.training.size(), it.validation.size(), it.test.size()};
  for (it.n_data = 1; it.n_data < n_data; ++it.n_data) {
    it.has_weights = draw.chance(0.3);
    int split = 0;
    for (auto* rows : {&it.training, &it.validation, &it.test}) {
      const auto more = draw_rows(it, draw, static_cast<int>(sizes[split++] / stride));
      rows->insert(rows->end(), more.begin(), more.end());
    }
  }
  for (TrialNumbers& trial : it.trials) trial.data = draw.integer(0, n_data - 1);
}

}  // namespace

std::vector<Metric> metrics_of(const Plan& plan) {
  if (plan.loss < Loss::logistic) return {Metric::r2, Metric::rmse, Metric::mae, Metric::max_error};
  std::vector<Metric> found{Metric::accuracy, Metric::balanced_accuracy, Metric::f1, Metric::auc};
  if (plan.loss == Loss::softmax || (plan.loss == Loss::logistic && n_outputs(plan) == 1))
    found.insert(found.end(), {Metric::log_loss, Metric::brier});
  return found;
}

void Experiment::add_layer(int units, Activation activation, std::vector<std::int32_t> from) {
  Layer layer;
  layer.units = units;
  layer.activation = activation;
  layers.push_back(layer);
  shortcuts.push_back(std::move(from));
  connections.emplace_back();
  connections_begin.emplace_back();
}

void Experiment::add_window(Kind kind, const Window& window, Activation activation,
                            const std::vector<std::vector<std::int32_t>>& lists) {
  add_layer(window.maps * window.places(), activation);
  layers.back().kind = kind;
  layers.back().window = window;
  connections_begin.back().push_back(0);
  for (const auto& list : lists) {
    connections.back().insert(connections.back().end(), list.begin(), list.end());
    connections_begin.back().push_back(static_cast<std::int32_t>(connections.back().size()));
  }
}

void Experiment::bind() {
  for (std::size_t l = 0; l < layers.size(); ++l) {
    layers[l].window.connections = connections[l].data();
    layers[l].window.connections_begin = connections_begin[l].data();
    layers[l].shortcuts = shortcuts[l].data();
    layers[l].n_shortcuts = static_cast<std::int32_t>(shortcuts[l].size());
  }
  plan.layers = layers.data();
  plan.n_layers = static_cast<std::int32_t>(layers.size());
}

TrialNumbers& Experiment::add_trial(std::uint64_t seed, std::int64_t n_steps) {
  TrialNumbers trial;
  trial.seed = seed;
  trial.settings.assign(n_settings, 0);
  trial.settings[lr] = 0.01;
  trial.settings[momentum] = trial.settings[beta1] = 0.9;
  trial.settings[beta2] = trial.settings[alpha] = 0.99;
  trial.settings[eps] = 1e-8;
  trial.settings[clip_norm] = std::numeric_limits<double>::infinity();
  trial.settings[schedule_steps] = trial.settings[loss_parameter] = 1;
  for (std::size_t l = 0; l < layers.size(); ++l)
    for (const double setting : {0.0, 0.0, 1.0, 0.0, 0.0}) trial.layer_settings.push_back(setting);
  trial.probes.push_back(n_steps);
  return trials.emplace_back(std::move(trial));
}

std::string Experiment::name() const {
  std::string text = std::to_string(plan.n_inputs);
  const auto say = [&](auto chosen) {
    text += ' ';
    text += name_of(chosen);
  };
  for (std::size_t l = 0; l < layers.size(); ++l) {
    text += '-';
    text += std::to_string(layers[l].units);
    if (layers[l].kind != Kind::dense) {
      const Window& w = layers[l].window;
      say(layers[l].kind), say(w.padding);
      for (const int number :
           {w.in_maps, w.in_height, w.in_width, w.maps, w.kernel_height, w.kernel_width,
            w.stride_height, w.stride_width, w.pad_height, w.pad_width})
        text.append(" ").append(std::to_string(number));
    }
    say(layers[l].activation);
    if (layers[l].has_dropout) text += " dropout";
    for (const int k : shortcuts[l]) text.append("+").append(std::to_string(k));
  }
  say(plan.loss), say(plan.optimizer), say(plan.schedule), say(plan.order);
  text += ' ';
  text += std::to_string(plan.batch);
  if (plan.has_l2) text += " l2";
  if (plan.has_l1) text += " l1";
  if (plan.has_weight_decay) text += " decay";
  if (plan.has_clip) text += " clip";
  if (plan.has_frozen) text += " frozen";
  if (has_weights) text += " weighted";
  return text;
}

Experiment draw_experiment(std::uint64_t seed, const Wish& wish) {
  Draw draw(seed);
  Experiment it;
  draw_plan(it, draw, wish);
  it.has_weights = draw.chance(0.3);
  const int n_training = draw.integer(1, 40), n_validation = draw.chance(0.8) ? 12 : 0;
  it.training = draw_rows(it, draw, n_training);
  it.validation = draw_rows(it, draw, n_validation);
  it.plan.goal_split = n_validation > 0 && draw.chance(0.5) ? Split::validation : Split::training;
  it.trials.resize(wish.n_trials);
  for (TrialNumbers& trial : it.trials) draw_trial(it, draw, wish, trial);
  if (wish.has_judging) draw_judging(it, draw);
  if (wish.n_data > 1) draw_data(it, draw, wish.n_data);
  return it;
}

Experiment plain_experiment(const std::vector<int>& widths, int n_samples) {
  Draw draw(1);
  Experiment it;
  it.plan.n_inputs = widths[0];
  it.plan.loss = Loss::logistic;
  it.plan.optimizer = Optimizer::adam;
  it.plan.threshold = 0;
  for (std::size_t l = 1; l < widths.size(); ++l)
    it.add_layer(widths[l], l + 1 < widths.size() ? Activation::tanh : Activation::identity);
  it.bind();
  it.training = draw_rows(it, draw, n_samples);
  return it;
}

}  // namespace amenable::test
