// SPDX-License-Identifier: MIT
#pragma once

#include <summit/cpu/load.hpp>
#include <summit/instruction_set.hpp>
#include <summit/math/widen.hpp>
#include <summit/simd/xsimd.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET {

/// Elements at `index`. xsimd leaves open what the destination held before, and the processor waits for that: with nothing
/// but zeros to wait for, one gather need not follow the last use of its register.
template <class Arch, class T>
[[gnu::always_inline]] inline xsimd::batch<T, Arch>
gather_on(const simd::common&, const T* from, const xsimd::batch<xsimd::as_integer_t<T>, Arch>& index) noexcept {
    return xsimd::batch<T, Arch>::gather(from, index);
}

#if XSIMD_WITH_AVX512F
// Unless g++ optimises these two intrinsics are macros, which pass a mask as a signed number.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wsign-conversion"
template <class Arch, class T>
[[gnu::always_inline]] inline xsimd::batch<T, Arch>
gather_on(const xsimd::avx512f&, const T* from, const xsimd::batch<xsimd::as_integer_t<T>, Arch>& index) noexcept {
    // A compiler that sees all lanes wanted leaves the zeros out again.
    auto wanted = static_cast<std::conditional_t<sizeof(T) == sizeof(float), __mmask16, __mmask8>>(-1);
    asm("" : "+Yk"(wanted));
    if constexpr (sizeof(T) == sizeof(float))
        return _mm512_mask_i32gather_ps(_mm512_setzero_ps(), wanted, index, from, sizeof(T));
    else
        return _mm512_mask_i64gather_pd(_mm512_setzero_pd(), wanted, index, from, sizeof(T));
}
#pragma GCC diagnostic pop
#endif

/// Reads one batch of elements `stride` ≥ 0 apart, in the type they are computed in.
template <class Arch, class T>
class strided_lanes {
    using batch = xsimd::batch<compute_t<T>, Arch>;
    using index = xsimd::as_integer_t<compute_t<T>>;

public:
    explicit strided_lanes(std::ptrdiff_t stride) noexcept : stride_(stride) {
        // Index arithmetic is done in the index type, so it must not overflow that, in bytes either.
        constexpr std::ptrdiff_t reach = std::numeric_limits<std::int32_t>::max() / static_cast<std::ptrdiff_t>(64 * 8);
        gathers_ = stride <= reach;
        alignas(Arch::alignment()) std::array<index, batch::size> lanes{};
        if (gathers_)
            for (std::size_t i = 0; i != batch::size; ++i)
                lanes[i] = static_cast<index>(i) * static_cast<index>(stride);
        index_ = xsimd::batch<index, Arch>::load_aligned(lanes.data());
    }

    [[nodiscard, gnu::always_inline]] batch operator()(const T* from) const noexcept {
        if constexpr (std::same_as<T, compute_t<T>>)
            if (gathers_) return gather_on<Arch>(Arch{}, from, index_);
        return one_by_one(from, stride_);
    }
    [[nodiscard]] std::ptrdiff_t stride() const noexcept { return stride_; }

private:
    // Not inline: where it is seldom called, its code would only be in the way of the gather's.
    [[gnu::noinline]] static batch one_by_one(const T* from, std::ptrdiff_t stride) noexcept {
        std::array<T, batch::size> elements;
        for (std::size_t i = 0; i != batch::size; ++i) elements[i] = from[static_cast<std::ptrdiff_t>(i) * stride];
        return load<Arch>(elements.data());
    }

    std::ptrdiff_t stride_;
    bool gathers_;
    xsimd::batch<index, Arch> index_;
};

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
    if (stride == 1) {
        for (; i + lanes <= count; i += lanes) store(load<Arch>(from + i), to + i);
    } else if (count >= lanes) {
        const strided_lanes<Arch, From> load_lanes(stride);
        for (; i + lanes <= count; i += lanes) store(load_lanes(from + i * stride), to + i);
    }
    if (i == count) return;

    std::array<From, batch::size> rest{};
    std::array<To, batch::size> converted;
    // Fewer than a batch: the loops end there by themselves, or g++ 12 and 14 warn of elements beyond.
    const auto left = static_cast<std::size_t>(count - i);
    for (std::size_t k = 0; k + 1 < batch::size && k < left; ++k)
        rest[k] = from[(i + static_cast<std::ptrdiff_t>(k)) * stride];
    store(load<Arch>(rest.data()), converted.data());
    for (std::size_t k = 0; k + 1 < batch::size && k < left; ++k) to[i + static_cast<std::ptrdiff_t>(k)] = converted[k];
}

} // namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET
