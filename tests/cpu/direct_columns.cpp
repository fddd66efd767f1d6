// SPDX-License-Identifier: MIT
#include <summit/cpu/direct_columns.hpp>

#include "support/architectures.hpp"
#include "support/guarded_pages.hpp"
#include "support/sums.hpp"
#include "support/ulp.hpp"

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <new>
#include <tuple>
#include <vector>

namespace {

constexpr std::size_t widest = summit::cpu::max_tile_width;
constexpr std::ptrdiff_t most_rows = 64;

template <class Element>
Element element(std::ptrdiff_t row, std::size_t column) {
    const auto place = static_cast<double>((row * 53 + static_cast<std::ptrdiff_t>(column) * 29) % 97 - 48);
    return static_cast<Element>(std::integral<Element> ? place / 4 : place * 0.371);
}

/// Rows that lie in no order, their columns `stride` apart; what lies between would drown every sum.
template <class Element>
struct strided_rows {
    strided_rows(std::ptrdiff_t stride, std::size_t lead) {
        const auto pitch = static_cast<std::ptrdiff_t>(widest) * stride + 5;
        memory.assign(static_cast<std::size_t>(pitch * most_rows) + lead,
                      static_cast<Element>(std::integral<Element> ? 127.0 : 88.0));
        first = memory.data() + lead;
        for (std::ptrdiff_t r = 0; r != most_rows; ++r) {
            offsets.push_back((r * 37) % most_rows * pitch);
            for (std::size_t c = 0; c != widest; ++c)
                first[offsets.back() + static_cast<std::ptrdiff_t>(c) * stride] = element<Element>(r, c);
        }
    }
    std::vector<Element> memory;
    std::vector<std::ptrdiff_t> offsets;
    Element* first;
};

/// In more digits than elements have, columns lie side by side: others are packed first.
template <class C, class Element>
std::vector<std::ptrdiff_t> strides() {
    if (sizeof(C) > sizeof(summit::compute_t<Element>)) return {1};
    return {1, 2, 3, 7};
}

template <class C, class Arch, class Element>
using columns_of = summit::cpu::direct_columns<summit::op::direct_sum<C>, Arch, Element>;

template <class C, class Arch, class Element>
std::vector<double> sums_of(const strided_rows<Element>& x, std::ptrdiff_t stride, std::size_t width,
                            std::ptrdiff_t rows) {
    // What is written behind them ends the program.
    using columns_type = columns_of<C, Arch, Element>;
    static const support::guarded_memory memory(sizeof(columns_type));
    columns_type& columns = *::new (memory.place(sizeof(columns_type), true)) columns_type;
    columns.start(width);
    columns.add(static_cast<const Element*>(x.first), x.offsets.data(), rows,
                summit::cpu::strided_loader<C, Arch, Element>(stride), nullptr);
    // One more than asked for, to see that it is left alone.
    std::vector<double> high(width + 1, -1.0);
    std::vector<double> low(width + 1, -1.0);
    columns.store(high.data(), low.data());
    CHECK(high.back() == -1.0);
    CHECK(low.back() == -1.0);
    high.pop_back();
    return high;
}

} // namespace

TEMPLATE_TEST_CASE(
    "each column has its sum, and the same bits at every width, address, stride and on every architecture",
    "[direct_columns]", (std::tuple<float, float>), (std::tuple<float, double>), (std::tuple<double, double>),
    (std::tuple<std::int8_t, float>), (std::tuple<summit::float16, float>)) {
    using Element = std::tuple_element_t<0, TestType>;
    using C = std::tuple_element_t<1, TestType>;
    constexpr std::size_t narrowest = 64 / sizeof(summit::compute_t<Element>);
    // 1.35 from each term and 2 from the pairs, or 94 and 18; of doubles 1.9 from each, 64 where they are floats, and here
    // what each four rows add.
    constexpr bool in_float = sizeof(C) == sizeof(float);
    constexpr bool of_double = std::same_as<Element, double>;
    const auto bound = [](std::ptrdiff_t rows) {
        return summit::cpu::is_coarse<summit::op::direct_sum<C>, Element>
                   ? 112.0L * 0x1p-24L
                   : (in_float ? 3.5L * 0x1p-24L
                               : ((of_double ? 4.0L : 68.0L) + static_cast<long double>(rows) / 4) * 0x1p-53L);
    };
    std::vector<std::size_t> widths{narrowest, narrowest + 1, narrowest + 3, 2 * narrowest - 1, 2 * narrowest, 100,
                                    255,       256,           widest};

    for (const std::ptrdiff_t rows : {1, 2, 3, 4, 5, 7, 8, 9, 11, 16, 31, 63, 64}) {
        std::vector<double> known;
        for (const std::ptrdiff_t stride : strides<C, Element>()) {
            for (const std::size_t lead : std::array<std::size_t, 4>{0, 1, 5, 15}) {
                const strided_rows<Element> x(stride, lead);
                support::for_each_architecture<support::fused_architectures>([&]<class Arch>(Arch) {
                    if (known.empty()) {
                        known = sums_of<C, Arch>(x, stride, widest, rows);
                        for (std::size_t c = 0; c != widest; ++c) {
                            long double exact = 0.0L;
                            for (std::ptrdiff_t r = 0; r != rows; ++r)
                                exact += std::exp(static_cast<long double>(
                                    static_cast<summit::compute_t<Element>>(element<Element>(r, c))));
                            const auto log =
                                support::log_of_total<C, Arch>(known[c], 0.0, std::log(static_cast<double>(rows)));
                            CAPTURE(rows, c);
                            REQUIRE(std::abs(log - std::log(exact)) <= bound(rows));
                        }
                    }
                    for (const std::size_t width : widths) {
                        const auto got = sums_of<C, Arch>(x, stride, width, rows);
                        CAPTURE(Arch::name(), rows, stride, lead, width);
                        for (std::size_t c = 0; c != width; ++c)
                            REQUIRE(support::to_bits(got[c]) == support::to_bits(known[c]));
                    }
                });
            }
        }
    }
}

TEST_CASE("a column that no direct sum holds leaves the others as they are", "[direct_columns]") {
    using limits = std::numeric_limits<float>;
    strided_rows<float> x(1, 1);
    support::for_each_architecture<support::fused_architectures>([&]<class Arch>(Arch) {
        using wide = xsimd::batch<double, Arch>;
        constexpr std::size_t width = 35;
        const auto before = sums_of<float, Arch>(x, 1, width, 9);
        for (std::size_t column = 0; column != width; ++column) {
            for (const float special : {limits::quiet_NaN(), -limits::quiet_NaN(), limits::infinity(), 1e30f}) {
                float& place = x.first[x.offsets[4] + static_cast<std::ptrdiff_t>(column)];
                place = special;
                const auto got = sums_of<float, Arch>(x, 1, width, 9);
                place = element<float>(4, column);
                CAPTURE(Arch::name(), column, support::to_bits(special));
                for (std::size_t c = 0; c != width; ++c) {
                    if (c == column)
                        REQUIRE(!summit::op::in_range<float>(wide(got[c])).get(0));
                    else
                        REQUIRE(support::to_bits(got[c]) == support::to_bits(before[c]));
                }
            }
        }
    });
}

TEMPLATE_TEST_CASE("short rows that lie one after the other are columns like any others", "[direct_columns]",
                   (std::tuple<float, float>), (std::tuple<double, double>), (std::tuple<std::int8_t, float>)) {
    using Element = std::tuple_element_t<0, TestType>;
    using C = std::tuple_element_t<1, TestType>;
    constexpr std::size_t narrowest = 64 / sizeof(summit::compute_t<Element>);
    for (const std::ptrdiff_t rows : {1, 2, 3, 4, 5, 6, 7, 8, 11, 31}) {
        for (const std::ptrdiff_t gap : {0, 1, 5}) {
            const std::ptrdiff_t stride = rows + gap;
            for (const std::size_t width : {narrowest, narrowest + 3, 5 * narrowest - 1}) {
                // Not one element behind the last; what lies in the gaps would drown every sum.
                const auto size = static_cast<std::size_t>(stride) * (width - 1) + static_cast<std::size_t>(rows);
                std::vector<Element> across(size, static_cast<Element>(std::integral<Element> ? 127.0 : 88.0));
                std::vector<Element> side_by_side(width * static_cast<std::size_t>(rows));
                std::vector<std::ptrdiff_t> offsets;
                std::vector<std::ptrdiff_t> dense_offsets;
                for (std::ptrdiff_t r = 0; r != rows; ++r) {
                    offsets.push_back(r);
                    dense_offsets.push_back(r * static_cast<std::ptrdiff_t>(width));
                    for (std::size_t c = 0; c != width; ++c) {
                        across[c * static_cast<std::size_t>(stride) + static_cast<std::size_t>(r)] =
                            element<Element>(r, c);
                        side_by_side[static_cast<std::size_t>(r) * width + c] = element<Element>(r, c);
                    }
                }
                support::for_each_architecture<support::fused_architectures>([&]<class Arch>(Arch) {
                    const auto sums = [&](const std::vector<Element>& from, const std::vector<std::ptrdiff_t>& at,
                                          std::ptrdiff_t apart) {
                        columns_of<C, Arch, Element> columns;
                        columns.start(width);
                        columns.add(from.data(), at.data(), rows, summit::cpu::strided_loader<C, Arch, Element>(apart),
                                    nullptr);
                        std::vector<double> high(width);
                        std::vector<double> low(width);
                        columns.store(high.data(), low.data());
                        std::vector<std::uint64_t> bits;
                        for (const double value : high) bits.push_back(support::to_bits(value));
                        return bits;
                    };
                    CAPTURE(Arch::name(), rows, stride, width);
                    CHECK(sums(across, offsets, stride) == sums(side_by_side, dense_offsets, 1));
                });
            }
        }
    }
}

TEMPLATE_TEST_CASE(
    "columns far from 0, each relative to a power of two of its own, have their sums and their largest terms",
    "[direct_columns]", (std::tuple<float, float>), (std::tuple<float, double>), (std::tuple<double, double>),
    (std::tuple<summit::float16, float>)) {
    using Element = std::tuple_element_t<0, TestType>;
    using C = std::tuple_element_t<1, TestType>;
    using compute = summit::compute_t<Element>;
    constexpr std::size_t narrowest = 64 / sizeof(compute);
    constexpr bool is_coarse = summit::cpu::is_coarse<summit::op::direct_sum<C>, Element>;
    const auto height = [](std::size_t c) { return c % 3 == 0 ? 0.0f : c % 3 == 1 ? -4000.0f : 1000.0f; };
    for (const std::ptrdiff_t rows : {1, 2, 3, 4, 5, 8, 11, 31, 64}) {
        std::vector<double> known;
        for (const std::ptrdiff_t stride : strides<C, Element>()) {
            strided_rows<Element> x(stride, 1);
            std::vector<C> exponents(widest);
            std::vector<double> maxima(widest, -std::numeric_limits<double>::infinity());
            std::vector<long double> exact(widest, 0.0L);
            for (std::size_t c = 0; c != widest; ++c) {
                exponents[c] = c % 3 == 0 ? C(0) : std::round(height(c) * C(1.44269504)) + static_cast<C>(c % 40);
                for (std::ptrdiff_t r = 0; r != rows; ++r) {
                    Element& at =
                        x.first[x.offsets[static_cast<std::size_t>(r)] + static_cast<std::ptrdiff_t>(c) * stride];
                    at = static_cast<Element>(height(c) + static_cast<float>(element<Element>(r, c)));
                    const auto value = static_cast<double>(static_cast<compute>(at));
                    maxima[c] = std::max(maxima[c], value);
                    exact[c] += std::exp(static_cast<long double>(value) - static_cast<long double>(height(c)));
                }
            }
            support::for_each_architecture<support::fused_architectures>([&]<class Arch>(Arch) {
                for (const std::size_t width : {narrowest, narrowest + 3, std::size_t(100), std::size_t(255), widest}) {
                    columns_of<C, Arch, Element> columns;
                    columns.start(width);
                    columns.add(static_cast<const Element*>(x.first), x.offsets.data(), rows,
                                summit::cpu::strided_loader<C, Arch, Element>(stride), exponents.data());
                    std::vector<double> high(width + 1, -1.0), low(width + 1, -1.0), largest(width + 1, -1.0);
                    columns.store(high.data(), low.data());
                    columns.store_largest(largest.data());
                    CHECK(largest.back() == -1.0);
                    for (std::size_t c = 0; c != width; ++c) {
                        CAPTURE(Arch::name(), rows, stride, width, c);
                        REQUIRE(largest[c] == maxima[c]);
                        if (known.size() == c) {
                            known.push_back(high[c]);
                            const long double log = support::log_of_total<C, Arch>(
                                high[c], 0.0, std::log(static_cast<double>(rows)), exponents[c]);
                            const long double want = std::log(exact[c]) + static_cast<long double>(height(c));
                            // Of coarse terms, and what log2 e is rounded by.
                            const long double bound = is_coarse        ? std::abs(height(c)) * 0x1p-26L + 0x1p-16L
                                                      : sizeof(C) == 4 ? 4.0L * 0x1p-24L
                                                                       : 0x1p-46L;
                            REQUIRE(std::abs(log - want) <= bound);
                        }
                        REQUIRE(support::to_bits(high[c]) == support::to_bits(known[c]));
                    }
                }
            });
        }
    }
}

TEST_CASE("the largest term of a column is one of its numbers, NaN among them or not", "[direct_columns]") {
    using limits = std::numeric_limits<float>;
    support::for_each_architecture<support::fused_architectures>([]<class Arch>(Arch) {
        for (const std::ptrdiff_t rows : {1, 4, 7}) {
            for (std::ptrdiff_t place = 0; place != rows; ++place) {
                strided_rows<float> x(1, 0);
                float& at = x.first[x.offsets[static_cast<std::size_t>(place)] + 3];
                const auto largest = [&](float special) {
                    at = special;
                    columns_of<float, Arch, float> columns;
                    columns.start(16);
                    const std::vector<float> exponents(16, 0.0f);
                    columns.add(static_cast<const float*>(x.first), x.offsets.data(), rows,
                                summit::cpu::strided_loader<float, Arch, float>(1), exponents.data());
                    std::vector<double> each(16);
                    columns.store_largest(each.data());
                    return each[3];
                };
                double of_others = -std::numeric_limits<double>::infinity();
                for (std::ptrdiff_t r = 0; r != rows; ++r)
                    if (r != place) of_others = std::max(of_others, static_cast<double>(element<float>(r, 3)));
                CAPTURE(Arch::name(), rows, place);
                CHECK(support::to_bits(largest(-limits::infinity())) == support::to_bits(of_others));
                // The sum of what holds a NaN is none, whatever the largest of its numbers.
                for (const float passed_over : {limits::quiet_NaN(), -limits::quiet_NaN()}) {
                    const double number = largest(passed_over);
                    CHECK(!support::is_nan(number));
                    CHECK(number <= of_others);
                }
                CHECK(support::to_bits(largest(limits::infinity())) ==
                      support::to_bits(std::numeric_limits<double>::infinity()));
                CHECK(largest(limits::max()) == static_cast<double>(limits::max()));
            }
        }
    });
}
