// SPDX-License-Identifier: MIT
#pragma once

#include <summit/math/double_pair.hpp>
#include <summit/math/opaque.hpp>

#include <xsimd/xsimd.hpp>

#include <cstddef>
#include <cstdint>
#include <iterator>

namespace summit::inline version0::math {

/// Constants of exp_parts: ln 2 in three parts, the reciprocal factorials in one or two.
struct exponential_part_constants {
    static constexpr double ln2[] = {0x1.62e42fefa38p-1, 0x1.ef35793c7673p-45, 0x1.f97b57a079a19p-103};
    /// Of r⁰ … r⁸: high and low.
    static constexpr double paired[][2] = {{1.0, 0.0},
                                           {1.0, 0.0},
                                           {0.5, 0.0},
                                           {0x1.5555555555555p-3, 0x1.5555555555555p-57},
                                           {0x1.5555555555555p-5, 0x1.5555555555555p-59},
                                           {0x1.1111111111111p-7, 0x1.1111111111111p-63},
                                           {0x1.6c16c16c16c17p-10, -0x1.f49f49f49f49fp-65},
                                           {0x1.a01a01a01a01ap-13, 0x1.a01a01a01a01ap-73},
                                           {0x1.a01a01a01a01ap-16, 0x1.a01a01a01a01ap-76}};
    /// Of r⁹ … r²²: so small that a double holds all that counts.
    static constexpr double single[] = {0x1.71de3a556c734p-19, 0x1.27e4fb7789f5cp-22, 0x1.ae64567f544e4p-26,
                                        0x1.1eed8eff8d898p-29, 0x1.6124613a86d09p-33, 0x1.93974a8c07c9dp-37,
                                        0x1.ae7f3e733b81fp-41, 0x1.ae7f3e733b81fp-45, 0x1.952c77030ad4ap-49,
                                        0x1.6827863b97d97p-53, 0x1.2f49b46814157p-57, 0x1.e542ba4020225p-62,
                                        0x1.71b8ef6dcf572p-66, 0x1.0ce396db7f853p-70};
    /// exp is taken for 0 below.
    static constexpr double lowest = -600.0;
};

/// exp(x) as an unevaluated sum of two doubles, for sums that all but cancel.
///
/// domain  x ≤ 0 and not NaN; exp(x) = 0 for x < −600
/// error   at most 2^−80, relative
template <class Arch>
[[nodiscard]] inline double_pair<Arch> exp_parts(const xsimd::batch<double, Arch>& x) noexcept {
    using batch = xsimd::batch<double, Arch>;
    using integers = xsimd::batch<std::int64_t, Arch>;
    using constants = exponential_part_constants;

    constexpr double to_integer = 0x1.8p52 + 1023;
    const batch within = xsimd::max(x, batch(constants::lowest));
    const batch biased = opaque(xsimd::fma(within, batch(0x1.71547652b82fep0), batch(to_integer)));
    const batch n = opaque(biased - batch(to_integer));

    // n · ln2[0] has at most 53 bits, and taking it from x is exact.
    const batch head_rest = opaque(within - opaque(n * batch(constants::ln2[0])));
    const auto middle = two_product(n, batch(constants::ln2[1]));
    const auto joined = two_sum(head_rest, -middle.high);
    const auto r =
        fast_two_sum(joined.high, opaque(opaque(joined.low - middle.low) - opaque(n * batch(constants::ln2[2]))));

    constexpr auto& single = constants::single;
    batch tail(single[std::size(single) - 1]);
    for (std::size_t i = std::size(single) - 1; i-- != 0;) tail = xsimd::fma(tail, r.high, batch(single[i]));
    double_pair<Arch> p{opaque(tail), batch(0.0)};
    for (std::size_t i = std::size(constants::paired); i-- != 0;) {
        // What waits for the low part of the step before comes last: one instruction.
        const auto product = two_product(p.high, r.high);
        const batch cross = opaque(xsimd::fma(p.high, r.low, batch(constants::paired[i][1])));
        const auto sum = fast_two_sum(batch(constants::paired[i][0]), product.high);
        const batch low = opaque(sum.low + opaque(product.low + cross));
        p = {sum.high, opaque(xsimd::fma(p.low, r.high, low))};
    }
    p = fast_two_sum(p.high, p.low);

    const batch power = xsimd::bitwise_cast<double>(integers(xsimd::bitwise_cast<std::int64_t>(biased) << 52));
    const batch scale = xsimd::select(x < batch(constants::lowest), batch(0.0), power);
    return {opaque(p.high * scale), opaque(p.low * scale)};
}

} // namespace summit::inline version0::math
