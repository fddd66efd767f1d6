// SPDX-License-Identifier: MIT
#pragma once

#include <summit/instruction_set.hpp>
#include <summit/math/fuses_multiply_add.hpp>
#include <summit/math/opaque.hpp>
#include <summit/simd/xsimd.hpp>

#include <cstddef>
#include <cstdint>

namespace summit::inline version0::math::inline SUMMIT_INSTRUCTION_SET {

/// The unevaluated sum high + low, |low| ≤ ulp(high) / 2.
template <class Arch>
struct double_pair {
    xsimd::batch<double, Arch> high;
    xsimd::batch<double, Arch> low;
};

/// a + b exactly, where |a| ≥ |b| or a = 0 (Dekker's fast two-sum).
template <class Arch>
[[nodiscard, gnu::always_inline]] inline double_pair<Arch> fast_two_sum(const xsimd::batch<double, Arch>& a,
                                                                        const xsimd::batch<double, Arch>& b) noexcept {
    const auto sum = rounded_sum(a, b);
    return {sum, rounded_difference(b, rounded_difference(sum, a))};
}

/// The first 26 significant bits of x: the product of two such heads is exact with and without FMA.
template <class Arch>
[[nodiscard, gnu::always_inline]] inline xsimd::batch<double, Arch> head(const xsimd::batch<double, Arch>& x) noexcept {
    using bits = xsimd::batch<std::uint64_t, Arch>;
    return opaque(xsimd::bitwise_cast<double>(xsimd::bitwise_cast<std::uint64_t>(x) & bits(~std::uint64_t(0) << 27)));
}

/// a + b exactly, whichever is larger.
/// source   D. E. Knuth, The Art of Computer Programming 2, 4.2.2, theorem B
template <class Arch>
[[nodiscard, gnu::always_inline]] inline double_pair<Arch> two_sum(const xsimd::batch<double, Arch>& a,
                                                                   const xsimd::batch<double, Arch>& b) noexcept {
    const auto sum = rounded_sum(a, b);
    const auto b_seen = rounded_difference(sum, a);
    const auto a_seen = rounded_difference(sum, b_seen);
    return {sum, rounded_sum(rounded_difference(a, a_seen), rounded_difference(b, b_seen))};
}

/// a · b exactly: the rounded product and its rounding error.
/// source   T. J. Dekker, Numer. Math. 18 (1971), where there is no FMA: split into heads, which multiply exactly. The same
///          bits either way
template <class Arch>
[[nodiscard, gnu::always_inline]] inline double_pair<Arch> two_product(const xsimd::batch<double, Arch>& a,
                                                                       const xsimd::batch<double, Arch>& b) noexcept {
    const auto product = rounded_product(a, b);
    if constexpr (fuses_multiply_add<Arch>) return {product, xsimd::fms(a, b, product)};
    const auto a_head = head(a);
    const auto b_head = head(b);
    const auto a_tail = opaque(a - a_head);
    const auto b_tail = opaque(b - b_head);
    const auto heads = opaque(opaque(a_head * b_head) - product);
    const auto mixed = opaque(opaque(heads + opaque(a_head * b_tail)) + opaque(a_tail * b_head));
    return {product, opaque(mixed + opaque(a_tail * b_tail))};
}

/// The sum of two pairs.
template <class Arch>
[[nodiscard, gnu::always_inline]] inline double_pair<Arch> add_pairs(const double_pair<Arch>& a,
                                                                     const double_pair<Arch>& b) noexcept {
    const auto sum = two_sum(a.high, b.high);
    return {sum.high, rounded_sum(sum.low, rounded_sum(a.low, b.low))};
}

/// The product of two pairs, but for that of the low parts: at most 2^−103 of it off.
template <class Arch>
[[nodiscard, gnu::always_inline]] inline double_pair<Arch> multiply_pairs(const double_pair<Arch>& a,
                                                                          const double_pair<Arch>& b) noexcept {
    const auto product = two_product(a.high, b.high);
    return fast_two_sum(product.high, xsimd::fma(a.high, b.low, xsimd::fma(a.low, b.high, product.low)));
}

/// A count from 1 on, to the last digit: a double alone holds 53 of its 63 bits.
struct exact_count {
    double high;
    double low; ///< at most half of the last bit of high

    [[gnu::always_inline]] exact_count(std::ptrdiff_t count) noexcept
        : high(static_cast<double>(count)),
          // By unsigned numbers, as the largest count is rounded to 2^63.
          low(static_cast<double>(
              static_cast<std::int64_t>(static_cast<std::uint64_t>(count) - static_cast<std::uint64_t>(high)))) {}
};

/// A pair, `count` times, with low brought below the last bit of high. The largest count is 2^63: what is multiplied has to
/// have been shown to leave room for that.
template <class Arch>
[[nodiscard, gnu::always_inline]] inline double_pair<Arch> times(const double_pair<Arch>& a,
                                                                 const exact_count& count) noexcept {
    using batch = xsimd::batch<double, Arch>;
    const batch factor(count.high);
    const auto product = two_product(a.high, factor);
    const batch low = xsimd::fma(a.high, batch(count.low), product.low);
    return fast_two_sum(product.high, xsimd::fma(a.low, factor, low));
}

} // namespace summit::inline version0::math::inline SUMMIT_INSTRUCTION_SET
