// Linked into programs that are compiled for one instruction set; itself compiled for none. Before
// anything else runs: where this machine cannot run the set that AMENABLE_TARGET names, the program
// ends with 77, which ctest takes for skipped.
#include <cstdio>
#include <cstdlib>
#include <stdexcept>

#include "targets/target.h"

namespace {

__attribute__((constructor(101))) void skip_unsupported() {
#if defined(__x86_64__)
  __builtin_cpu_init();  // this early, nobody else has
#endif
  try {
    amenable::choose_target(nullptr);
  } catch (const std::invalid_argument& error) {
    std::printf("skipped: %s\n", error.what());
    std::fflush(stdout);
    std::_Exit(77);
  }
}

}  // namespace
