// The least that a test program needs: CHECK counts and names what fails; main returns finish().
#pragma once

#include <cstdio>

namespace amenable::check {

inline int passed = 0, failed = 0;

inline bool record(bool ok, const char* what, const char* file, int line) {
  ++(ok ? passed : failed);
  if (!ok) std::printf("%s:%d: failed: %s\n", file, line, what);
  return ok;
}

inline int finish() {
  std::printf("%d passed, %d failed\n", passed, failed);
  return failed == 0 && passed > 0 ? 0 : 1;
}

}  // namespace amenable::check

// True if it holds, so that a failing test can say more.
#define CHECK(condition) amenable::check::record((condition), #condition, __FILE__, __LINE__)
