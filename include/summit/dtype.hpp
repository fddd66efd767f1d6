// SPDX-License-Identifier: MIT
#pragma once

#include <bit>
#include <complex>
#include <concepts>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace summit::inline version0 {

/// The bits of `x` in a 16-bit IEEE format, rounded once, to nearest even.
// Inlined always, as its name says nothing of the instruction set that a caller may have been compiled for.
template <int exponent_bits, int fraction_bits>
[[nodiscard, gnu::always_inline]] constexpr std::uint16_t to_16_bits(double x) noexcept {
    static_assert(exponent_bits + fraction_bits == 15);
    constexpr int bias = (1 << (exponent_bits - 1)) - 1;
    constexpr std::uint64_t infinity = ((std::uint64_t{1} << exponent_bits) - 1) << fraction_bits;

    const auto bits = std::bit_cast<std::uint64_t>(x);
    const std::uint64_t sign = bits >> 63 << 15;
    const std::uint64_t magnitude = bits & (~std::uint64_t{0} >> 1);
    constexpr auto double_infinity = std::bit_cast<std::uint64_t>(std::numeric_limits<double>::infinity());
    if (magnitude > double_infinity)
        return static_cast<std::uint16_t>(sign | infinity | std::uint64_t{1} << (fraction_bits - 1));

    const int exponent = static_cast<int>(magnitude >> 52) - 1023;
    const bool subnormal = exponent < 1 - bias;
    const int dropped = 52 - fraction_bits + (subnormal ? 1 - bias - exponent : 0);
    // Less than half of the smallest subnormal.
    if (dropped > 53) return static_cast<std::uint16_t>(sign);
    const std::uint64_t significand = (magnitude & (~std::uint64_t{0} >> 12)) | std::uint64_t{1} << 52;
    // No comparison of what is dropped with a half, of which nobody could foretell the outcome: a half less the smallest is
    // added, and the smallest where the number would be odd.
    const std::uint64_t half = std::uint64_t{1} << (dropped - 1);
    std::uint64_t rounded = (significand + half - 1 + (significand >> dropped & 1)) >> dropped;
    // Added, not joined: a carry out of the fraction belongs in the exponent.
    if (!subnormal) rounded += static_cast<std::uint64_t>(exponent + bias - 1) << fraction_bits;
    return static_cast<std::uint16_t>(sign | (rounded < infinity ? rounded : infinity));
}

/// IEEE binary16, to store numbers in: 5 bits of exponent, 10 of fraction. Arithmetic is done in float.
struct [[gnu::visibility("default")]] float16 {
    std::uint16_t bits;

    float16() = default;
    [[gnu::always_inline]] constexpr explicit float16(double x) noexcept : bits(to_16_bits<5, 10>(x)) {}

    [[nodiscard, gnu::always_inline]] constexpr explicit operator float() const noexcept {
        const std::uint32_t sign = std::uint32_t{bits} >> 15 << 31;
        const std::uint32_t magnitude = std::uint32_t{bits} & 0x7fffU;
        constexpr std::uint32_t rebias = std::uint32_t{127 - 15} << 23;
        if (magnitude >= 0x7c00U) return std::bit_cast<float>(sign | 0x7f800000U | magnitude << 13);
        if (magnitude >= 0x0400U) return std::bit_cast<float>(sign | ((magnitude << 13) + rebias));
        // A subnormal is fraction · 2^−24.
        const float value = static_cast<float>(magnitude) * 0x1p-24F;
        return sign != 0 ? -value : value;
    }
};

/// The upper half of a float, to store numbers in: 8 bits of exponent, 7 of fraction. Arithmetic is done in float.
struct [[gnu::visibility("default")]] bfloat16 {
    std::uint16_t bits;

    bfloat16() = default;
    [[gnu::always_inline]] constexpr explicit bfloat16(double x) noexcept : bits(to_16_bits<8, 7>(x)) {}

    [[nodiscard, gnu::always_inline]] constexpr explicit operator float() const noexcept {
        return std::bit_cast<float>(std::uint32_t{bits} << 16);
    }
};

/// The compiler's own types of 16 bits; ours once more where it has none.
// g++ before 13 has the limits of _Float16 on AArch64, but not the type in C++.
#if defined(__FLT16_MAX__) && (defined(__clang__) || !defined(__aarch64__) || __GNUC__ >= 13)
using compiler_float16 = _Float16;
#else
using compiler_float16 = float16;
#endif
#if defined(__BFLT16_MAX__) ||                                                                                         \
    (defined(__clang__) && __clang_major__ >= 17 && (defined(__SSE2__) || defined(__aarch64__)))
using compiler_bfloat16 = __bf16;
#else
using compiler_bfloat16 = bfloat16;
#endif

/// A type laid out as float16 is.
template <class T>
concept float16_like = std::same_as<T, float16> || std::same_as<T, compiler_float16>;

/// A type laid out as bfloat16 is.
template <class T>
concept bfloat16_like = std::same_as<T, bfloat16> || std::same_as<T, compiler_bfloat16>;

/// Characters: letters, not numbers.
template <class T>
concept character = std::same_as<T, char> || std::same_as<T, wchar_t> || std::same_as<T, char16_t> ||
#if defined(__cpp_char8_t)
    std::same_as<T, char8_t> ||
#endif
    std::same_as<T, char32_t>;

/// Integers and bool.
template <class T>
concept integer_element = std::integral<T> && sizeof(T) <= 8 && !character<T>;

template <class T>
concept complex_element = std::same_as<T, std::complex<float>> || std::same_as<T, std::complex<double>>;

/// A type whose elements can be reduced.
template <class T>
concept element = std::same_as<T, float> || std::same_as<T, double> || float16_like<T> || bfloat16_like<T> ||
    integer_element<T> || complex_element<T>;

/// Whether T is an element type, and the error message if it is not.
template <class T>
struct element_check {
    static_assert(element<T>, "summit: the element type must be float, double, a 16-bit float, an integer of at most "
                              "64 bits, bool, std::complex<float> or std::complex<double>");
    static constexpr bool passed = element<T>;
};

/// For each element type: what a reduction of it returns, what it is computed in, and the spacing of results after 1.
template <class T>
struct element_traits {
    // No element type. Something to name all the same, so that element_check is the only error a user reads.
    using result = float;
    using compute = float;
};

template <class T>
    requires std::same_as<T, float> || std::same_as<T, double>
struct element_traits<T> {
    using result = T;
    using compute = T;
    static constexpr auto epsilon = static_cast<double>(std::numeric_limits<T>::epsilon());
};

template <float16_like T>
struct element_traits<T> {
    using result = T;
    using compute = float;
    static constexpr double epsilon = 0x1p-10;
};

template <bfloat16_like T>
struct element_traits<T> {
    using result = T;
    using compute = float;
    static constexpr double epsilon = 0x1p-7;
};

template <integer_element T>
struct element_traits<T> {
    using result = float;
    using compute = float;
    static constexpr auto epsilon = static_cast<double>(std::numeric_limits<float>::epsilon());
};

template <complex_element T>
struct element_traits<T> {
    using result = T;
    using compute = double;
};

/// The element type of a reduction's result.
template <class T>
using result_t = typename element_traits<std::remove_cv_t<T>>::result;

/// The type in which a reduction of T is computed.
template <class T>
using compute_t = typename element_traits<std::remove_cv_t<T>>::compute;

} // namespace summit::inline version0
