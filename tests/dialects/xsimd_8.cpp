// SPDX-License-Identifier: MIT
// expected: summit needs xsimd 13 or newer
#include <summit/summit.hpp>
