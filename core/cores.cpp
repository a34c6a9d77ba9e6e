// How many cores this process may use.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <thread>

#include "amenable/engine.h"

namespace amenable {
namespace {

// A container's share of time, in cores; 0 where there is no limit. Linux control groups: version 2
// holds "quota period" in one file, version 1 in two.
double container_share() {
  long long quota = 0, period = 0;
  if (std::FILE* file = std::fopen("/sys/fs/cgroup/cpu.max", "r")) {
    const int n = std::fscanf(file, "%lld %lld", &quota, &period);
    std::fclose(file);
    return n == 2 && period > 0 ? static_cast<double>(quota) / static_cast<double>(period) : 0;
  }
  const auto number = [](const char* path) {
    long long value = 0;
    if (std::FILE* file = std::fopen(path, "r")) {
      if (std::fscanf(file, "%lld", &value) != 1) value = 0;
      std::fclose(file);
    }
    return value;
  };
  quota = number("/sys/fs/cgroup/cpu/cpu.cfs_quota_us");
  period = number("/sys/fs/cgroup/cpu/cpu.cfs_period_us");
  return quota > 0 && period > 0 ? static_cast<double>(quota) / static_cast<double>(period) : 0;
}

}  // namespace

int available_cores() {
  // hardware_concurrency() counts the cores of the process's affinity on Linux.
  int n = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  if (const double share = container_share(); share > 0)
    n = std::min(n, std::max(1, static_cast<int>(std::ceil(share))));
  return n;
}

}  // namespace amenable
