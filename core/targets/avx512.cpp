#define AMENABLE_TARGET avx512
#include "targets/target.cpp.h"
