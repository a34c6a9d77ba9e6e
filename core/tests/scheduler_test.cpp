// Threads, queues, progress and cancelling; also to be run under ThreadSanitizer. Times are
// printed and not judged. Argument: the width of the large network that is cancelled.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <stdexcept>
#include <thread>

#include "check.h"
#include "experiment.h"

namespace amenable::test {
namespace {

using Clock = std::chrono::steady_clock;

// Trains, and cancels from another thread after so long. Gives the time from there to the return.
double cancel_after(double seconds, const Group<float>& group, int n_threads) {
  Progress progress;
  Clock::time_point cancelled;
  std::thread canceller([&] {
    std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
    cancelled = Clock::now();
    progress.is_cancelled = true;
  });
  train<float>(&group, 1, n_threads, nullptr, progress);
  const auto end = Clock::now();
  canceller.join();
  CHECK(progress.is_cancelled);
  return std::chrono::duration<double>(end - cancelled).count();
}

bool all_cancelled(const std::vector<Outcome>& outcomes) {
  return std::all_of(outcomes.begin(), outcomes.end(),
                     [](const Outcome& it) { return it.status == Status::cancelled; });
}

// Whatever it is busy with when the word comes: memory, initial weights, steps.
void check_cancelling(const std::vector<int>& widths, int n_samples, int n_threads) {
  Experiment it = plain_experiment(widths, n_samples);
  it.wants_weights = false;
  for (int i = 0; i < 20; ++i) it.add_trial(i, 1000000000);
  for (const double after : {0.0, 0.1, 1.0, 3.0}) {
    Attempt<float> attempt(it, first_numbers(it.trials.size()));
    const double took = cancel_after(after, attempt.group(), n_threads);
    CHECK(all_cancelled(attempt.outcomes()));
    std::printf("%d-%d-...-%d, cancelled after %.1f s: returned %.3f s later\n", widths[0],
                widths[1], widths.back(), after, took);
  }
}

// What is finished stays finished; what is not has a status, its steps and its weights.
void check_what_cancelling_leaves() {
  Experiment it = plain_experiment({2, 3, 1}, 20);
  // No more endless ones than the shortest register has lanes.
  for (int i = 0; i < 8; ++i) it.add_trial(i, i < 5 ? 10 : 1000000000);
  Attempt<float> attempt(it, first_numbers(8));
  Progress progress;
  std::thread canceller([&] {
    while (progress.finished < 5) std::this_thread::yield();
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    progress.is_cancelled = true;
  });
  train<float>(&attempt.group(), 1, 1, nullptr, progress);
  canceller.join();
  CHECK(progress.finished == 8);
  for (int i = 0; i < 8; ++i) {
    const Outcome& outcome = attempt.outcomes()[i];
    CHECK(outcome.status == (i < 5 ? Status::exhausted : Status::cancelled));
    CHECK(i < 5 ? outcome.steps == 10 : outcome.steps > 10);
    CHECK(std::isfinite(outcome.end_weights[0]));
  }
}

// Cancelled before it began: nothing happens, and nothing is written.
void check_cancelled_before() {
  Experiment it = plain_experiment({2, 3, 1}, 20);
  it.add_trial(1, 10);
  Attempt<float> attempt(it, {0});
  Progress progress;
  progress.is_cancelled = true;
  train<float>(&attempt.group(), 1, 2, nullptr, progress);
  CHECK(progress.finished == 0);
  CHECK(attempt.outcomes()[0].steps == -1);
  CHECK(attempt.outcomes()[0].status == Status::cancelled);
}

void check_counts(int n_groups, int n_trials, int n_threads) {
  std::vector<Experiment> experiments;
  std::vector<std::unique_ptr<Attempt<float>>> attempts;
  std::vector<Group<float>> groups;
  for (int g = 0; g < n_groups; ++g) {
    experiments.push_back(plain_experiment({2, 1 + g % 5, 1}, 10 + g % 7));
    for (int t = 0; t < n_trials; ++t) experiments.back().add_trial(t, 1 + (g + t) % 9);
  }
  for (const Experiment& it : experiments) {
    attempts.push_back(std::make_unique<Attempt<float>>(it, first_numbers(it.trials.size())));
    groups.push_back(attempts.back()->group());
  }
  Progress progress;
  // Somebody looks on.
  std::atomic<bool> is_done{false};
  bool only_grows = true;
  std::thread watcher([&] {
    for (std::int64_t last = 0; !is_done; std::this_thread::yield()) {
      const std::int64_t now = progress.finished;
      only_grows = only_grows && now >= last;
      last = now;
    }
  });
  train<float>(groups.data(), n_groups, n_threads, nullptr, progress);
  is_done = true;
  watcher.join();
  CHECK(only_grows);
  CHECK(progress.finished == n_groups * n_trials);
  bool all_done = true;
  for (const auto& attempt : attempts)
    for (const Outcome& outcome : attempt->outcomes())
      all_done = all_done && outcome.status == Status::exhausted && std::isfinite(outcome.final[0]);
  CHECK(all_done);
}

template <class Exception, class Call>
bool throws(Call&& call) {
  try {
    call();
  } catch (const Exception&) {
    return true;
  }
  return false;
}

void check_errors() {
  Experiment it = plain_experiment({2, 3, 1}, 10);
  for (int i = 0; i < 5; ++i) it.add_trial(i, 5);
  CHECK(throws<std::invalid_argument>([&] { train_some<float>(it, {0}, 1, "sse"); }));

  // A network that no memory holds, on both threads, beside one that is no trouble.
  Experiment huge = plain_experiment({1, 400000, 400000, 1}, 1);
  for (int i = 0; i < 3; ++i) huge.add_trial(i, 1000000);
  const Attempt<float> small(it, first_numbers(5));
  Group<float> groups[2] = {small.group(), {}};
  groups[1].plan = huge.plan;
  groups[1].data.training = small.group().data.training;
  std::vector<Trial> trials(3);
  std::vector<Status> statuses(3);
  std::vector<std::int64_t> steps(3);
  for (int i = 0; i < 3; ++i) {
    trials[i].settings = huge.trials[i].settings.data();
    trials[i].layer_settings = huge.trials[i].layer_settings.data();
    trials[i].probes = huge.trials[i].probes.data();
    trials[i].n_probes = 1;
    trials[i].status = &statuses[i];
    trials[i].steps = &steps[i];
  }
  groups[1].trials = trials.data();
  groups[1].n_trials = 3;
  for (const int n_threads : {1, 2}) {
    Progress progress;
    CHECK(
        throws<std::bad_alloc>([&] { train<float>(groups, 2, n_threads, "portable", progress); }));
    CHECK(progress.is_cancelled);
  }
}

}  // namespace
}  // namespace amenable::test

int main(int argc, char** argv) {
  using namespace amenable::test;
  const int width = argc > 1 ? std::atoi(argv[1]) : 1024;
  check_counts(0, 0, 2);
  check_counts(1, 0, 2);
  check_counts(1, 1, 16);  // more threads than trials
  check_counts(3, 50, 2);
  check_counts(200, 3, 4);  // many small groups
  check_counts(2, 500, 0);  // at least this thread works
  check_cancelled_before();
  check_what_cancelling_leaves();
  check_errors();
  check_cancelling({8, 16, 16, 1}, 10000, 2);
  check_cancelling({width, width, width, 1}, 1000, 1);
  return amenable::check::finish();
}
