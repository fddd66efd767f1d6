// SPDX-License-Identifier: MIT
#pragma once

// The one place that includes xsimd: what differs between its releases is put right here.
#include <xsimd/xsimd.hpp>

namespace summit::inline version0::simd {

/// The oldest release of xsimd that Summit compiles against.
inline constexpr int oldest_xsimd = 13;

static_assert(XSIMD_VERSION_MAJOR >= oldest_xsimd, "summit needs xsimd 13 or newer");

} // namespace summit::inline version0::simd
