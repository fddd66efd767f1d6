// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The Summit authors
#pragma once

#include <summit/simd/xsimd.hpp>

#include <array>
#include <cstddef>
#include <tuple>
#include <type_traits>

namespace support {

/// Those of the given architectures that this build has instructions for, as a tuple.
template <class... Arch>
using supported_of =
    decltype(std::tuple_cat(std::conditional_t<Arch::supported(), std::tuple<Arch>, std::tuple<>>{}...));

/// One architecture for each vector length, with and without FMA, that one test program can hold.
using architectures =
    supported_of<xsimd::sse2, xsimd::fma3<xsimd::sse4_2>, xsimd::fma3<xsimd::avx2>, xsimd::avx512bw, xsimd::neon64>;

/// Those of them with FMA: all must return the same bits.
using fused_architectures =
    supported_of<xsimd::fma3<xsimd::sse4_2>, xsimd::fma3<xsimd::avx2>, xsimd::avx512bw, xsimd::neon64>;

/// Calls f(Arch{}) for each architecture of a tuple.
template <class Architectures, class F>
void for_each_architecture(F&& f) {
    std::apply([&](auto... arch) { (f(arch), ...); }, Architectures{});
}

/// Applies f, batches to a batch, to whole arrays; size is a multiple of every batch size.
template <class Arch, class T, class F, std::size_t Size>
void map(const std::array<T, Size>& in, std::array<T, Size>& out, F&& f) {
    using batch = xsimd::batch<T, Arch>;
    static_assert(Size % batch::size == 0);
    for (std::size_t i = 0; i != Size; i += batch::size) f(batch::load_unaligned(&in[i])).store_unaligned(&out[i]);
}

} // namespace support
