// SPDX-License-Identifier: MIT
#include <summit/cpu/direct_rows.hpp>

#include "support/architectures.hpp"
#include "support/sums.hpp"
#include "support/ulp.hpp"

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <array>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <tuple>
#include <vector>

namespace {

constexpr std::ptrdiff_t longest = 300;

// Without optimisation, or under a sanitizer: one address in five.
constexpr std::size_t lead_step = support::thinning == 1 ? 1 : 5;

/// The i-th term of every row here; all of them differ in size.
template <class Element>
Element element(std::ptrdiff_t i) {
    const auto place = static_cast<double>((i * 37) % 101 - 50);
    return static_cast<Element>(std::integral<Element> ? place / 4 : place * 0.371);
}

/// What must not be read: one of them in a sum would drown it.
template <class Element>
Element poison() {
    return static_cast<Element>(std::integral<Element> ? 127.0 : 88.0);
}

/// Σ exp of the first n elements, for every n.
template <class Element>
std::vector<long double> true_sums() {
    std::vector<long double> sums{0.0L};
    for (std::ptrdiff_t i = 0; i != longest; ++i)
        sums.push_back(sums.back() + std::exp(static_cast<long double>(
                                         static_cast<summit::compute_t<Element>>(element<Element>(i)))));
    return sums;
}

/// The longest row with a stride, `lead` elements behind the start of its memory.
template <class Element>
struct strided_row {
    strided_row(std::ptrdiff_t stride, std::size_t lead)
        : memory(static_cast<std::size_t>(std::abs(stride) * longest) + lead + 64, poison<Element>()),
          first(memory.data() + lead + (stride < 0 ? -stride * (longest - 1) : 0)) {
        for (std::ptrdiff_t i = 0; i != longest; ++i) first[i * stride] = element<Element>(i);
    }
    std::vector<Element> memory;
    Element* first;
};

template <class C, class Arch, class Element>
using row_of = summit::cpu::direct_row<summit::op::direct_sum<C>, Arch, Element>;

template <class C, class Arch, class Element>
double sum_of(const Element* from, std::ptrdiff_t n, std::ptrdiff_t stride = 1, C exponent = 0) {
    row_of<C, Arch, Element> row;
    row.start();
    row.add(from, n, stride, exponent);
    return row.total().high.get(0);
}

} // namespace

TEMPLATE_TEST_CASE("a row has its sum, and the same bits at every length, address, stride and on every architecture",
                   "[direct_rows]", (std::tuple<float, float>), (std::tuple<float, double>),
                   (std::tuple<double, double>), (std::tuple<std::int8_t, float>), (std::tuple<summit::float16, float>),
                   (std::tuple<summit::float16, double>)) {
    using Element = std::tuple_element_t<0, TestType>;
    using C = std::tuple_element_t<1, TestType>;
    // 1.35 from each term and 2 from the pairs, or 94 and 5; of doubles 1.9 from each term, 64 where they are floats, 2 from
    // the pairs, and the rounding to one number.
    const long double bound = summit::cpu::is_coarse<summit::op::direct_sum<C>, Element> ? 100.0L * 0x1p-24L
                              : sizeof(C) == sizeof(float)                               ? 3.5L * 0x1p-24L
                              : std::same_as<Element, double>                            ? 5.0L * 0x1p-53L
                                                                                         : 68.0L * 0x1p-53L;
    const auto want = true_sums<Element>();
    std::vector<std::uint64_t> bits(static_cast<std::size_t>(longest) + 1, 0);

    for (const std::ptrdiff_t stride : {1, 2, 3, 7, -3}) {
        for (std::size_t lead = 0; lead < 16; lead += lead_step) {
            const strided_row<Element> row(stride, lead);
            support::for_each_architecture<support::fused_architectures>([&]<class Arch>(Arch) {
                for (std::ptrdiff_t n = 1; n <= longest; ++n) {
                    const double got = sum_of<C, Arch>(static_cast<const Element*>(row.first), n, stride);
                    auto& known = bits[static_cast<std::size_t>(n)];
                    CAPTURE(Arch::name(), n, stride, lead);
                    if (known == 0) {
                        known = support::to_bits(got);
                        const auto log = support::log_of_total<C, Arch>(got, 0.0, std::log(static_cast<double>(n)));
                        REQUIRE(std::abs(log - std::log(want[static_cast<std::size_t>(n)])) <= bound);
                    }
                    REQUIRE(support::to_bits(got) == known);
                }
            });
        }
    }
}

TEMPLATE_TEST_CASE("a row may come in pieces of whole groups of stripes, and starts anew", "[direct_rows]", float,
                   double) {
    using T = TestType;
    constexpr auto piece = static_cast<std::ptrdiff_t>(4 * summit::cpu::stripe_bytes / sizeof(T));
    const strided_row<T> memory(1, 0);
    support::for_each_architecture<support::fused_architectures>([&]<class Arch>(Arch) {
        CAPTURE(Arch::name());
        row_of<T, Arch, T> row;
        row.start();
        row.add(memory.first, 17, 1, T(0));
        row.start();
        row.add(memory.first, piece, 1, T(0));
        row.add(memory.first + piece, piece, 1, T(0));
        row.add(memory.first + 2 * piece, 19, 1, T(0));
        CHECK(support::to_bits(row.total().high.get(0)) ==
              support::to_bits(sum_of<T, Arch>(static_cast<const T*>(memory.first), 2 * piece + 19)));
    });
}

TEMPLATE_TEST_CASE("far from 0 a row has its sum relative to a power of two, alike at every length, stride and address",
                   "[direct_rows]", (std::tuple<float, float>), (std::tuple<float, double>),
                   (std::tuple<double, double>), (std::tuple<summit::float16, float>)) {
    using Element = std::tuple_element_t<0, TestType>;
    using C = std::tuple_element_t<1, TestType>;
    constexpr bool is_coarse = summit::cpu::is_coarse<summit::op::direct_sum<C>, Element>;
    for (const int height : {-5000, 2000}) {
        // Thirty powers of two below and above the largest term, as wherever the others were.
        for (const int lead : {-30, 0, 30}) {
            const C k = std::round(static_cast<C>(height) * C(1.44269504)) + static_cast<C>(lead);
            std::vector<std::uint64_t> bits(static_cast<std::size_t>(longest) + 1, 0);
            for (const std::ptrdiff_t stride : {1, 3}) {
                strided_row<Element> row(stride, 1);
                std::vector<long double> terms;
                for (std::ptrdiff_t i = 0; i != longest; ++i) {
                    Element& x = row.first[i * stride];
                    x = static_cast<Element>(static_cast<float>(height) + static_cast<float>((i * 37) % 101 - 100) / 8);
                    terms.push_back(std::exp(static_cast<long double>(static_cast<summit::compute_t<Element>>(x)) -
                                             static_cast<long double>(height)));
                }
                support::for_each_architecture<support::fused_architectures>([&]<class Arch>(Arch) {
                    long double exact = 0.0L;
                    for (std::ptrdiff_t n = 1; n <= longest; ++n) {
                        exact += terms[static_cast<std::size_t>(n - 1)];
                        const double got = sum_of<C, Arch>(static_cast<const Element*>(row.first), n, stride, k);
                        CAPTURE(Arch::name(), n, stride, height, lead);
                        auto& known = bits[static_cast<std::size_t>(n)];
                        if (known == 0) {
                            known = support::to_bits(got);
                            const long double log =
                                support::log_of_total<C, Arch>(got, 0.0, std::log(static_cast<double>(n)), k);
                            const long double want = std::log(exact) + static_cast<long double>(height);
                            // Of coarse terms, and what log2 e is rounded by.
                            const long double bound = is_coarse        ? std::abs(height) * 0x1p-26L + 0x1p-17L
                                                      : sizeof(C) == 4 ? 3.5L * 0x1p-24L
                                                                       : 0x1p-46L;
                            REQUIRE(std::abs(log - want) <= bound);
                        }
                        REQUIRE(support::to_bits(got) == known);
                    }
                });
            }
        }
    }
}

TEMPLATE_TEST_CASE("rows that are given together have the sums they have alone", "[direct_rows]", float, double) {
    using T = TestType;
    const auto n = GENERATE(as<std::ptrdiff_t>{}, 1, 33, 64, 128, 289);
    const auto stride = GENERATE(as<std::ptrdiff_t>{}, 1, 2, 7);
    CAPTURE(n, stride);
    const strided_row<T> memory(stride, 0);
    const std::array<std::ptrdiff_t, 3> offsets = {5 * stride, 0, 11 * stride};
    support::for_each_architecture<support::fused_architectures>([&]<class Arch>(Arch) {
        CAPTURE(Arch::name());
        using row = row_of<T, Arch, T>;
        // Relative to something else each.
        const std::array<T, 3> exponents = {T(0), T(20), T(-40)};
        std::array<row, 4> rows;
        for (row& each : rows) each.start();
        const summit::cpu::strided_loader<T, Arch, T> load(stride);
        // Twice, and the last of them not at all.
        for (int i = 0; i != 2; ++i)
            row::add(rows.data(), memory.first, offsets.data(), offsets.size(), n, load, exponents.data());
        for (std::size_t i = 0; i != offsets.size(); ++i) {
            CAPTURE(i);
            row alone;
            alone.start();
            for (int k = 0; k != 2; ++k) alone.add(memory.first + offsets[i], n, stride, exponents[i]);
            CHECK(support::to_bits(rows[i].total().high.get(0)) == support::to_bits(alone.total().high.get(0)));
        }
        CHECK(rows[3].total().high.get(0) == 0);
    });
}

TEMPLATE_TEST_CASE("a row that no direct sum holds is out of range, wherever the term stands", "[direct_rows]", float,
                   double) {
    using T = TestType;
    using limits = std::numeric_limits<T>;
    for (const std::ptrdiff_t n : {1, 5, 32, 33, 127, 128, 131, 300}) {
        strided_row<T> row(1, 3);
        for (std::ptrdiff_t i = 0; i < n; i += 7) {
            for (const T special :
                 {limits::quiet_NaN(), -limits::quiet_NaN(), limits::infinity(), limits::max(), T(1e4)}) {
                row.first[i] = special;
                support::for_each_architecture<support::fused_architectures>([&]<class Arch>(Arch) {
                    CAPTURE(Arch::name(), n, i, support::to_bits(special));
                    const double sum = sum_of<T, Arch>(static_cast<const T*>(row.first), n);
                    REQUIRE(!summit::op::in_range<T>(xsimd::batch<double, Arch>(sum)).get(0));
                });
            }
            row.first[i] = element<T>(i);
        }
    }
}
