// The engine against the reference, on experiments drawn at random and every instruction set of
// this machine: training in double to rounding, in float for a few steps, gradients, initial
// weights; and both against central differences. Argument: how many experiments.

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "amenable/names.h"
#include "check.h"
#include "experiment.h"
#include "reference/reference.h"
#include "targets/target.h"

namespace amenable::test {
namespace {

// |a - b| <= limit (1 + |b|). In double, rounding errors of 1e-16 (and of 1e-12 in the elementary
// functions) grow over 30 steps by less than 1000; in float 6e-8 grow over 3 steps.
constexpr double DOUBLE_LIMIT = 1e-9, FLOAT_LIMIT = 2e-4;
// Of the largest number in a gradient.
constexpr double GRADIENT_LIMIT = 1e-10, DIFFERENCES_LIMIT = 1e-6;

double distance(double a, double b) {
  if (a == b || (std::isnan(a) && std::isnan(b))) return 0;
  const double d = std::fabs(a - b) / (1 + std::fabs(b));
  return std::isnan(d) ? INFINITY : d;
}

double distance(const std::vector<double>& a, const std::vector<double>& b) {
  double largest = a.size() == b.size() ? 0 : INFINITY;
  for (std::size_t i = 0; i < a.size(); ++i) largest = std::max(largest, distance(a[i], b[i]));
  return largest;
}

std::vector<Outcome> train_with_reference(const Experiment& it) {
  Attempt<double> attempt(it, first_numbers(it.trials.size()));
  for (std::int64_t t = 0; t < attempt.group().n_trials; ++t)
    reference::train(attempt.group().plan, attempt.group().data, attempt.group().trials[t]);
  return attempt.outcomes();
}

// What was compared, to show that the comparisons are about something.
struct Tally {
  int n_trials = 0, statuses[5] = {};
  double worst = 0;

  void print(const char* what, double limit) const {
    std::printf("%s: %d trials", what, n_trials);
    for (int i = 0; i < 5; ++i)
      if (statuses[i] > 0) std::printf(", %d %s", statuses[i], names<Status>()[i].c_str());
    std::printf("; worst difference %.1e (limit %.0e)\n", worst, limit);
  }
};

void compare(const Outcome& got, const Outcome& expected, double limit, const std::string& name,
             Tally& tally) {
  ++tally.n_trials;
  ++tally.statuses[static_cast<int>(got.status)];
  bool same = CHECK(got.status == expected.status);
  same = CHECK(got.steps == expected.steps) && same;
  same = CHECK(got.goal_step == expected.goal_step) && same;
  // On the way to infinity every digit is lost.
  const bool is_comparable = same && expected.status != Status::diverged;
  const struct {
    const char* what;
    double d;
  } differences[] = {{"final", distance(got.final, expected.final)},
                     {"curves", distance(got.curves, expected.curves)},
                     {"signals", distance(got.signals, expected.signals)},
                     {"snapshots", distance(got.snapshots, expected.snapshots)},
                     {"weights", distance(got.end_weights, expected.end_weights)}};
  for (const auto& [what, d] : differences) {
    if (!is_comparable) break;
    tally.worst = std::max(tally.worst, d);
    if (!CHECK(d <= limit)) std::printf("  %s differ by %.2e\n", what, d), same = false;
  }
  if (!same)
    std::printf("  in %s: %s after %lld steps, expected %s after %lld\n", name.c_str(),
                name_of(got.status), static_cast<long long>(got.steps), name_of(expected.status),
                static_cast<long long>(expected.steps));
}

template <class Real>
void check_training(const char* what, int n, const Wish& wish, double limit) {
  Tally tally;
  for (int seed = 0; seed < n; ++seed) {
    Wish of_data = wish;
    of_data.n_data = 1 + seed % 3;
    const Experiment it = draw_experiment(seed, of_data);
    const std::vector<Outcome> expected = train_with_reference(it);
    for (const char* const* target = targets(); *target != nullptr; ++target) {
      const auto got = train_some<Real>(it, first_numbers(it.trials.size()), 1, *target);
      for (std::size_t t = 0; t < got.size(); ++t)
        compare(got[t], expected[t], limit,
                std::string(*target) + ", experiment " + std::to_string(seed) + " (" + it.name() +
                    "), trial " + std::to_string(t),
                tally);
    }
  }
  tally.print(what, limit);
}

struct Measurement {
  double loss, metric;
  std::vector<double> gradient;
};

// With the engine, one network of these weights.
Measurement measure_one(const Experiment& it, const Attempt<double>& attempt,
                        const std::vector<double>& w, const char* target) {
  Progress progress;
  double losses[2];
  std::vector<double> g(w.size());
  const TrialNumbers& trial = it.trials[0];
  measure<double>(it.plan, w.data(), trial.settings.data(), trial.layer_settings.data(), 1,
                  attempt.group().data.training, losses, g.data(), 1, target, progress);
  return {losses[0], losses[1], g};
}

// The gradient of the loss, for some of the parameters, by central differences of the engine's
// own loss: nothing in common with the chain rule.
double distance_from_differences(const Experiment& it, const Attempt<double>& attempt,
                                 std::vector<double> w, const Measurement& at, double scale) {
  double largest = 0;
  Draw draw(w.size());
  for (int i = 0; i < 5; ++i) {
    double& moved = w[draw.integer(0, static_cast<int>(w.size()) - 1)];
    const std::size_t which = &moved - w.data();
    const double was = moved, h = 1e-5;
    moved = was + h;
    const double above = measure_one(it, attempt, w, nullptr).loss;
    moved = was - h;
    const double below = measure_one(it, attempt, w, nullptr).loss;
    moved = was;
    largest = std::max(largest, std::fabs((above - below) / (2 * h) - at.gradient[which]) / scale);
  }
  return largest;
}

// Of every kind, on every instruction set. `network` has the plan of `it`.
void check_metrics(Experiment& it, const Attempt<double>& attempt, const std::vector<double>& w,
                   const reference::Network& network) {
  const Metric was = it.plan.metric;
  for (const Metric metric : metrics_of(it.plan)) {
    it.plan.metric = metric;
    const double p = it.trials[0].settings[loss_parameter];
    const double expected = reference::measure(network, p, attempt.group().data.training).metric;
    for (const char* const* target = targets(); *target != nullptr; ++target) {
      const double got = measure_one(it, attempt, w, *target).metric;
      if (!CHECK(distance(got, expected) <= DOUBLE_LIMIT))
        std::printf("  %s %.15g, expected %.15g: %s\n", name_of(metric), got, expected,
                    it.name().c_str());
    }
  }
  it.plan.metric = was;
}

void check_gradients(const char* what, int n, const Wish& wish) {
  double worst = 0, worst_difference = 0;
  for (int seed = 0; seed < n; ++seed) {
    Experiment it = draw_experiment((wish.has_images ? 2000 : 1000) + seed, wish);
    const Attempt<double> attempt(it, {0});
    const TrialNumbers& trial = it.trials[0];
    const double p = trial.settings[loss_parameter];
    Draw draw(seed);
    std::vector<double> w(n_parameters(it.plan));
    for (double& wi : w) wi = 0.5 * draw.normal();
    const reference::Network network{it.plan, w.data(), trial.layer_settings.data()};
    const auto& samples = attempt.group().data.training;
    const reference::Measured expected = reference::measure(network, p, samples);
    const std::vector<double> gradient = reference::gradient(network, p, samples);
    check_metrics(it, attempt, w, network);
    double scale = 1e-3 * (1 + std::fabs(expected.loss));
    for (const double it : gradient) scale = std::max(scale, std::fabs(it));
    Measurement got;
    for (const char* const* target = targets(); *target != nullptr; ++target) {
      got = measure_one(it, attempt, w, *target);
      CHECK(distance(got.loss, expected.loss) <= DOUBLE_LIMIT);
      double largest = 0;
      for (std::size_t i = 0; i < w.size(); ++i)
        largest = std::max(largest, std::fabs(got.gradient[i] - gradient[i]) / scale);
      worst = std::max(worst, largest);
      if (!CHECK(largest <= GRADIENT_LIMIT))
        std::printf("  %.1e, %s, experiment %d: %s\n", largest, *target, seed, it.name().c_str());
    }
    const double differs = distance_from_differences(it, attempt, w, got, scale);
    worst_difference = std::max(worst_difference, differs);
    if (!CHECK(differs <= DIFFERENCES_LIMIT))
      std::printf("  %.1e, experiment %d: %s\n", differs, seed, it.name().c_str());
  }
  std::printf(
      "%s: worst difference from the reference %.1e (limit %.0e), "
      "from central differences %.1e (limit %.0e)\n",
      what, worst, GRADIENT_LIMIT, worst_difference, DIFFERENCES_LIMIT);
}

// Every initializer, on layers that are wide, high and square.
void check_initializers() {
  double worst = 0;
  for (int kind = 0; kind < static_cast<int>(names<Initializer>().size()); ++kind) {
    Experiment it = plain_experiment({7, 5, 5, 11, 1}, 4);
    for (Layer& layer : it.layers)
      layer.weight_init = layer.bias_init = static_cast<Initializer>(kind);
    const auto& settings = it.add_trial(0, 1).layer_settings;
    for (const std::uint64_t seed : {0ull, 1ull, 0x123456789abcdefull}) {
      const std::vector<double> expected =
          reference::initial_weights(it.plan, settings.data(), seed);
      for (const char* const* target = targets(); *target != nullptr; ++target) {
        std::vector<double> got(expected.size());
        choose_target(*target).initialize(it.plan, settings.data(), seed, got.data());
        const double d = distance(got, expected);
        worst = std::max(worst, d);
        if (!CHECK(d <= 1e-12)) std::printf("  %s\n", names<Initializer>()[kind].c_str());
      }
    }
  }
  std::printf("initial weights: worst difference %.1e (limit 1e-12)\n", worst);
}

// Known answers published with the generator (Random123, file kat_vectors).
void check_philox() {
  using reference::philox;
  using reference::Words;
  const std::uint32_t ones = 0xffffffff;
  CHECK((philox({0, 0, 0, 0}, {0, 0}) == Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  CHECK((philox({ones, ones, ones, ones}, {ones, ones}) ==
         Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  CHECK((philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
         Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

}  // namespace
}  // namespace amenable::test

int main(int argc, char** argv) {
  using namespace amenable::test;
  const int n = argc > 1 ? std::atoi(argv[1]) : 400;
  check_philox();
  check_initializers();
  check_gradients("gradients", n, {.n_trials = 1});
  check_gradients("gradients of images", n, {.n_trials = 1, .most_hidden = 1, .has_images = true});
  check_training<double>("training in double", n, {.n_trials = 3}, DOUBLE_LIMIT);
  check_training<double>("judged at the end, in double", n, {.n_trials = 3, .has_judging = true},
                         DOUBLE_LIMIT);
  check_training<float>("training in float", n,
                        {.n_trials = 3, .most_steps = 3, .most_hidden = 2, .is_gentle = true},
                        FLOAT_LIMIT);
  check_training<double>(
      "training images in double", n,
      {.n_trials = 3, .most_steps = 10, .most_hidden = 1, .is_gentle = true, .has_images = true},
      DOUBLE_LIMIT);
  for (const bool has_images : {false, true})
    check_training<double>("with curvature, in double", n / 2,
                           {.n_trials = 3,
                            .most_steps = 10,
                            .most_hidden = 2,
                            .is_gentle = true,
                            .has_curvature = true,
                            .has_images = has_images},
                           DOUBLE_LIMIT);
  return amenable::check::finish();
}
