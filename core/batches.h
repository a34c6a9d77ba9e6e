// Which samples each lane sees in a step, and with what weight.
//
// Every step has exactly B slots. Where an epoch ends in a shorter batch, the slots left over
// repeat the batch's first sample with weight zero: so a lane does the same arithmetic whatever
// its neighbours do.
#pragma once

#include "amenable/plan.h"
#include "arena.h"
#include "lanes/random.h"
#include "samples.h"

namespace amenable::AMENABLE_TARGET {

// order (n): the numbers below n, shuffled "inside out" (Fisher and Yates; Knuth, volume 2, 3.4.2):
// half the memory traffic of swapping. words (n, rounded up to PHILOX_ROOM).
inline void shuffle(std::uint64_t seed, std::uint32_t epoch, std::uint32_t n, std::uint32_t* words,
                    std::uint32_t* order) {
  random_words(seed, Stream::order, epoch, 0, (n + 3) / 4, words);
  order[0] = 0;
  for (std::uint32_t i = 1; i < n; ++i) {
    const std::uint32_t j = below(words[i], i + 1);
    order[i] = order[j];
    order[j] = i;
  }
}

template <class Real>
class Batches {
 public:
  using V = Lanes<Real>;
  using I = Ints<Real>;
  static constexpr int count = Traits<Real>::count;

  Batches(const Plan& plan, const Samples<Real>& samples, Arena& arena)
      : plan_(plan), samples_(samples), n_(static_cast<std::uint32_t>(samples.n)) {
    const bool all = plan.batch == 0 || plan.batch >= samples.n;
    // With replacement a batch may be any size; otherwise an epoch bounds it.
    slots_ = plan.batch > 0 && (plan.order == Order::replacement || !all)
                 ? static_cast<std::uint32_t>(plan.batch)
                 : n_;
    is_full_ = plan.batch == 0;
    is_shared_ = is_full_ && samples.n_data == 1;
    rows_ = arena.take<I>(is_shared_ ? 1 : slots_);
    weights_ = arena.take<V>(slots_);
    words_ = arena.take<std::uint32_t>((n_ > slots_ ? n_ : slots_) + PHILOX_ROOM);
    if (is_shuffled())
      for (auto& order : orders_) order = arena.take<std::uint32_t>(n_);
    order_ = arena.take<std::uint32_t>(slots_);
  }

  int slots() const { return static_cast<int>(slots_); }
  std::int64_t steps_per_epoch() const { return (n_ + slots_ - 1) / slots_; }

  // A new network in this lane, which learns that data set.
  void reset(int lane, std::int64_t data) {
    is_plain_[lane] = is_chosen_[lane] = false;
    starts_[lane] = data * samples_.n;
  }

  // Chooses the lane's samples for that step of its own.
  void choose(int lane, std::uint64_t seed, std::int64_t step) {
    if (is_full_ && is_chosen_[lane]) return;
    is_chosen_[lane] = true;
    std::uint32_t filled = slots_;
    const std::uint32_t* order = chosen(lane, seed, step, filled);
    if (!is_shared_) {
      Int<Real>* rows = reinterpret_cast<Int<Real>*>(rows_) + lane;
      const auto stride = static_cast<Int<Real>>(samples_.stride);
      const auto start = static_cast<Int<Real>>(starts_[lane]) * stride;
      for (std::uint32_t s = 0; s < filled; ++s)
        rows[s * count] = start + static_cast<Int<Real>>(order[s]) * stride;
      for (std::uint32_t s = filled; s < slots_; ++s) rows[s * count] = rows[0];
    }
    weigh(lane, order, filled);
  }

  // Weight of each slot: the sample's, divided by the sum over the batch.
  const V* weights() const { return weights_; }

  // Inputs (n, I) and targets (n, O) of slots first .. first + n.
  void fetch(int first, int n, V* inputs, V* targets) const {
    const int n_in = plan_.n_inputs, n_out = n_outputs(plan_);
    for (int s = 0; s < n; ++s, inputs += n_in, targets += n_out) {
      if (is_shared_) {
        load_row(samples_.rows + (first + s) * samples_.stride, n_in, n_out, inputs, targets);
        continue;
      }
      const I rows = rows_[first + s];
      // In constant order lanes see the same sample, which is loaded once for all of them.
      if (bitmask(rows != rows[0]) == 0)
        load_row(samples_.rows + rows[0], n_in, n_out, inputs, targets);
      else
        gather_rows<Real>(samples_.rows, rows, n_in, n_out, inputs, targets);
    }
  }

 private:
  bool is_shuffled() const { return plan_.order == Order::shuffled && !is_full_; }

  const std::uint32_t* chosen(int lane, std::uint64_t seed, std::int64_t step,
                              std::uint32_t& filled) {
    if (plan_.order == Order::replacement && !is_full_) {
      random_words(seed, Stream::order, static_cast<std::uint32_t>(step), 1, (slots_ + 3) / 4,
                   words_);
      for (std::uint32_t s = 0; s < slots_; ++s) order_[s] = below(words_[s], n_);
      return order_;
    }
    const auto first = static_cast<std::uint32_t>(step % steps_per_epoch()) * slots_;
    filled = n_ - first < slots_ ? n_ - first : slots_;
    if (is_shuffled()) {
      const auto epoch = static_cast<std::uint32_t>(step / steps_per_epoch());
      if (first == 0) shuffle(seed, epoch, n_, words_, orders_[lane]);
      return orders_[lane] + first;
    }
    for (std::uint32_t s = 0; s < filled; ++s) order_[s] = first + s;
    return order_;
  }

  void weigh(int lane, const std::uint32_t* order, std::uint32_t filled) {
    const bool is_plain = filled == slots_ && !samples_.has_weights;
    if (is_plain && is_plain_[lane]) return;
    is_plain_[lane] = is_plain;
    Real* weights = reinterpret_cast<Real*>(weights_) + lane;
    if (!samples_.has_weights) {
      const Real each = Real(1) / static_cast<Real>(filled);
      for (std::uint32_t s = 0; s < slots_; ++s) weights[s * count] = s < filled ? each : Real(0);
      return;
    }
    // Weights of one each give the bits of the way above: a quotient of small integers that is
    // rounded to double and then to float is the one that is rounded to float (Figueroa 1995).
    double sum = 0;
    for (std::uint32_t s = 0; s < filled; ++s) sum += weight_of(lane, order[s]);
    for (std::uint32_t s = 0; s < slots_; ++s)
      weights[s * count] =
          s < filled && sum > 0 ? static_cast<Real>(weight_of(lane, order[s]) / sum) : Real(0);
  }

  double weight_of(int lane, std::uint32_t sample) const {
    return samples_.rows[(starts_[lane] + sample + 1) * samples_.stride - 1];
  }

  const Plan& plan_;
  const Samples<Real>& samples_;
  std::uint32_t n_, slots_ = 0;
  bool is_full_ = false;    // every lane takes all samples in the order given
  bool is_shared_ = false;  // and all lanes the same ones
  I* rows_ = nullptr;       // (B) offset of each lane's row in samples_.rows
  V* weights_ = nullptr;    // (B)
  std::uint32_t* words_ = nullptr;
  std::uint32_t* orders_[count] = {};  // (n) each: the epoch's order in each lane
  std::uint32_t* order_ = nullptr;     // (B) where there is no epoch's order
  std::int64_t starts_[count] = {};    // each lane's first sample
  bool is_plain_[count] = {}, is_chosen_[count] = {};
};

}  // namespace amenable::AMENABLE_TARGET
