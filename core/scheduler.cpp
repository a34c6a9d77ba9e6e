// Threads, the queue of groups, progress and cancelling. One thread works on one register of
// networks at a time; a group's trials are handed out one by one.
#include <algorithm>
#include <deque>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

#include "amenable/engine.h"
#include "targets/target.h"

namespace amenable {
namespace {

template <class Real>
const Kernels<Real>& kernels(const Target& target);
template <>
const Kernels<float>& kernels(const Target& target) {
  return target.of_float;
}
template <>
const Kernels<double>& kernels(const Target& target) {
  return target.of_double;
}

// Runs work() on n threads, this one among them; the first exception stops all and is thrown here.
template <class Work>
void on_threads(int n, Progress& progress, Work&& work) {
  std::exception_ptr error;
  std::mutex lock;
  const auto guarded = [&] {
    try {
      work();
    } catch (...) {
      const std::lock_guard<std::mutex> held(lock);
      if (!error) error = std::current_exception();
      progress.is_cancelled = true;
    }
  };
  std::vector<std::thread> threads;
  threads.reserve(static_cast<std::size_t>(std::max(n, 1)));
  try {
    for (int i = 1; i < n; ++i) threads.emplace_back(guarded);
  } catch (const std::system_error&) {
    // The system gives no more threads: the ones there are do the work.
  }
  guarded();
  for (auto& thread : threads) thread.join();
  if (error) std::rethrow_exception(error);
}

template <class Real>
class GroupQueue final : public TrialQueue {
 public:
  GroupQueue(const Group<Real>& group, Progress& progress) : group_(group), progress_(progress) {
    const std::int64_t batch =
        group.plan.batch > 0 ? group.plan.batch : std::max<std::int64_t>(group.data.training.n, 1);
    for (std::int64_t t = 0; t < group.n_trials; ++t) {
      const Trial& trial = group.trials[t];
      cost_ += static_cast<double>(trial.probes[trial.n_probes - 1]) * static_cast<double>(batch);
    }
    cost_ *= static_cast<double>(n_parameters(group.plan)) /
             static_cast<double>(std::max<std::int64_t>(group.n_trials, 1));
  }

  const Trial* next() override {
    if (is_cancelled()) return nullptr;
    const std::int64_t t = next_.fetch_add(1, std::memory_order_relaxed);
    return t < group_.n_trials ? &group_.trials[t] : nullptr;
  }
  void finished(const Trial&) override {
    progress_.finished.fetch_add(1, std::memory_order_relaxed);
  }
  bool is_cancelled() const override {
    return progress_.is_cancelled.load(std::memory_order_relaxed);
  }

  // Work that nobody has begun, as multiply-adds.
  double left() const {
    return cost_ * static_cast<double>(std::max<std::int64_t>(group_.n_trials - next_.load(), 0));
  }
  const Group<Real>& group() const { return group_; }

  int n_workers = 0;

 private:
  const Group<Real>& group_;
  Progress& progress_;
  std::atomic<std::int64_t> next_{0};
  double cost_ = 0;  // of one trial, on average
};

// The queue where another worker helps most, or null when all work has begun.
template <class Real>
GroupQueue<Real>* most_work(std::deque<GroupQueue<Real>>& queues) {
  GroupQueue<Real>* best = nullptr;
  for (auto& queue : queues)
    if (queue.left() > 0 && (best == nullptr || queue.left() / (queue.n_workers + 1) >
                                                    best->left() / (best->n_workers + 1)))
      best = &queue;
  return best;
}

// Blocks of networks, as many as there are lanes, each to one call of work(first, n).
template <class Work>
void in_blocks(std::int64_t n_networks, int n_lanes, int n_threads, Progress& progress,
               Work&& work) {
  std::atomic<std::int64_t> next{0};
  const std::int64_t n_blocks = (n_networks + n_lanes - 1) / n_lanes;
  const int n =
      static_cast<int>(std::clamp<std::int64_t>(n_threads, 1, std::max<std::int64_t>(n_blocks, 1)));
  on_threads(n, progress, [&] {
    for (;;) {
      const std::int64_t first = next.fetch_add(1) * n_lanes;
      if (first >= n_networks || progress.is_cancelled) return;
      work(first, static_cast<int>(std::min<std::int64_t>(n_lanes, n_networks - first)));
      progress.finished.fetch_add(1);
    }
  });
}

}  // namespace

template <class Real>
void train(const Group<Real>* groups, std::int64_t n_groups, int n_threads, const char* target,
           Progress& progress) {
  const Kernels<Real>& use = kernels<Real>(choose_target(target));
  std::deque<GroupQueue<Real>> queues;  // which neither copies nor moves what it holds
  for (std::int64_t i = 0; i < n_groups; ++i) queues.emplace_back(groups[i], progress);
  std::mutex lock;
  on_threads(n_threads, progress, [&] {
    for (;;) {
      GroupQueue<Real>* queue;
      {
        const std::lock_guard<std::mutex> held(lock);
        queue = progress.is_cancelled ? nullptr : most_work(queues);
        if (queue == nullptr) return;
        ++queue->n_workers;
      }
      use.train(queue->group().plan, queue->group().data, *queue);
      const std::lock_guard<std::mutex> held(lock);
      --queue->n_workers;
    }
  });
}

template <class Real>
void predict(const Plan& plan, int upto, const double* weights, const double* layer_settings,
             std::int64_t n_networks, const Real* inputs, std::int64_t n, double* outputs,
             int n_threads, const char* target, Progress& progress) {
  const Kernels<Real>& use = kernels<Real>(choose_target(target));
  const std::int64_t P = n_parameters(plan);
  const int n_out = upto == 0 ? plan.n_inputs : plan.layers[upto - 1].units;
  in_blocks(n_networks, use.n_lanes, n_threads, progress, [&](std::int64_t first, int some) {
    use.predict(plan, upto, weights + first * P,
                layer_settings + first * plan.n_layers * n_layer_settings, some, inputs, n,
                outputs + first * n * n_out);
  });
}

template <class Real>
void measure(const Plan& plan, const double* weights, const double* settings,
             const double* layer_settings, std::int64_t n_networks, const Samples<Real>& samples,
             double* losses, double* gradients, int n_threads, const char* target,
             Progress& progress) {
  const Kernels<Real>& use = kernels<Real>(choose_target(target));
  const std::int64_t P = n_parameters(plan);
  in_blocks(n_networks, use.n_lanes, n_threads, progress, [&](std::int64_t first, int some) {
    use.measure(plan, weights + first * P, settings + first * n_settings,
                layer_settings + first * plan.n_layers * n_layer_settings, some, samples,
                losses + 2 * first, gradients == nullptr ? nullptr : gradients + first * P);
  });
}

template <class Real>
double training_bytes(const Plan& plan, const Data<Real>& data, const char* target) {
  Group<Real> nobody;
  nobody.plan = plan;
  Progress progress;
  GroupQueue<Real> queue(nobody, progress);
  const Kernels<Real>& chosen = kernels<Real>(choose_target(target));
  return static_cast<double>(chosen.training_bytes(plan, data, queue)) / chosen.n_lanes;
}
template double training_bytes<float>(const Plan&, const Data<float>&, const char*);
template double training_bytes<double>(const Plan&, const Data<double>&, const char*);

void initialize(const Plan& plan, const double* layer_settings, std::uint64_t seed,
                double* weights) {
  choose_target(nullptr).initialize(plan, layer_settings, seed, weights);
}

#define AMENABLE_FOR(Real)                                                                         \
  template void train(const Group<Real>*, std::int64_t, int, const char*, Progress&);              \
  template void predict(const Plan&, int, const double*, const double*, std::int64_t, const Real*, \
                        std::int64_t, double*, int, const char*, Progress&);                       \
  template void measure(const Plan&, const double*, const double*, const double*, std::int64_t,    \
                        const Samples<Real>&, double*, double*, int, const char*, Progress&);
AMENABLE_FOR(float)
AMENABLE_FOR(double)
#undef AMENABLE_FOR

}  // namespace amenable
