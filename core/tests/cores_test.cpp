// Limits of control groups, in folders made up here.
#include "cores.h"

#include <filesystem>
#include <fstream>
#include <string>

#include "check.h"

namespace amenable::test {
namespace {

namespace fs = std::filesystem;

void write(const fs::path& file, const char* text) {
  fs::create_directories(file.parent_path());
  std::ofstream(file) << text;
}

void second_version(const std::string& mount) {
  write(mount + "/user/service/cpu.max", "150000 100000\n");
  write(mount + "/user/cpu.max", "max 100000\n");
  CHECK(cpu_quota("0::/user/service\n", mount) == 1.5);
  CHECK(cpu_quota("0::/user\n", mount) == 0);
  CHECK(cpu_quota("0::/\n", mount) == 0);
  // The host's path, of which a container sees nothing but its own group, as the root.
  CHECK(cpu_quota("0::/docker/12ab\n", mount) == 0);
  write(mount + "/cpu.max", "400000 100000\n");
  CHECK(cpu_quota("0::/docker/12ab\n", mount) == 4);
  // The least on the way up holds.
  CHECK(cpu_quota("0::/user/service\n", mount) == 1.5);
  write(mount + "/user/cpu.max", "50000 100000\n");
  CHECK(cpu_quota("0::/user/service\n", mount) == 0.5);
}

void first_version(const std::string& mount) {
  const char* const membership = "4:memory:/other\n3:cpuset:/\n2:cpu,cpuacct:/service\n0::/\n";
  CHECK(cpu_quota(membership, mount) == 0);
  write(mount + "/cpu/service/cpu.cfs_quota_us", "300000\n");
  write(mount + "/cpu/service/cpu.cfs_period_us", "100000\n");
  write(mount + "/cpu/cpu.cfs_quota_us", "-1\n");
  write(mount + "/cpu/cpu.cfs_period_us", "100000\n");
  CHECK(cpu_quota(membership, mount) == 3);
  CHECK(cpu_quota("3:cpuset:/service\n", mount) == 0);
}

void odd_text(const std::string& mount) {
  for (const char* membership : {"", "\n", "0\n", "0:\n", "::", "0::", "0::service"})
    CHECK(cpu_quota(membership, mount + "/none") == 0);
}

}  // namespace
}  // namespace amenable::test

int main() {
  using namespace amenable::test;
  const fs::path root = fs::current_path() / "cores_test_groups";
  fs::remove_all(root);
  second_version(root / "second");
  first_version(root / "first");
  odd_text(root);
  fs::remove_all(root);
  return amenable::check::finish();
}
