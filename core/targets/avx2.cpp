#define AMENABLE_TARGET avx2
#include "targets/target.cpp.h"
