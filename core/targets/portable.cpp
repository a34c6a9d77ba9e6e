#define AMENABLE_TARGET portable
#include "targets/target.cpp.h"
