// SPDX-License-Identifier: MIT
// expected: summit needs arithmetic that rounds to the type at hand, which x87 does not: -msse2 -mfpmath=sse
#include <summit/summit.hpp>
