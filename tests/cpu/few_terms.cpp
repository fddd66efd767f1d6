// SPDX-License-Identifier: MIT
#include <summit/cpu/few_terms.hpp>

#include "support/architectures.hpp"
#include "support/reference.hpp"
#include "support/ulp.hpp"

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace {

template <class Element>
Element element(std::ptrdiff_t term, std::size_t result) {
    const auto place = static_cast<double>((term * 53 + static_cast<std::ptrdiff_t>(result) * 29) % 97 - 48);
    return static_cast<Element>(std::integral<Element> ? place / 4 : place * 0.071);
}

/// The terms of `width` results, stride and step apart; what lies between is NaN, or would drown every sum.
template <class Element>
struct layout {
    layout(std::size_t width, std::ptrdiff_t terms, std::ptrdiff_t stride, std::ptrdiff_t step) {
        const auto last = static_cast<std::ptrdiff_t>(width - 1) * stride + (terms - 1) * step;
        // Not one element behind the last.
        memory.assign(static_cast<std::size_t>(last) + 1, [] {
            if constexpr (std::integral<Element>)
                return Element(127);
            else
                return static_cast<Element>(std::numeric_limits<float>::quiet_NaN());
        }());
        for (std::ptrdiff_t i = 0; i != terms; ++i) {
            offsets.push_back(i * step);
            for (std::size_t r = 0; r != width; ++r)
                memory[static_cast<std::size_t>(static_cast<std::ptrdiff_t>(r) * stride + i * step)] =
                    element<Element>(i, r);
        }
    }
    std::vector<Element> memory;
    std::vector<std::ptrdiff_t> offsets;
};

/// How far a log may be from the true one, of which it is the sum's in a type with such an epsilon: near 0 it is summed again.
template <class Compute>
bool is_near(Compute got, long double want) {
    constexpr long double some_ulp = 4.0L * std::numeric_limits<Compute>::epsilon();
    return std::abs(static_cast<long double>(got) - want) <= some_ulp * std::max(std::abs(want), 1.0L);
}

} // namespace

TEMPLATE_TEST_CASE("few terms have the log of their sum, however they lie", "[few_terms]", float, double, std::int8_t,
                   std::int64_t, summit::float16, summit::bfloat16) {
    support::for_each_architecture<support::fused_architectures>([]<class Arch>(Arch) {
        using few = summit::cpu::few_terms<Arch, TestType>;
        using compute = summit::compute_t<TestType>;
        for (const std::ptrdiff_t terms : {2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15, 16, 17, 19, 31, 45, 71}) {
            for (const std::size_t width : {std::size_t(16), std::size_t(19), std::size_t(63), std::size_t(150)}) {
                std::vector<compute> known; // as they are where rows lie side by side
                const auto check = [&](std::ptrdiff_t stride, std::ptrdiff_t step) {
                    const layout<TestType> x(width, terms, stride, step);
                    // One more than asked for, to see that it is left alone.
                    std::vector<compute> got(width + 1, -1);
                    few(stride, x.offsets.data(), terms).take_logs(x.memory.data(), width, got.data());
                    CAPTURE(Arch::name(), terms, width, stride, step);
                    CHECK(got.back() == -1);
                    if (known.empty()) known = got;
                    for (std::size_t r = 0; r != width; ++r) {
                        CAPTURE(r);
                        REQUIRE(support::to_bits(got[r]) == support::to_bits(known[r]));
                        std::vector<compute> row;
                        for (std::ptrdiff_t i = 0; i != terms; ++i)
                            row.push_back(static_cast<compute>(element<TestType>(i, r)));
                        REQUIRE(is_near(got[r], support::log_sum_exp_of(row).value));
                    }
                };
                check(terms, 1);
                check(terms + 1, 1);
                check(terms + 20, 1);
                check(1, static_cast<std::ptrdiff_t>(width) + 3);
                check(2 * terms, 2);
                check(2, 2 * static_cast<std::ptrdiff_t>(width));
                check(3, 3 * static_cast<std::ptrdiff_t>(width));
            }
        }
    });
}
