// SPDX-License-Identifier: MIT
#pragma once

#include <summit/instruction_set.hpp>
#include <summit/math/fixed_point_sum.hpp>
#include <summit/math/positive_sum.hpp>
#include <summit/math/running_sum.hpp>
#include <summit/simd/xsimd.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET {

/// Bytes of one stripe of a row: the virtual vector. An element's place in its stripe decides which partial sum it enters,
/// so the same terms meet in the same order whatever the width of the real vector.
inline constexpr std::size_t stripe_bytes = 128;

template <class T, class Arch>
inline constexpr std::size_t stripe_batches = stripe_bytes / sizeof(xsimd::batch<T, Arch>);

/// The largest of n ≥ 1 elements in a row. Order does not matter to it, so its vectors need not be virtual.
template <class Op, class Arch, class T>
[[nodiscard]] inline T row_max(const T* x, std::ptrdiff_t n) noexcept {
    using batch = xsimd::batch<T, Arch>;
    constexpr auto lanes = static_cast<std::ptrdiff_t>(batch::size);
    constexpr T lowest = -std::numeric_limits<T>::infinity();
    // Two loads and two maxima a cycle, each of latency four: eight in flight.
    batch m0(lowest), m1(lowest), m2(lowest), m3(lowest), m4(lowest), m5(lowest), m6(lowest), m7(lowest);
    std::ptrdiff_t i = 0;
    for (; i + 8 * lanes <= n; i += 8 * lanes) {
        m0 = Op::larger(m0, batch::load_unaligned(x + i));
        m1 = Op::larger(m1, batch::load_unaligned(x + i + lanes));
        m2 = Op::larger(m2, batch::load_unaligned(x + i + 2 * lanes));
        m3 = Op::larger(m3, batch::load_unaligned(x + i + 3 * lanes));
        m4 = Op::larger(m4, batch::load_unaligned(x + i + 4 * lanes));
        m5 = Op::larger(m5, batch::load_unaligned(x + i + 5 * lanes));
        m6 = Op::larger(m6, batch::load_unaligned(x + i + 6 * lanes));
        m7 = Op::larger(m7, batch::load_unaligned(x + i + 7 * lanes));
    }
    for (; i + lanes <= n; i += lanes) m0 = Op::larger(m0, batch::load_unaligned(x + i));
    if (i != n) {
        if (n >= lanes) {
            // Seeing an element twice does not change the maximum.
            m1 = Op::larger(m1, batch::load_unaligned(x + n - lanes));
        } else {
            alignas(Arch::alignment()) std::array<T, batch::size> padded;
            padded.fill(lowest);
            for (std::ptrdiff_t k = 0; k != n; ++k) padded[static_cast<std::size_t>(k)] = x[k];
            m1 = batch::load_aligned(padded.data());
            m1 = Op::larger(batch(lowest), m1);
        }
    }
    m0 = Op::larger(Op::larger(m0, m1), Op::larger(m2, m3));
    m4 = Op::larger(Op::larger(m4, m5), Op::larger(m6, m7));
    return xsimd::reduce_max(Op::larger(m0, m4));
}

/// Lane i of the result is lane i + By of `x`, counted around.
template <std::size_t By, class Arch>
[[nodiscard, gnu::always_inline]] inline xsimd::batch<double, Arch>
rotated(const xsimd::batch<double, Arch>& x) noexcept {
    struct source {
        static constexpr std::size_t get(std::size_t i, std::size_t lanes) { return (i + By) % lanes; }
    };
    return xsimd::swizzle(x, simd::batch_constant<std::uint64_t, source, Arch>());
}

template <std::size_t By, class Arch>
[[nodiscard, gnu::always_inline]] inline math::double_pair<Arch> rotated(const math::double_pair<Arch>& x) noexcept {
    return {rotated<By>(x.high), rotated<By>(x.low)};
}

/// The sum of all lanes in every lane: halves are added, then halves of these. An addition gives the same bits whichever
/// of its terms is the first, so after each step both halves are alike.
template <std::size_t Half, class Sum, class Add>
[[nodiscard, gnu::always_inline]] inline Sum sum_of_lanes(const Sum& x, const Add& add) noexcept {
    if constexpr (Half == 0)
        return x;
    else
        return sum_of_lanes<Half / 2>(add(x, rotated<Half>(x)), add);
}

/// The sum of all lanes of all of `sums`, in every lane: halves until one lane is left, the same tree whatever the width of
/// the real vector.
template <class Arch, class Sum, std::size_t Count, class Add>
[[nodiscard, gnu::always_inline]] inline Sum added_up(std::array<Sum, Count> sums, const Add& add) noexcept {
    for (std::size_t half = Count / 2; half != 0; half /= 2)
        for (std::size_t i = 0; i != half; ++i) sums[i] = add(sums[i], sums[i + half]);
    return sum_of_lanes<xsimd::batch<double, Arch>::size / 2>(sums[0], add);
}

template <class Arch, std::size_t Count>
[[nodiscard]] inline math::double_pair<Arch> sum_of(const std::array<math::double_pair<Arch>, Count>& sums) noexcept {
    return added_up<Arch>(sums, [](const auto& a, const auto& b) { return math::add_pairs(a, b); });
}

/// All of a stripe, in every lane.
template <class Arch, std::size_t Count>
[[nodiscard]] inline math::double_pair<Arch>
stripe_total(const std::array<math::positive_sum<Arch>, Count>& sums) noexcept {
    using batch = xsimd::batch<double, Arch>;
    std::array<batch, Count> pairs;
    for (std::size_t k = 0; k != Count; ++k) pairs[k] = math::rounded_sum(sums[k].even, sums[k].odd);
    return {added_up<Arch>(pairs, [](const batch& a, const batch& b) { return math::rounded_sum(a, b); }), batch(0.0)};
}

template <class Arch, std::size_t Count>
[[nodiscard]] inline math::double_pair<Arch>
stripe_total(const std::array<math::grouped_sum<Arch>, Count>& sums) noexcept {
    std::array<math::double_pair<Arch>, Count> totals;
    for (std::size_t k = 0; k != Count; ++k) totals[k] = sums[k].total();
    return sum_of<Arch>(totals);
}

template <class Arch, std::size_t Count>
[[nodiscard]] inline math::double_pair<Arch>
stripe_total(const std::array<math::fixed_point_sum<Arch>, Count>& sums) noexcept {
    std::array<math::double_pair<Arch>, Count> totals;
    for (std::size_t k = 0; k != Count; ++k) totals[k] = sums[k].total();
    return sum_of<Arch>(totals);
}

/// The sum of the terms of n elements in a row, in every lane.
template <class Arch, class T, class Terms>
[[nodiscard]] inline math::double_pair<Arch> row_sum(const T* x, std::ptrdiff_t n, const Terms& terms) noexcept {
    using batch = xsimd::batch<T, Arch>;
    using sum_type = math::running_sum<T, Arch>;
    constexpr std::size_t batches = stripe_batches<T, Arch>;
    constexpr auto stripe = static_cast<std::ptrdiff_t>(batches * batch::size);

    std::array<sum_type, batches> sums{};
    const auto add_stripe = [&](const T* from) {
        for (std::size_t k = 0; k != batches; ++k) sums[k].add(terms(batch::load_unaligned(from + k * batch::size)));
    };
    std::ptrdiff_t i = 0;
    for (; i + 4 * stripe <= n; i += 4 * stripe) {
        for (std::size_t k = 0; k != batches; ++k) {
            const auto term = [&](std::ptrdiff_t row) {
                return terms(
                    batch::load_unaligned(x + i + row * stripe + static_cast<std::ptrdiff_t>(k * batch::size)));
            };
            sums[k].add(term(0), term(1), term(2), term(3));
        }
    }
    for (; i + stripe <= n; i += stripe) add_stripe(x + i);
    if (i != n) {
        // The padding counts as exp(−inf).
        alignas(Arch::alignment()) std::array<T, batches * batch::size> padded;
        padded.fill(-std::numeric_limits<T>::infinity());
        for (std::ptrdiff_t k = 0; i + k != n; ++k) padded[static_cast<std::size_t>(k)] = x[i + k];
        add_stripe(padded.data());
    }

    constexpr std::size_t wide = sum_type::wide_count;
    std::array<math::double_pair<Arch>, batches * wide> totals;
    for (std::size_t k = 0; k != batches; ++k)
        for (std::size_t part = 0; part != wide; ++part) totals[k * wide + part] = sums[k].total(part);
    return sum_of<Arch>(totals);
}

} // namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET
