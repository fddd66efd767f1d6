// SPDX-License-Identifier: MIT
// What xsimd 14 changed, where the tests find no xsimd but 13: see ../xsimd.hpp.
#pragma once

#include_next <xsimd/config/xsimd_config.hpp>

#if XSIMD_VERSION_MAJOR < 14
#define SUMMIT_TESTS_RENAME_XSIMD
#undef XSIMD_VERSION_MAJOR
#define XSIMD_VERSION_MAJOR 14
#endif
