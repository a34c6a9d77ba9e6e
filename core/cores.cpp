// How many cores this process may use.
#include "cores.h"

#ifdef __linux__
#include <sched.h>
#endif

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <thread>

#include "amenable/engine.h"

namespace amenable {
namespace {

// Version 2 of control groups holds "quota period" in one file, version 1 in two; "max" or -1 for a
// quota is none.
double quota_of(const std::string& folder) {
  double quota = 0, period = 0;
  if (std::ifstream both(folder + "/cpu.max"); both) {
    both >> quota >> period;
  } else {
    std::ifstream(folder + "/cpu.cfs_quota_us") >> quota;
    std::ifstream(folder + "/cpu.cfs_period_us") >> period;
  }
  return quota > 0 && period > 0 ? quota / period : 0;
}

double least(double a, double b) { return a == 0 || (b != 0 && b < a) ? b : a; }

// Cores that the calling thread may run on, and so the threads that it starts.
int affinity() {
#ifdef __linux__
  // hardware_concurrency() does not ask for it: glibc's get_nprocs() has not since 2.35. Sets are
  // made larger until the kernel's fits.
  for (int room = CPU_SETSIZE; room <= (1 << 20); room *= 2) {
    cpu_set_t* set = CPU_ALLOC(static_cast<std::size_t>(room));
    if (set == nullptr) break;
    const std::size_t size = CPU_ALLOC_SIZE(static_cast<std::size_t>(room));
    const int n = sched_getaffinity(0, size, set) == 0 ? CPU_COUNT_S(size, set) : 0;
    CPU_FREE(set);
    if (n > 0) return n;
  }
#endif
  return static_cast<int>(std::thread::hardware_concurrency());
}

}  // namespace

double cpu_quota(const std::string& membership, const std::string& mount) {
  double quota = 0;
  std::istringstream lines(membership);
  // "number:controllers:/path", without controllers in version 2.
  for (std::string line; std::getline(lines, line);) {
    const std::size_t first = line.find(':'), second = line.find(":/", first + 1);
    if (second == std::string::npos) continue;
    std::istringstream controllers(line.substr(first + 1, second - first - 1));
    const bool is_second_version = second == first + 1;
    bool has_cpu = is_second_version;
    for (std::string name; std::getline(controllers, name, ',');) has_cpu |= name == "cpu";
    if (!has_cpu) continue;
    const std::string root = mount + (is_second_version ? "" : "/cpu");
    // In a container the path may be the host's and not be there; its own group is the root then.
    std::string path = line.substr(second + 1);
    for (; path.size() > 1; path.resize(path.rfind('/')))
      quota = least(quota, quota_of(root + path));
    quota = least(quota, quota_of(root));
  }
  return quota;
}

int available_cores() {
  int n = affinity();
  std::ifstream file("/proc/self/cgroup");
  const std::string membership{std::istreambuf_iterator<char>(file), {}};
  if (const double quota = cpu_quota(membership, "/sys/fs/cgroup"); quota > 0)
    n = std::min(n, static_cast<int>(std::ceil(std::min(quota, 1e6))));
  return std::max(1, n);
}

}  // namespace amenable
