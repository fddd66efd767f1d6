// SPDX-License-Identifier: MIT
#pragma once

#include <summit/cpu/load.hpp>
#include <summit/math/widen.hpp>

#include <xsimd/xsimd.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace summit::inline version0::cpu {

/// One batch of elements `stride` apart, in the type they are computed in.
template <class Arch, class T>
[[nodiscard]] inline xsimd::batch<compute_t<T>, Arch> load_strided(const T* from, std::ptrdiff_t stride) noexcept {
    using batch = xsimd::batch<compute_t<T>, Arch>;
    if (stride == 1) return load<Arch>(from);
    if constexpr (std::same_as<T, compute_t<T>>) {
        // Index arithmetic is done in the index type, so it must not overflow that, in bytes either.
        using index = xsimd::as_integer_t<T>;
        constexpr std::ptrdiff_t reach = std::numeric_limits<std::int32_t>::max() / static_cast<std::ptrdiff_t>(64 * 8);
        if (stride <= reach) {
            alignas(64) std::array<index, batch::size> lanes;
            for (std::size_t i = 0; i != batch::size; ++i)
                lanes[i] = static_cast<index>(i) * static_cast<index>(stride);
            return batch::gather(from, xsimd::batch<index, Arch>::load_aligned(lanes.data()));
        }
    }
    std::array<T, batch::size> elements;
    for (std::size_t i = 0; i != batch::size; ++i) elements[i] = from[static_cast<std::ptrdiff_t>(i) * stride];
    return load<Arch>(elements.data());
}

/// Copies `count` elements, `stride` ≥ 0 apart, into a row: in the type they are computed in, or in double.
template <class Arch, class To, class From>
inline void pack(const From* from, std::ptrdiff_t stride, std::ptrdiff_t count, To* to) noexcept {
    using batch = xsimd::batch<compute_t<From>, Arch>;
    constexpr auto lanes = static_cast<std::ptrdiff_t>(batch::size);
    const auto store = [](const batch& elements, To* at) {
        if constexpr (std::same_as<To, compute_t<From>>) {
            elements.store_unaligned(at);
        } else {
            const auto halves = math::widen(elements);
            halves[0].store_unaligned(at);
            halves[1].store_unaligned(at + lanes / 2);
        }
    };
    std::ptrdiff_t i = 0;
    for (; i + lanes <= count; i += lanes) store(load_strided<Arch>(from + i * stride, stride), to + i);
    if (i == count) return;

    std::array<From, batch::size> rest{};
    std::array<To, batch::size> converted;
    const auto left = static_cast<std::size_t>(count - i);
    for (std::size_t k = 0; k != left; ++k) rest[k] = from[(i + static_cast<std::ptrdiff_t>(k)) * stride];
    store(load<Arch>(rest.data()), converted.data());
    for (std::size_t k = 0; k != left; ++k) to[i + static_cast<std::ptrdiff_t>(k)] = converted[k];
}

} // namespace summit::inline version0::cpu
