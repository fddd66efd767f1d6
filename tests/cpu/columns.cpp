// SPDX-License-Identifier: MIT
#include <summit/cpu/columns.hpp>
#include <summit/op/log_sum_exp.hpp>

#include "support/architectures.hpp"
#include "support/guarded.hpp"

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

namespace {

/// Terms whose sum is exact in any order.
template <class T, class Arch>
struct whole_numbers {
    xsimd::batch<T, Arch> operator()(const xsimd::batch<T, Arch>& x) const { return x; }
};

} // namespace

TEMPLATE_TEST_CASE("each column has its own maximum and its own sum", "[columns]", float, double) {
    using T = TestType;
    constexpr std::size_t widest = 256 / sizeof(T);
    for (std::ptrdiff_t count : {1, 2, 7, 8, 9, 16, 17, 63, 64}) {
        for (std::size_t lead : std::array<std::size_t, 4>{0, 1, 3, 15}) {
            // Rows lie in no order: every other one, backwards.
            support::guarded<T> rows({count, static_cast<std::ptrdiff_t>(widest)},
                                     {-2 * static_cast<std::ptrdiff_t>(widest), 1}, lead);
            const auto x = rows.elements();
            std::vector<const T*> starts;
            std::vector<double> sums(widest, 0.0);
            std::vector<T> maxima(widest, T(0));
            for (std::ptrdiff_t r = 0; r != count; ++r) {
                starts.push_back(&x(r, 0));
                for (std::size_t c = 0; c != widest; ++c) {
                    const T value = static_cast<T>((static_cast<std::size_t>(r) * 53 + c * 29) % 97 + 1);
                    x(r, c) = value;
                    sums[c] += static_cast<double>(value);
                    maxima[c] = std::max(maxima[c], value);
                }
            }
            support::for_each_architecture<support::architectures>([&]<class Arch>(Arch) {
                constexpr std::size_t lanes = xsimd::batch<T, Arch>::size;
                for (std::size_t width = lanes; width <= widest; width += lanes) {
                    CAPTURE(Arch::name(), count, lead, width);
                    const summit::cpu::column_block<T> block{starts.data(), count, width};
                    // One more than asked for, to see that it is left alone.
                    std::vector<T> max(width + 1, T(-1));
                    std::vector<double> high(width + 1, -1.0);
                    std::vector<double> low(width + 1, -1.0);
                    summit::cpu::column_max<summit::op::log_sum_exp<T>, Arch>(block, max.data());
                    summit::cpu::column_sum<Arch>(
                        block, [](std::size_t) { return whole_numbers<T, Arch>{}; }, high.data(), low.data());
                    const auto end = static_cast<std::ptrdiff_t>(width);
                    REQUIRE(std::equal(max.begin(), max.begin() + end, maxima.begin()));
                    for (std::size_t c = 0; c != width; ++c) high[c] += low[c];
                    REQUIRE(std::equal(high.begin(), high.begin() + end, sums.begin()));
                    REQUIRE(max.back() == T(-1));
                    REQUIRE(high.back() == -1.0);
                    REQUIRE(low.back() == -1.0);
                }
            });
        }
    }
}

TEMPLATE_TEST_CASE("each column has its own terms", "[columns]", float, double) {
    using T = TestType;
    support::for_each_architecture<support::architectures>([]<class Arch>(Arch) {
        using batch = xsimd::batch<T, Arch>;
        constexpr std::size_t width = 2 * batch::size;
        struct shifted {
            batch by;
            batch operator()(const batch& x) const { return x + by; }
        };
        const std::vector<T> row(width, T(1));
        const std::vector<const T*> starts{row.data(), row.data(), row.data()};
        std::vector<double> high(width);
        std::vector<double> low(width);
        summit::cpu::column_sum<Arch>(
            summit::cpu::column_block<T>{starts.data(), 3, width},
            [](std::size_t column) { return shifted{batch(static_cast<T>(column))}; }, high.data(), low.data());
        for (std::size_t c = 0; c != width; ++c)
            CHECK(high[c] + low[c] == 3.0 * static_cast<double>(1 + c / batch::size * batch::size));
    });
}
