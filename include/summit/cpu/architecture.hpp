// SPDX-License-Identifier: MIT
#pragma once

#include <summit/simd/xsimd.hpp>

#include <concepts>
#include <type_traits>

namespace summit::inline version0::cpu {

/// The instruction set to compile for: the best that the compiler was told of. Every function of the back end takes it
/// as a template parameter, so that files built with different flags never share a kernel.
///
/// xsimd takes AVX-VNNI for better than AVX2 with FMA, and leaves it without FMA.
#if XSIMD_WITH_AVXVNNI && XSIMD_WITH_FMA3_AVX2
using default_architecture = std::conditional_t<std::same_as<xsimd::default_arch, xsimd::avxvnni>,
                                                xsimd::fma3<xsimd::avx2>, xsimd::default_arch>;
#elif defined(XSIMD_WITH_EMULATED)
using default_architecture = std::conditional_t<xsimd::has_simd_register<double, xsimd::default_arch>::value,
                                                xsimd::default_arch, xsimd::emulated<128>>;
#else
using default_architecture = xsimd::default_arch;
#endif

} // namespace summit::inline version0::cpu
