#define AMENABLE_TARGET neon
#include "targets/target.cpp.h"
