// SPDX-License-Identifier: MIT
// xsimd 13 with the names of 14: the base of all architectures is common, and a batch constant's generator comes before its
// architecture.
#pragma once

#include <xsimd/config/xsimd_config.hpp>

#if defined(SUMMIT_TESTS_RENAME_XSIMD)
#define generic common
#define make_batch_constant make_batch_constant_of_13
#include_next <xsimd/xsimd.hpp>
#undef generic
#undef make_batch_constant

namespace xsimd {

template <class T, class Generator, class Arch = default_arch>
constexpr auto make_batch_constant() noexcept {
    return make_batch_constant_of_13<T, Arch, Generator>();
}

} // namespace xsimd
#else
#include_next <xsimd/xsimd.hpp>
#endif
