// Metrics, from their definitions: pairs of samples are counted one by one.
#include <algorithm>
#include <cmath>
#include <limits>

#include "reference/reference.h"

namespace amenable::reference {
namespace {

const double none = std::numeric_limits<double>::quiet_NaN();

bool has_nan(const Numbers& z) {
  return std::any_of(z.begin(), z.end(), [](double it) { return std::isnan(it); });
}

// Of outputs or targets; -1 where they are NaN.
int class_of(const Plan& plan, const Numbers& z) {
  if (has_nan(z)) return -1;
  if (z.size() == 1) return z[0] > plan.threshold;
  return static_cast<int>(std::max_element(z.begin(), z.end()) - z.begin());
}

Numbers softmax(const Numbers& z) {
  const double largest = *std::max_element(z.begin(), z.end());
  Numbers p;
  double sum = 0;
  for (const double it : z) p.push_back(std::exp(it - largest)), sum += p.back();
  for (double& it : p) it /= sum;
  return p;
}

// What the mean, or for the largest error the maximum, is taken of.
double term(const Plan& plan, double p, const Numbers& z, const Numbers& y) {
  double sum = 0;
  switch (plan.metric) {
    case Metric::accuracy:
      if (has_nan(z)) return 0;
      if (z.size() == 1) return class_of(plan, z) == class_of(plan, y);
      return y[class_of(plan, z)] == *std::max_element(y.begin(), y.end());
    case Metric::log_loss: return loss(plan, p, z.data(), y.data());
    case Metric::brier: {
      if (z.size() == 1) return std::pow(1 / (1 + std::exp(-z[0])) - y[0], 2);
      const Numbers share = softmax(z);
      if (z.size() == 2) return std::pow(share[1] - y[1], 2);
      for (std::size_t o = 0; o < z.size(); ++o) sum += std::pow(share[o] - y[o], 2);
      return sum;
    }
    default: break;
  }
  for (std::size_t o = 0; o < z.size(); ++o) {
    const double error = std::fabs(z[o] - y[o]);
    if (plan.metric == Metric::max_error)
      sum = error > sum || std::isnan(error) ? error : sum;
    else
      sum += plan.metric == Metric::mae ? error : error * error;
  }
  return sum;
}

double r2(const std::vector<Numbers>& z, const std::vector<Numbers>& y, std::size_t o) {
  double mean = 0, error = 0, variation = 0;
  for (const Numbers& it : y) mean += it[o] / static_cast<double>(y.size());
  for (std::size_t s = 0; s < y.size(); ++s) {
    error += std::pow(z[s][o] - y[s][o], 2);
    variation += std::pow(y[s][o] - mean, 2);
  }
  return 1 - error / variation;
}

// How often a sample of the class has the larger score; none where there are no pairs.
double area(const Numbers& scores, const std::vector<bool>& is_of_class) {
  double won = 0, pairs = 0;
  for (std::size_t i = 0; i < scores.size(); ++i)
    for (std::size_t j = 0; j < scores.size(); ++j) {
      if (!is_of_class[i] || is_of_class[j]) continue;
      won += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0;
      ++pairs;
    }
  for (const double it : scores)
    if (std::isnan(it)) return none;
  return pairs > 0 ? won / pairs : none;
}

// Mean over the classes that have a value; two classes count as the second of them for F1 and AUC.
double mean_of_classes(const Plan& plan, const std::vector<Numbers>& z,
                       const std::vector<Numbers>& y) {
  const int n_outputs = static_cast<int>(y[0].size()), n_classes = n_outputs == 1 ? 2 : n_outputs;
  const bool is_auc = plan.metric == Metric::auc, is_f1 = plan.metric == Metric::f1;
  double sum = 0, n = 0;
  for (int c = n_classes == 2 && (is_auc || is_f1) ? 1 : 0; c < n_classes; ++c) {
    double right = 0, are = 0, said = 0;
    Numbers scores;
    std::vector<bool> is_of_class;
    for (std::size_t s = 0; s < y.size(); ++s) {
      const bool is = class_of(plan, y[s]) == c, is_said = class_of(plan, z[s]) == c;
      right += is && is_said, are += is, said += is_said;
      is_of_class.push_back(is);
      if (n_classes == 2)
        scores.push_back(n_outputs == 1 ? z[s][0] : z[s][1] - z[s][0]);
      else
        scores.push_back(plan.loss == Loss::softmax ? std::log(softmax(z[s])[c]) : z[s][c]);
    }
    const double count = static_cast<double>(y.size());
    if (is_auc && are > 0 && are < count) sum += area(scores, is_of_class), ++n;
    if (is_f1 && are + said > 0) sum += 2 * right / (are + said), ++n;
    if (!is_auc && !is_f1 && are > 0) sum += right / are, ++n;
  }
  return n > 0 ? sum / n : is_auc ? none : 0;
}

}  // namespace

Measured metric(const Plan& plan, double p, const std::vector<Numbers>& z,
                const std::vector<Numbers>& y) {
  const double n = static_cast<double>(y.size()), n_outputs = static_cast<double>(y[0].size());
  double sum = 0, largest = 0;
  switch (plan.metric) {
    case Metric::balanced_accuracy:
    case Metric::f1:
    case Metric::auc: sum = mean_of_classes(plan, z, y); return {none, sum, sum};
    case Metric::r2: {
      double least = std::numeric_limits<double>::infinity();
      for (std::size_t o = 0; o < y[0].size(); ++o) {
        const double of_target = r2(z, y, o);
        sum += of_target / n_outputs;
        least = of_target < least || std::isnan(of_target) ? of_target : least;
      }
      return {none, sum, least};
    }
    default: break;
  }
  for (std::size_t s = 0; s < y.size(); ++s) {
    const double of_sample = term(plan, p, z[s], y[s]);
    sum += of_sample;
    largest = of_sample > largest || std::isnan(of_sample) ? of_sample : largest;
  }
  const bool is_of_numbers = plan.metric == Metric::rmse || plan.metric == Metric::mae;
  double found = sum / (is_of_numbers ? n * n_outputs : n);
  if (plan.metric == Metric::rmse) found = std::sqrt(found);
  if (plan.metric == Metric::max_error) found = largest;
  return {none, found, found};
}

}  // namespace amenable::reference
