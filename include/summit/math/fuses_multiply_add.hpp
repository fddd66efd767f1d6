// SPDX-License-Identifier: MIT
#pragma once

#include <summit/instruction_set.hpp>
#include <summit/simd/xsimd.hpp>

#include <type_traits>

namespace summit::inline version0::math::inline SUMMIT_INSTRUCTION_SET {

/// Whether xsimd::fma rounds once on this architecture. Not so on xsimd::avxvnni, although every such machine has FMA:
/// fma3<avx2> is the architecture to ask for there.
template <class Arch>
inline constexpr bool fuses_multiply_add =
    std::is_base_of_v<xsimd::avx512f, Arch> || std::is_base_of_v<xsimd::neon64, Arch>;
template <class Base>
inline constexpr bool fuses_multiply_add<xsimd::fma3<Base>> = true;

} // namespace summit::inline version0::math::inline SUMMIT_INSTRUCTION_SET
