// The central property: a trial trained with others, of which each may learn a data set of its own,
// gives, to the bit, what it gives alone; on any number of threads, on every instruction set, in
// any order and company, also when the lanes are refilled or the neighbours diverge. And the bits
// are those that they were: a few results are kept here as hashes. Argument: how many experiments.

#include <cstdio>
#include <cstdlib>

#include "amenable/names.h"
#include "check.h"
#include "experiment.h"

namespace amenable::test {
namespace {

// 64 bits of an outcome (FNV-1a). Which NaN it is differs between machines and never matters.
class Hash {
 public:
  void add(const Outcome& it, bool has_judging) {
    add_word(static_cast<std::uint64_t>(it.status));
    add_word(static_cast<std::uint64_t>(it.steps));
    if (has_judging) add_word(static_cast<std::uint64_t>(it.goal_step));
    add(it.final, has_judging ? 2 * n_splits : 4);
    for (const auto* numbers : {&it.curves, &it.signals, &it.snapshots, &it.end_weights})
      add(*numbers, numbers->size());
  }
  std::uint64_t value() const { return value_; }

 private:
  void add(const std::vector<double>& numbers, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) {
      const double x = numbers[i];
      std::uint64_t bits;
      std::memcpy(&bits, &x, sizeof bits);
      add_word(std::isnan(x) ? 0x7ff8000000000000 : bits);
    }
  }
  void add_word(std::uint64_t word) {
    for (int i = 0; i < 8; ++i) value_ = (value_ ^ (word >> 8 * i & 0xff)) * 0x100000001b3;
  }
  std::uint64_t value_ = 0xcbf29ce484222325;
};

bool same_bits(const std::vector<double>& a, const std::vector<double>& b) {
  bool same = a.size() == b.size();
  for (std::size_t i = 0; same && i < a.size(); ++i)
    same = std::memcmp(&a[i], &b[i], sizeof(double)) == 0 || (std::isnan(a[i]) && std::isnan(b[i]));
  return same;
}

bool same_bits(const Outcome& a, const Outcome& b) {
  return a.status == b.status && a.steps == b.steps && a.goal_step == b.goal_step &&
         same_bits(a.final, b.final) && same_bits(a.curves, b.curves) &&
         same_bits(a.signals, b.signals) && same_bits(a.snapshots, b.snapshots) &&
         same_bits(a.end_weights, b.end_weights);
}

std::vector<int> shuffled(std::vector<int> numbers, Draw& draw) {
  for (std::size_t i = numbers.size() - 1; i > 0; --i)
    std::swap(numbers[i], numbers[draw.integer(0, static_cast<int>(i))]);
  return numbers;
}

// Trains `which` together and compares each with itself alone.
template <class Real>
void check_company(const Experiment& it, const std::vector<Outcome>& alone,
                   const std::vector<int>& which, int n_threads, const char* target,
                   const char* what) {
  const std::vector<Outcome> got = train_some<Real>(it, which, n_threads, target);
  for (std::size_t i = 0; i < which.size(); ++i)
    if (!CHECK(same_bits(got[i], alone[which[i]])))
      std::printf("  trial %d, %s, %d threads, %s, %zu-bit: %s\n", which[i], what, n_threads,
                  target, 8 * sizeof(Real), it.name().c_str());
}

template <class Real>
std::vector<Outcome> train_alone(const Experiment& it, const char* target) {
  std::vector<Outcome> alone;
  for (std::size_t t = 0; t < it.trials.size(); ++t)
    alone.push_back(train_some<Real>(it, {static_cast<int>(t)}, 1, target,
                                     static_cast<int>(it.trials[t].data))[0]);
  return alone;
}

template <class Real>
void check_together(int seed, bool has_images, bool has_judging, int statuses[5]) {
  // More trials than lanes, which end at different times.
  Wish wish{.n_trials = 37, .most_steps = 20, .most_hidden = 3, .may_diverge = true};
  if (has_images) wish.most_hidden = 1, wish.has_images = true;
  wish.has_curvature = seed % 5 == 4;
  wish.has_judging = has_judging;
  const int numbers_of_data[] = {1, 2, 5, 37};
  wish.n_data = numbers_of_data[seed % 4];
  Experiment it = draw_experiment(seed, wish);
  const std::vector<Metric> metrics = metrics_of(it.plan);
  it.plan.metric = metrics[seed / 2 % metrics.size()];
  Draw draw(seed);
  const std::vector<int> all = first_numbers(it.trials.size());
  std::vector<Outcome> alone;
  for (const char* const* target = targets(); *target != nullptr; ++target) {
    if (alone.empty()) {
      alone = train_alone<Real>(it, *target);
      for (const Outcome& outcome : alone) ++statuses[static_cast<int>(outcome.status)];
    } else {
      check_company<Real>(it, alone, {draw.integer(0, 36)}, 1, *target, "alone");
    }
    check_company<Real>(it, alone, all, 1, *target, "all");
    check_company<Real>(it, alone, shuffled(all, draw), 1, *target, "another order");
    check_company<Real>(it, alone, shuffled(all, draw), 2, *target, "another order");
    check_company<Real>(it, alone, all, 8, *target, "all");
    std::vector<int> some = shuffled(all, draw);
    some.resize(draw.integer(2, 12));
    check_company<Real>(it, alone, some, 1, *target, "other company");
    // Beside many copies of one trial, perhaps one that diverges.
    std::vector<int> copies(20, some[0]);
    copies[draw.integer(0, 19)] = some[1];
    check_company<Real>(it, alone, copies, 1, *target, "beside copies");
  }
}

// Many groups in one call.
template <class Real>
void check_groups(int n) {
  std::vector<Experiment> experiments;
  std::vector<std::unique_ptr<Attempt<Real>>> attempts;
  for (int i = 0; i < n; ++i)
    experiments.push_back(draw_experiment(
        5000 + i, {.n_trials = 1 + 7 * i % 23, .most_steps = 12, .may_diverge = true}));
  for (const int n_threads : {1, 2, 8}) {
    attempts.clear();
    std::vector<Group<Real>> groups;
    for (const Experiment& it : experiments) {
      attempts.push_back(std::make_unique<Attempt<Real>>(it, first_numbers(it.trials.size())));
      groups.push_back(attempts.back()->group());
    }
    Progress progress;
    train<Real>(groups.data(), n, n_threads, nullptr, progress);
    std::int64_t n_trials = 0;
    for (int i = 0; i < n; ++i) {
      const auto alone =
          train_some<Real>(experiments[i], first_numbers(experiments[i].trials.size()), 1, nullptr);
      for (std::size_t t = 0; t < alone.size(); ++t)
        CHECK(same_bits(attempts[i]->outcomes()[t], alone[t]));
      n_trials += static_cast<std::int64_t>(alone.size());
    }
    CHECK(progress.finished == n_trials);
  }
}

// predict() and measure(), too.
template <class Real>
void check_predictions(int seed, bool has_images) {
  Experiment it = draw_experiment(seed, {.n_trials = 37, .has_images = has_images});
  const Attempt<Real> attempt(it, {0});
  const Samples<Real>& samples = attempt.group().data.training;
  const std::int64_t T = 37, P = n_parameters(it.plan), O = n_outputs(it.plan);
  std::vector<double> weights, settings, layers;
  std::vector<Real> inputs;
  Draw draw(seed);
  for (int i = 0; i < T * P; ++i) weights.push_back(draw.normal());
  for (const TrialNumbers& trial : it.trials) {
    settings.insert(settings.end(), trial.settings.begin(), trial.settings.end());
    layers.insert(layers.end(), trial.layer_settings.begin(), trial.layer_settings.end());
  }
  for (std::int64_t s = 0; s < samples.n; ++s)
    for (int i = 0; i < it.plan.n_inputs; ++i)
      inputs.push_back(samples.rows[s * samples.stride + i]);

  // Of networks first .. first + n.
  const auto all_of = [&](std::int64_t first, std::int64_t n, int n_threads, const char* target) {
    std::vector<double> outputs(n * samples.n * O), losses(2 * n), gradients(n * P);
    Progress progress;
    const double* w = weights.data() + first * P;
    const double* of_layers = layers.data() + first * it.plan.n_layers * n_layer_settings;
    predict<Real>(it.plan, it.plan.n_layers, w, of_layers, n, inputs.data(), samples.n,
                  outputs.data(), n_threads, target, progress);
    measure<Real>(it.plan, w, settings.data() + first * n_settings, of_layers, n, samples,
                  losses.data(), gradients.data(), n_threads, target, progress);
    std::vector<std::vector<double>> networks(n);
    for (std::int64_t t = 0; t < n; ++t)
      for (const auto* array : {&outputs, &losses, &gradients}) {
        const std::int64_t size = static_cast<std::int64_t>(array->size()) / n;
        networks[t].insert(networks[t].end(), array->begin() + t * size,
                           array->begin() + (t + 1) * size);
      }
    return networks;
  };
  for (const Metric metric : metrics_of(it.plan)) {
    it.plan.metric = metric;
    std::vector<std::vector<double>> alone;
    for (std::int64_t t = 0; t < T; ++t) alone.push_back(all_of(t, 1, 1, nullptr)[0]);
    for (const char* const* target = targets(); *target != nullptr; ++target)
      for (const int n_threads : {1, 3}) {
        const auto got = all_of(0, T, n_threads, *target);
        for (std::int64_t t = 0; t < T; ++t)
          if (!CHECK(same_bits(got[t], alone[t])))
            std::printf("  predictions on %s: %s\n", *target, it.name().c_str());
      }
  }
}

// Results of earlier builds. They may change only with a change of the mathematics, knowingly:
// then every stored result of the package changes with them.
struct Saved {
  std::uint64_t seed, of_float, of_double;
};
constexpr Saved SAVED[] = {
    {1, 0xdbbcf47aa70bd7dd, 0x929c6cee95165b0d},   {2, 0x20da171854440f90, 0x6c82a57db457691c},
    {3, 0x35433a72143ec0a7, 0x62ca8b127390d17a},   {4, 0x1d9b31e6e7a5d204, 0xe846b789e583062c},
    {5, 0x7afca62d3fbf8dca, 0xd27a599f3c91366d},   {6, 0x541c2e021eb17c03, 0x866d9c5aab65e598},
    {7, 0x5bdfe103689ce7f2, 0xb34cbbf136f54519},   {8, 0x4dae111d6d007064, 0x8bac70e393637d75},
    {9, 0x073b168a39206d21, 0xa05976b13245ecf4},   {10, 0xd03d9f810cac402d, 0x3513e996cbefcc61},
    {11, 0xf218441cce04da68, 0x9c3cee3591677363},  {12, 0x4372fccc0d853f10, 0xc8957b0d0c48c991},
    {100, 0x0c6d962d6820d895, 0xdff83c20d4723526}, {101, 0x090de94fd84064da, 0xcadbb2f0be3bae82},
    {102, 0x81708a6d7ed2c234, 0x444586a613b3b462}, {103, 0x4ffa6c449eb0b861, 0x93cbf330f64d806c},
    {104, 0x67da97a25d4c7ffa, 0xd8fd3d7bafea25ee}, {105, 0xce41e153b2f6e400, 0x037b1a3a01408e92},
    {200, 0x8fc59df8ad18e57b, 0xeb442eb3c1c82efc}, {201, 0x2f86c6c700019243, 0x0347edaedd7fada1},
    {202, 0xd2658472b40ecbee, 0x4cf2292e3ff08fea}, {203, 0xe81ce144bc084fd7, 0xe035762f04a1cb1b},
    {204, 0x5fc9bddbab088bc4, 0xd4904c0b296cd664}, {205, 0x108f9a4eec8e9b05, 0xdd633ae49c7155d1},
};

template <class Real>
std::uint64_t hash_of(std::uint64_t seed) {
  // From 100 on, of networks that begin with images; from 200 on, judged at the end.
  Wish wish{.n_trials = 40, .most_steps = 40, .may_diverge = true};
  wish.has_judging = seed >= 200;
  if (seed >= 100 && seed < 200) wish.most_hidden = 1, wish.has_images = true;
  const Experiment it = draw_experiment(seed, wish);
  Hash hash;
  for (const Outcome& outcome : train_some<Real>(it, first_numbers(40), 1, nullptr))
    hash.add(outcome, wish.has_judging);
  return hash.value();
}

void check_saved() {
  for (const Saved& saved : SAVED) {
    const std::uint64_t of_float = hash_of<float>(saved.seed);
    const std::uint64_t of_double = hash_of<double>(saved.seed);
    const bool same = CHECK(of_float == saved.of_float);
    if (!CHECK(of_double == saved.of_double) || !same)
      std::printf(
          "    {%llu, 0x%016llx, 0x%016llx},\n", static_cast<unsigned long long>(saved.seed),
          static_cast<unsigned long long>(of_float), static_cast<unsigned long long>(of_double));
  }
}

}  // namespace
}  // namespace amenable::test

int main(int argc, char** argv) {
  using namespace amenable::test;
  const int n = argc > 1 ? std::atoi(argv[1]) : 50;
  int statuses[5] = {};
  check_saved();
  for (int seed = 0; seed < n; ++seed) {
    const bool has_images = seed % 3 == 2;
    const bool has_judging = seed % 2 == 1;
    check_together<float>(seed, has_images, has_judging, statuses);
    check_together<double>(seed, has_images, has_judging, statuses);
    check_predictions<float>(seed, has_images);
    check_predictions<double>(seed, has_images);
  }
  check_groups<float>(n / 4);
  check_groups<double>(n / 4);
  std::printf("together and alone:");
  for (int i = 0; i < 5; ++i)
    std::printf(" %d %s", statuses[i], amenable::names<amenable::Status>()[i].c_str());
  std::printf("\n");
  return amenable::check::finish();
}
