// SPDX-License-Identifier: MIT
#pragma once

#include <summit/cpu/deinterleave.hpp>
#include <summit/cpu/load.hpp>
#include <summit/cpu/pack.hpp>
#include <summit/dtype.hpp>
#include <summit/instruction_set.hpp>
#include <summit/math/widen.hpp>
#include <summit/simd/xsimd.hpp>

#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>

namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET {

/// One batch of elements as C, the type to compute in: two batches of double hold one of float.
template <class C, class Arch, class Element>
inline constexpr std::size_t parts_of = sizeof(C) / sizeof(compute_t<Element>);

template <class C, class Arch, class Element>
using lanes = std::array<xsimd::batch<C, Arch>, parts_of<C, Arch, Element>>;

/// Reads neighbours. Called for an address, it returns the batch of elements that starts there.
template <class C, class Arch, class Element>
struct dense_loader {
    static constexpr bool is_dense = true;

    [[nodiscard, gnu::always_inline]] static lanes<C, Arch, Element>
    convert(const xsimd::batch<compute_t<Element>, Arch>& x) noexcept {
        if constexpr (parts_of<C, Arch, Element> == 1)
            return {x};
        else
            return math::widen(x);
    }
    [[nodiscard, gnu::always_inline]] lanes<C, Arch, Element> operator()(const Element* from) const noexcept {
        return convert(load<Arch>(from));
    }
    [[nodiscard]] static std::ptrdiff_t stride() noexcept { return 1; }
};

/// Reads elements `stride` apart, and touches no other.
template <class C, class Arch, class Element>
class strided_loader {
public:
    static constexpr bool is_dense = false;
    explicit strided_loader(std::ptrdiff_t stride) noexcept : gather_(stride) {}

    [[nodiscard, gnu::always_inline]] lanes<C, Arch, Element> operator()(const Element* from) const noexcept {
        return dense_loader<C, Arch, Element>::convert(read(from));
    }

    [[nodiscard]] std::ptrdiff_t stride() const noexcept { return gather_.stride(); }

private:
    [[nodiscard, gnu::always_inline]] auto read(const Element* from) const noexcept {
        if constexpr (deinterleaves<Arch, Element>) {
            if (stride() == 2) return deinterleaved<2, Arch>(from);
            if (stride() == 3) return deinterleaved<3, Arch>(from);
            if (stride() == 4) return deinterleaved<4, Arch>(from);
        }
        return gather_(from);
    }

    strided_lanes<Arch, Element> gather_;
};

/// Whether each of `count` offsets is next to the one before.
[[nodiscard, gnu::always_inline]] inline bool are_neighbours(const std::ptrdiff_t* offsets,
                                                             std::ptrdiff_t count) noexcept {
    bool are = true;
    for (std::ptrdiff_t i = 1; i < count; ++i) are &= offsets[i] - offsets[i - 1] == 1;
    return are;
}

inline constexpr std::uintptr_t line_bytes = 64;
inline constexpr std::uintptr_t page_bytes = 4096;

/// Elements of a cache line.
template <class Element>
inline constexpr auto line_elements = static_cast<std::ptrdiff_t>(line_bytes / sizeof(Element));

/// How far ahead memory is asked for, where it is the limit: the processor's own look-ahead ends with the page.
inline constexpr std::uintptr_t bytes_ahead = 12288;

/// Asks for a line. It may belong to the next row, or lie where nothing is, which a prefetch would not mind; the address is no
/// pointer until then.
[[gnu::always_inline]] inline void prefetch(std::uintptr_t address) noexcept {
    __builtin_prefetch(reinterpret_cast<const void*>(address)); // NOLINT(performance-no-int-to-ptr)
}

/// Asks for the line ahead of `from`.
[[gnu::always_inline]] inline void prefetch_ahead(const void* from) noexcept {
    prefetch(reinterpret_cast<std::uintptr_t>(from) + bytes_ahead);
}

/// Whether the processor's own look-ahead, which works page by page, had better be at work in two pages at once. Rows in DRAM
/// then take a tenth less time on Intel's (Sapphire Rapids), and half as much again on AMD's (Zen 4).
[[nodiscard, gnu::always_inline]] inline bool reads_two_pages_at_once() noexcept {
#if defined(__x86_64__) || defined(__i386__)
    return __builtin_cpu_is("intel") != 0;
#else
    return false;
#endif
}

/// Two pieces of memory.
struct lines_ahead {
    std::uintptr_t first;
    std::uintptr_t second;
};

/// Where the lines lie that are asked for when `Bytes` are read at `at`, half of them in each piece: one after the other, or
/// the second as far on in the next page. Whoever reads two pages has asked for two.
template <std::uintptr_t Bytes>
[[nodiscard, gnu::always_inline]] constexpr lines_ahead lines_ahead_of(std::uintptr_t at, bool in_two_pages) noexcept {
    constexpr std::uintptr_t both = 2 * page_bytes;
    const std::uintptr_t first = in_two_pages ? (at & ~(both - 1)) + (at & (both - Bytes)) / 2 : at;
    return {first + bytes_ahead, first + bytes_ahead + (in_two_pages ? page_bytes : Bytes / 2)};
}

/// Asks for `Bytes` ahead, for a loop that reads as many at `from` without gaps. Rejected: four pages, on Intel's a twentieth
/// less once more, as rows that lie nearer lose 2 % for want of room in the cache.
template <std::uintptr_t Bytes>
[[gnu::always_inline]] inline void prefetch_pages_ahead(const void* from, bool in_two_pages) noexcept {
    static_assert(std::has_single_bit(Bytes) && 2 * line_bytes <= Bytes && Bytes <= page_bytes);
    const auto [first, second] = lines_ahead_of<Bytes>(reinterpret_cast<std::uintptr_t>(from), in_two_pages);
#pragma GCC unroll 8
    for (std::uintptr_t i = 0; i != Bytes / 2; i += line_bytes) {
        prefetch(first + i);
        prefetch(second + i);
    }
}

} // namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET
