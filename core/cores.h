// How much of the machine's time a control group leaves to its processes.
#pragma once

#include <string>

namespace amenable {

// Cores' worth of time, 0 where there is no limit. `membership` has the text of /proc/self/cgroup,
// below `mount` lie the control groups. A limit holds for the groups below it, too.
double cpu_quota(const std::string& membership, const std::string& mount);

}  // namespace amenable
