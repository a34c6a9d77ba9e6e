// Which instruction sets this build holds and this machine can run.
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>

#include "amenable/engine.h"
#include "targets/target.h"

namespace amenable {
namespace {

constexpr int most = 4;

struct Available {
  const Target* targets[most] = {};
  const char* names[most + 1] = {};
  int n = 0;

  void add(const Target& target) {
    targets[n] = &target;
    names[n++] = target.name;
  }

  Available() {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("fma"))
      add(avx512::target);
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) add(avx2::target);
#elif defined(__aarch64__)
    add(neon::target);
#endif
    add(portable::target);
  }
};

const Available& available() {
  static const Available it;
  return it;
}

}  // namespace

const char* const* targets() { return available().names; }

const Target& choose_target(const char* name) {
  if (name == nullptr) name = std::getenv("AMENABLE_TARGET");
  const Available& here = available();
  if (name == nullptr || *name == '\0') return *here.targets[0];
  std::string names;
  for (int i = 0; i < here.n; ++i) {
    if (std::strcmp(here.names[i], name) == 0) return *here.targets[i];
    names += std::string(i ? ", " : "") + here.names[i];
  }
  throw std::invalid_argument("AMENABLE_TARGET: no instruction set '" + std::string(name) +
                              "' on this machine; it has " + names);
}

}  // namespace amenable
