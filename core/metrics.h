// What networks are measured by besides the loss, over the samples of a split. Weights of samples
// do not count here. Definitions are scikit-learn's; a split on which a metric has no value gives
// NaN.
#pragma once

#include "arena.h"
#include "losses.h"

namespace amenable::AMENABLE_TARGET {

// A sum that keeps what rounding takes away (Kahan 1965): a mean over many samples in float.
template <class V>
struct Sum {
  V total{}, lost{};
  AMENABLE_INLINE void add(V x) {
    const V corrected = x - lost, next = total + corrected;
    // Where the sum overflows it stays infinite, not NaN.
    lost = next - next == 0 ? (next - total) - corrected : V{};
    total = next;
  }
};

// Loss, metric, and what a goal on the metric is held against: for r2 that of the target that is
// predicted least well, else the metric.
enum Measure : int { of_loss, of_metric, of_goal, n_measures };

// The area under the ROC curve of scores (n): how often a sample of the class scores higher than
// one that is not of it, ties counting half (Mann and Whitney 1947).
template <class Real>
class RankSum {
 public:
  RankSum(std::int64_t most_samples, Arena& arena) {
    for (auto& room : rooms_) room = arena.take<Entry>(most_samples);
  }

  void clear() { n_ = 0, has_nan_ = false; }

  void add(Real score, bool is_of_class) {
    has_nan_ = has_nan_ || score != score;
    score += 0;  // -0 equals 0
    Word bits;
    __builtin_memcpy(&bits, &score, sizeof bits);
    // Words that are ordered as the numbers are.
    rooms_[0][n_++] = {bits & SIGN ? ~bits : bits | SIGN, is_of_class};
  }

  double area() {
    sort();
    const Entry* entries = rooms_[0];
    std::int64_t twice = 0, above = 0, below = 0;  // of the class, and not of it, so far
    for (std::int64_t first = 0, end = 0; first < n_; first = end) {
      std::int64_t tied[2] = {};
      for (; end < n_ && entries[end].word == entries[first].word; ++end)
        ++tied[entries[end].is_of_class];
      twice += tied[1] * (2 * below + tied[0]);
      above += tied[1], below += tied[0];
    }
    if (has_nan_ || above == 0 || below == 0) return __builtin_nan("");
    return static_cast<double>(twice) / (2 * static_cast<double>(above) * below);
  }

 private:
  using Word = std::conditional_t<sizeof(Real) == 4, std::uint32_t, std::uint64_t>;
  static constexpr Word SIGN = Word{1} << (8 * sizeof(Word) - 1);
  struct Entry {
    Word word;
    bool is_of_class;
  };

  // By the words' bytes, the lowest first; their number is even, so the result is in rooms_[0].
  void sort() {
    for (unsigned shift = 0; shift < 8 * sizeof(Word); shift += 8) {
      std::int64_t starts[257] = {};
      for (std::int64_t i = 0; i < n_; ++i) ++starts[(rooms_[0][i].word >> shift & 255) + 1];
      for (int byte = 0; byte < 256; ++byte) starts[byte + 1] += starts[byte];
      for (std::int64_t i = 0; i < n_; ++i)
        rooms_[1][starts[rooms_[0][i].word >> shift & 255]++] = rooms_[0][i];
      Entry* sorted = rooms_[1];
      rooms_[1] = rooms_[0], rooms_[0] = sorted;
    }
  }

  Entry* rooms_[2] = {};  // (most samples)
  std::int64_t n_ = 0;
  bool has_nan_ = false;
};

template <class Real>
class MetricSum {
 public:
  using V = Lanes<Real>;
  static constexpr int count = Traits<Real>::count;

  MetricSum(const Plan& plan, std::int64_t most_samples, Arena& arena)
      : plan_(plan),
        n_out_(n_outputs(plan)),
        n_classes_(n_out_ == 1 ? 2 : n_out_),
        n_scores_(n_classes_ == 2 ? 1 : n_classes_),
        ranks_(has_ranks() ? most_samples : 0, arena) {
    errors_ = arena.take<Sum<V>>(n_out_);
    terms_ = arena.take<V>(n_out_);
    tallies_ = arena.take<Tally>(has_tallies() ? count * n_classes_ : 0);
    scores_ = arena.take<V>(has_ranks() ? most_samples * n_scores_ : 0);
    classes_ = arena.take<V>(has_ranks() ? most_samples : 0);
  }

  void clear() {
    sum_ = {}, largest_ = V{}, n_ = 0;
    for (int o = 0; o < n_out_; ++o) errors_[o] = {};
    for (int i = 0; has_tallies() && i < count * n_classes_; ++i) tallies_[i] = {};
  }

  // One sample: outputs and targets (O), and its loss.
  void add(const V* z, const V* y, V loss) {
    switch (plan_.metric) {
      case Metric::accuracy: sum_.add(is_right(z, y)); break;
      case Metric::balanced_accuracy:
      case Metric::f1: tally(z, y); break;
      case Metric::auc: keep_scores(z, y); break;
      case Metric::log_loss: sum_.add(loss); break;
      case Metric::brier: sum_.add(brier(z, y)); break;
      case Metric::r2:
        for (int o = 0; o < n_out_; ++o) errors_[o].add((z[o] - y[o]) * (z[o] - y[o]));
        break;
      case Metric::rmse:
        for (int o = 0; o < n_out_; ++o) sum_.add((z[o] - y[o]) * (z[o] - y[o]));
        break;
      case Metric::mae:
        for (int o = 0; o < n_out_; ++o) sum_.add(abs(z[o] - y[o]));
        break;
      case Metric::max_error:
        for (int o = 0; o < n_out_; ++o) {
          const V error = abs(z[o] - y[o]);
          largest_ = error > largest_ || error != error ? error : largest_;
        }
    }
    ++n_;
  }

  // Writes metric and what a goal is held against of that lane; variations (O) as in plan.h.
  void value(int lane, const double* variations, double result[n_measures]) {
    double least = __builtin_inf(), mean = 0;
    for (int o = 0; plan_.metric == Metric::r2 && o < n_out_; ++o) {
      const double r2 = 1 - static_cast<double>(errors_[o].total[lane]) / variations[o];
      mean += r2 / n_out_;
      least = r2 < least || r2 != r2 ? r2 : least;
    }
    result[of_metric] = plan_.metric == Metric::r2 ? mean : value(lane);
    result[of_goal] = plan_.metric == Metric::r2 ? least : result[of_metric];
  }

 private:
  // Of a class: samples that are of it, that are taken for it, and both.
  struct Tally {
    std::int64_t are = 0, said = 0, right = 0;
  };

  bool has_ranks() const { return plan_.metric == Metric::auc; }
  bool has_tallies() const {
    return plan_.metric == Metric::balanced_accuracy || plan_.metric == Metric::f1;
  }

  V middle() const { return V{} + static_cast<Real>(plan_.threshold); }

  V is_right(const V* z, const V* y) const {
    const V one = V{} + 1;
    if (n_out_ == 1) {
      const V guess = z[0] > middle() ? one : V{}, truth = y[0] > middle() ? one : V{};
      // A network that gives NaN is never right.
      return z[0] == z[0] ? (guess == truth ? one : V{}) : V{};
    }
    V best = z[0], target_of_best = y[0], target = y[0];
    for (int o = 1; o < n_out_; ++o) {
      target_of_best = z[o] > best ? y[o] : target_of_best;
      best = max(z[o], best);
      target = max(y[o], target);
    }
    return best == best ? (target_of_best == target ? one : V{}) : V{};
  }

  // The class that outputs or targets (O) name; -1 where they are NaN.
  V class_of(const V* z) const {
    V found{}, best = z[0], sum = z[0];
    if (n_out_ == 1) found = z[0] > middle() ? V{} + 1 : V{};
    for (int o = 1; o < n_out_; ++o) {
      found = z[o] > best ? V{} + static_cast<Real>(o) : found;
      best = max(z[o], best);
      sum = z[o] == z[o] ? sum : z[o];
    }
    return sum == sum ? found : V{} - 1;
  }

  void tally(const V* z, const V* y) {
    const V said = class_of(z), truth = class_of(y);
    for (int lane = 0; lane < count; ++lane) {
      Tally* of = tallies_ + lane * n_classes_;
      const int guess = static_cast<int>(said[lane]), is = static_cast<int>(truth[lane]);
      ++of[is].are;
      if (guess >= 0) ++of[guess].said;
      if (guess == is) ++of[is].right;
    }
  }

  // What ranks samples by a class: its logit, where there are two; of several under softmax the
  // logarithm of its probability; under other losses its output.
  void keep_scores(const V* z, const V* y) {
    V* scores = scores_ + n_ * n_scores_;
    classes_[n_] = class_of(y);
    if (n_classes_ == 2) {
      scores[0] = n_out_ == 1 ? z[0] : z[1] - z[0];
      return;
    }
    V largest{}, log_sum{};
    if (plan_.loss == Loss::softmax) log_sum = log(softmax_terms(z, n_out_, terms_, largest));
    for (int o = 0; o < n_out_; ++o) scores[o] = (z[o] - largest) - log_sum;
  }

  // Squared distance of the probabilities from the truth: of the second of two classes, else of
  // all.
  V brier(const V* z, const V* y) const {
    if (n_out_ == 1) return (sigmoid(z[0]) - y[0]) * (sigmoid(z[0]) - y[0]);
    V largest, total{};
    const V sum = softmax_terms(z, n_out_, terms_, largest);
    for (int o = n_out_ == 2 ? 1 : 0; o < n_out_; ++o) {
      const V off = terms_[o] / sum - y[o];
      total = total + off * off;
    }
    return total;
  }

  double value(int lane) {
    const double total = static_cast<double>(sum_.total[lane]), n = static_cast<double>(n_);
    switch (plan_.metric) {
      case Metric::rmse: return __builtin_sqrt(total / (n * n_out_));
      case Metric::mae: return total / (n * n_out_);
      case Metric::max_error: return static_cast<double>(largest_[lane]);
      case Metric::balanced_accuracy:
      case Metric::f1: return mean_of_classes(tallies_ + lane * n_classes_);
      case Metric::auc: return area(lane);
      case Metric::r2:
      case Metric::accuracy:
      case Metric::log_loss:
      case Metric::brier: break;
    }
    return total / n;
  }

  // Recall of the classes that occur; or F1 of the second of two classes, of several the mean over
  // those that occur or are named.
  double mean_of_classes(const Tally* of) const {
    const bool is_f1 = plan_.metric == Metric::f1;
    double sum = 0, n = 0;
    for (int c = is_f1 && n_classes_ == 2 ? 1 : 0; c < n_classes_; ++c) {
      const std::int64_t all = is_f1 ? of[c].are + of[c].said : of[c].are;
      if (all == 0) continue;
      sum += static_cast<double>(is_f1 ? 2 * of[c].right : of[c].right) / static_cast<double>(all);
      ++n;
    }
    return n > 0 ? sum / n : 0;
  }

  // Of several classes the mean over those that have samples and are not all samples.
  double area(int lane) {
    double sum = 0, n = 0;
    for (int c = 0; c < n_scores_; ++c) {
      ranks_.clear();
      const int is = n_classes_ == 2 ? 1 : c;
      int n_of_class = 0;
      for (std::int64_t s = 0; s < n_; ++s) {
        const bool is_of_class = static_cast<int>(classes_[s][lane]) == is;
        ranks_.add(scores_[s * n_scores_ + c][lane], is_of_class);
        n_of_class += is_of_class;
      }
      if (n_of_class > 0 && n_of_class < n_) sum += ranks_.area(), ++n;
    }
    return n > 0 ? sum / n : __builtin_nan("");
  }

  const Plan& plan_;
  int n_out_, n_classes_, n_scores_;
  std::int64_t n_ = 0;
  Sum<V> sum_{};
  V largest_{};
  Sum<V>* errors_ = nullptr;                  // (O)
  V* terms_ = nullptr;                        // (O)
  Tally* tallies_ = nullptr;                  // (lanes, classes)
  V *scores_ = nullptr, *classes_ = nullptr;  // (samples, scores), (samples)
  RankSum<Real> ranks_;
};

}  // namespace amenable::AMENABLE_TARGET
