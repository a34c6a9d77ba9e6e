// The samples of a split as the lanes see them, each lane those of its network's data set.
#pragma once

#include "amenable/plan.h"
#include "arena.h"
#include "lanes/lanes.h"

namespace amenable::AMENABLE_TARGET {

// Inputs (I) and targets (O) of one row, the same for every lane.
template <class Real>
AMENABLE_INLINE void load_row(const Real* row, int n_in, int n_out, Lanes<Real>* inputs,
                              Lanes<Real>* targets) {
  for (int i = 0; i < n_in; ++i) inputs[i] = all(row[i]);
  for (int o = 0; o < n_out; ++o) targets[o] = all(row[n_in + o]);
}

// The same of rows that differ, which begin so many numbers after the first one.
template <class Real>
AMENABLE_INLINE void gather_rows(const Real* rows, Ints<Real> offsets, int n_in, int n_out,
                                 Lanes<Real>* inputs, Lanes<Real>* targets) {
  for (int i = 0; i < n_in; ++i) inputs[i] = gather(rows + i, offsets);
  for (int o = 0; o < n_out; ++o) targets[o] = gather(rows + n_in + o, offsets);
}

template <class Real>
class LaneSamples {
 public:
  using V = Lanes<Real>;
  static constexpr int count = Traits<Real>::count;

  // At first every lane sees the first data set.
  LaneSamples(const Plan& plan, const Samples<Real>& samples, Arena& arena)
      : samples_(samples), n_in_(plan.n_inputs), n_out_(n_outputs(plan)) {
    sums_ = arena.take<double>(samples.n_data);
    const Real* row = samples.rows;
    for (std::int64_t d = 0; d < samples.n_data; ++d)
      for (std::int64_t s = 0; s < samples.n; ++s, row += samples.stride)
        sums_[d] += static_cast<double>(row[samples.stride - 1]);
  }

  std::int64_t n() const { return samples_.n; }

  void set(int lane, std::int64_t data) {
    data_[lane] = data;
    offsets_[lane] = static_cast<Int<Real>>(data * samples_.n * samples_.stride);
    is_shared_ = bitmask(offsets_ != offsets_[0]) == 0;
  }

  // Inputs (n, I) and targets (n, O) of the samples first .. first + n.
  void fetch(std::int64_t first, int n, V* inputs, V* targets) const {
    for (int s = 0; s < n; ++s, inputs += n_in_, targets += n_out_) {
      if (is_shared_)
        load_row(shared_row(first + s), n_in_, n_out_, inputs, targets);
      else
        gather_rows<Real>(samples_.rows, offsets(first + s), n_in_, n_out_, inputs, targets);
    }
  }

  V weight(std::int64_t sample) const {
    const std::int64_t last = samples_.stride - 1;
    return is_shared_ ? all(shared_row(sample)[last])
                      : gather(samples_.rows + last, offsets(sample));
  }

  // Weight of the sample, divided by that lane's sum.
  V share(std::int64_t sample, const double* sums) const {
    const V weights = weight(sample);
    if (is_shared_) return all(static_cast<Real>(weights[0] / sums[0]));
    V shares;
    for (int lane = 0; lane < count; ++lane)
      shares[lane] = static_cast<Real>(weights[lane] / sums[lane]);
    return shares;
  }

  double sum_of_weights(int lane) const { return sums_[data_[lane]]; }

  // (O)
  const double* variations(int lane) const { return samples_.variations + data_[lane] * n_out_; }

 private:
  const Real* shared_row(std::int64_t sample) const {
    return samples_.rows + (data_[0] * samples_.n + sample) * samples_.stride;
  }
  Ints<Real> offsets(std::int64_t sample) const {
    return offsets_ + static_cast<Int<Real>>(sample * samples_.stride);
  }

  const Samples<Real>& samples_;
  int n_in_, n_out_;
  bool is_shared_ = true;  // every lane sees the same data set
  Ints<Real> offsets_{};   // of each lane's first row
  std::int64_t data_[count] = {};
  double* sums_;  // (data sets) of weights
};

}  // namespace amenable::AMENABLE_TARGET
