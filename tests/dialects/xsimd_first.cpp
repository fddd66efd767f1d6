// SPDX-License-Identifier: MIT
// expected: summit has to be included before xsimd, which has no vectors of double for this processor
#include <xsimd/xsimd.hpp>

#include <summit/summit.hpp>
