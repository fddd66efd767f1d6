// SPDX-License-Identifier: MIT
#pragma once

#include <summit/math/fuses_multiply_add.hpp>
#include <summit/math/opaque.hpp>
#include <summit/simd/xsimd.hpp>

#include <cstdint>

namespace summit::inline version0::math {

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

/// A pair, factor times, with low brought below the last bit of high.
template <class Arch>
[[nodiscard, gnu::always_inline]] inline double_pair<Arch> times(const double_pair<Arch>& a, double factor) noexcept {
    const xsimd::batch<double, Arch> factors(factor);
    const auto product = two_product(a.high, factors);
    return fast_two_sum(product.high, xsimd::fma(a.low, factors, product.low));
}

} // namespace summit::inline version0::math
