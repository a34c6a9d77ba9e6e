// Which samples a step sees: every epoch a permutation, all of them equally likely, the
// reference's. Compiled once per instruction set.

#include <cmath>
#include <cstdio>
#include <set>
#include <vector>

#include "batches.h"
#include "check.h"
#include "reference/reference.h"

namespace amenable::AMENABLE_TARGET {
namespace {

// n samples whose one input is their own number, and as many of a second data set, from 1000 on.
struct Numbered {
  explicit Numbered(int n, bool has_weights = false, int n_data = 1) {
    for (int i = 0; i < n_data * n; ++i) {
      const double weight = has_weights && i < n ? (i % 4) * 0.5 : 1;
      for (const double it : {i < n ? i : 1000.0 + i - n, 0.0, weight}) {
        rows.push_back(it);
        float_rows.push_back(static_cast<float>(it));
      }
    }
    layer.units = 1;
    plan.n_layers = 1;
    plan.layers = &layer;
    samples.n = float_samples.n = n;
    samples.n_data = float_samples.n_data = n_data;
    samples.stride = float_samples.stride = 3;
    samples.has_weights = float_samples.has_weights = has_weights;
    samples.rows = rows.data();
    float_samples.rows = float_rows.data();
  }
  Numbered(const Numbered&) = delete;

  template <class Real>
  const Samples<Real>& of() const {
    if constexpr (sizeof(Real) == 4)
      return float_samples;
    else
      return samples;
  }

  Layer layer;
  Plan plan;
  std::vector<double> rows;
  std::vector<float> float_rows;
  Samples<double> samples;
  Samples<float> float_samples;
};

struct Chosen {
  std::vector<int> samples;
  std::vector<double> weights;
};

// What a lane is given in a step: the slots in use, which come first.
template <class Real>
Chosen chosen(const Batches<Real>& batches, int lane) {
  Chosen it;
  for (int slot = 0; slot < batches.slots(); ++slot) {
    Lanes<Real> input, target;
    batches.fetch(slot, 1, &input, &target);
    it.samples.push_back(static_cast<int>(input[lane]));
    it.weights.push_back(static_cast<double>(batches.weights()[slot][lane]));
  }
  return it;
}

// The engine's slots hold the reference's batch, then repetitions that weigh nothing.
template <class Real>
bool agrees(const Chosen& got, const reference::Batch& expected, int first = 0) {
  bool same = got.samples.size() >= expected.samples.size();
  for (std::size_t s = 0; same && s < got.samples.size(); ++s) {
    const bool is_used = s < expected.samples.size();
    same = got.samples[s] == first + (is_used ? expected.samples[s] : expected.samples[0]) &&
           got.weights[s] == (is_used ? static_cast<Real>(expected.weights[s]) : 0);
  }
  return same;
}

template <class Real>
void check_against_reference() {
  for (const int n : {1, 2, 3, 7, 64, 101})
    for (const int batch : {0, 1, 2, 7, 64, 300})
      for (const Order order : {Order::shuffled, Order::sequential, Order::replacement})
        for (const bool has_weights : {false, true}) {
          Numbered it(n, has_weights, 2);
          it.plan.batch = batch;
          it.plan.order = order;
          Arena arena;
          Batches<Real> batches(it.plan, it.of<Real>(), arena);
          // Lanes at different steps with different seeds; the last lane gets a new network later,
          // and with it the second data set.
          constexpr int last = Traits<Real>::count - 1;
          for (int step = 0; step < 12; ++step) {
            const int later = step < 5 ? step : step - 5;
            const bool is_second = step >= 5;
            if (later == 0) batches.reset(last, is_second);
            batches.choose(0, 42, step);
            batches.choose(last, 0xfedcba9876543210, later);
            const auto expected = reference::batch_of(it.plan, it.samples, 42, step);
            Samples<double> seen_by_last = it.samples;
            seen_by_last.rows += is_second ? n * it.samples.stride : 0;
            const auto of_last =
                reference::batch_of(it.plan, seen_by_last, 0xfedcba9876543210, later);
            if (!CHECK(agrees<Real>(chosen(batches, 0), expected)) ||
                !CHECK(agrees<Real>(chosen(batches, last), of_last, is_second ? 1000 : 0)))
              std::printf("  n %d, batch %d, order %d, weights %d, step %d\n", n, batch,
                          static_cast<int>(order), has_weights, step);
          }
        }
}

// Every epoch sees every sample once; no two epochs and no two seeds have the same order; the same
// seed has the same order in any lane.
void check_epochs() {
  constexpr int n = 100, batch = 16, n_steps = (n + batch - 1) / batch;
  Numbered it(n);
  it.plan.batch = batch;
  Arena arena;
  Batches<float> batches(it.plan, it.float_samples, arena);
  std::set<std::vector<int>> orders;
  CHECK(batches.steps_per_epoch() == n_steps);
  for (int epoch = 0; epoch < 20; ++epoch) {
    std::vector<int> first, second, other;
    for (int step = epoch * n_steps; step < (epoch + 1) * n_steps; ++step) {
      batches.choose(0, 5, step);
      batches.choose(1, 5, step);
      batches.choose(2, 6, step);
      for (int slot = 0; slot < batch && first.size() < n; ++slot) {
        first.push_back(chosen(batches, 0).samples[slot]);
        second.push_back(chosen(batches, 1).samples[slot]);
        other.push_back(chosen(batches, 2).samples[slot]);
      }
    }
    CHECK(std::set<int>(first.begin(), first.end()).size() == n);
    CHECK(first == second);
    orders.insert(first);
    orders.insert(other);
  }
  CHECK(orders.size() == 40);
}

// The statistic of n equally likely outcomes, as a number of standard deviations from its mean.
double chi_square_excess(const std::vector<int>& counts) {
  double total = 0, sum = 0;
  for (const int c : counts) total += c;
  const double expected = total / static_cast<double>(counts.size());
  for (const int c : counts) sum += (c - expected) * (c - expected) / expected;
  const double freedom = static_cast<double>(counts.size()) - 1;
  return (sum - freedom) / std::sqrt(2 * freedom);
}

// Seeds are fixed: these can fail only when the generator changes. 4 deviations: one in 10,000.
void check_uniformity() {
  constexpr int n = 5, n_orders = 120, n_epochs = 30000;
  std::vector<int> counts(n_orders), drawn(37);
  std::uint32_t words[n + PHILOX_ROOM], order[n];
  for (std::uint32_t epoch = 0; epoch < n_epochs; ++epoch) {
    shuffle(7, epoch, n, words, order);
    int number = 0;  // of this permutation (Lehmer's code)
    for (int i = 0; i < n; ++i) {
      int smaller = 0;
      for (int j = i + 1; j < n; ++j) smaller += order[j] < order[i];
      number = number * (n - i) + smaller;
    }
    ++counts[number];
  }
  const double permutations = chi_square_excess(counts);
  CHECK(std::fabs(permutations) < 4);

  Numbered it(37);
  it.plan.batch = 1000;
  it.plan.order = Order::replacement;
  Arena arena;
  Batches<float> batches(it.plan, it.float_samples, arena);
  bool in_range = true;
  for (int step = 0; step < 40; ++step) {
    batches.choose(0, 9, step);
    for (const int sample : chosen(batches, 0).samples) {
      in_range = in_range && sample >= 0 && sample < 37;
      if (in_range) ++drawn[sample];
    }
  }
  CHECK(in_range);
  const double replacement = chi_square_excess(drawn);
  CHECK(std::fabs(replacement) < 4);
  std::printf("chi-square, deviations from its mean: %.2f permutations, %.2f with replacement\n",
              permutations, replacement);
}

void check_philox() {
  bool same = true;
  for (std::uint32_t n = 1; n < 40; ++n) {
    std::vector<std::uint32_t> words(4 * n + PHILOX_ROOM);
    const std::uint64_t seed = 0x9E3779B97F4A7C15 * n;
    random_words(seed, Stream::order, n, 3, n, words.data());
    for (std::uint32_t i = 0; i < 4 * n; ++i)
      same = same && words[i] == reference::random_words(seed, i / 4, n, 3,
                                                         reference::Stream::order)[i % 4];
    std::uint32_t four[4];
    philox(seed, n, 1, 2, Stream::dropout, four);
    for (int i = 0; i < 4; ++i)
      same =
          same && four[i] == reference::random_words(seed, n, 1, 2, reference::Stream::dropout)[i];
  }
  CHECK(same);
}

}  // namespace
}  // namespace amenable::AMENABLE_TARGET

int main() {
  using namespace amenable::AMENABLE_TARGET;
  check_philox();
  check_against_reference<float>();
  check_against_reference<double>();
  check_epochs();
  check_uniformity();
  return amenable::check::finish();
}
