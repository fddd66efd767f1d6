// SPDX-License-Identifier: MIT
#include <summit/cpu/rows.hpp>
#include <summit/op/log_sum_exp.hpp>

#include "support/architectures.hpp"
#include "support/guarded.hpp"

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <random>
#include <vector>

namespace {

/// Terms whose sum is exact in any order: an element lost, doubled or read past the end cannot hide.
template <class T, class Arch>
struct whole_numbers {
    xsimd::batch<T, Arch> operator()(const xsimd::batch<T, Arch>& x) const {
        // The padding of a row is −inf, and counts for nothing.
        return xsimd::max(xsimd::batch<T, Arch>(T(0)), x);
    }
};

template <class T>
std::vector<std::ptrdiff_t> lengths() {
    constexpr auto stripe = static_cast<std::ptrdiff_t>(summit::cpu::stripe_bytes / sizeof(T));
    std::vector<std::ptrdiff_t> all;
    for (std::ptrdiff_t n = 1; n <= 4 * stripe + 1; ++n) all.push_back(n);
    for (std::ptrdiff_t runs : {8, 16})
        for (std::ptrdiff_t n = runs * stripe - 1; n <= runs * stripe + 1; ++n) all.push_back(n);
    return all;
}

} // namespace

TEMPLATE_TEST_CASE("a row has its maximum and its sum, at every length and from every address", "[rows]", float,
                   double) {
    using T = TestType;
    for (std::ptrdiff_t n : lengths<T>()) {
        for (std::size_t lead = 0; lead != 16; ++lead) {
            support::guarded<T> row({n}, {1}, lead);
            const T* x = row.elements().data();
            T sum = T(0);
            for (std::ptrdiff_t i = 0; i != n; ++i) sum += row.elements()(i) = static_cast<T>((i * 37) % 101 + 1);
            const T max = *std::max_element(x, x + n);
            support::for_each_architecture<support::architectures>([&]<class Arch>(Arch) {
                CAPTURE(Arch::name(), n, lead);
                REQUIRE(summit::cpu::row_max<summit::op::log_sum_exp<T>, Arch>(x, n) == max);
                const auto total = summit::cpu::row_sum<Arch>(x, n, whole_numbers<T, Arch>{});
                REQUIRE(total.high.get(0) + total.low.get(0) == static_cast<double>(sum));
            });
        }
    }
}

TEMPLATE_TEST_CASE("the maximum is found wherever it stands", "[rows]", float, double) {
    using T = TestType;
    for (std::ptrdiff_t n : {1, 2, 7, 15, 16, 17, 31, 33, 63, 65, 127, 128, 129, 200, 300}) {
        support::guarded<T> row({n}, {1});
        const auto x = row.elements();
        for (std::ptrdiff_t i = 0; i != n; ++i) x(i) = T(-1000);
        for (std::ptrdiff_t i = 0; i != n; ++i) {
            x(i) = T(-999);
            support::for_each_architecture<support::architectures>([&]<class Arch>(Arch) {
                CAPTURE(Arch::name(), n, i);
                REQUIRE(summit::cpu::row_max<summit::op::log_sum_exp<T>, Arch>(x.data(), n) == T(-999));
            });
            x(i) = T(-1000);
        }
    }
}

TEMPLATE_TEST_CASE("a row sums to the same bits on every instruction set with FMA", "[rows]", float, double) {
    using T = TestType;
    const unsigned seed = 20260302;
    INFO("seed " << seed);
    std::mt19937 random(seed);
    std::uniform_real_distribution<T> values(T(-30), T(0));
    for (std::ptrdiff_t n : {1, 5, 31, 32, 33, 100, 257, 1000, 4095}) {
        std::vector<T> x(static_cast<std::size_t>(n));
        for (T& element : x) element = values(random);
        std::vector<std::uint64_t> high;
        std::vector<std::uint64_t> low;
        support::for_each_architecture<support::fused_architectures>([&]<class Arch>(Arch) {
            using batch = xsimd::batch<T, Arch>;
            const auto total = summit::cpu::row_sum<Arch>(
                x.data(), n, [](const batch& some) { return summit::math::tabulated_exp(some); });
            high.push_back(support::to_bits(total.high.get(0)));
            low.push_back(support::to_bits(total.low.get(0)));
        });
        CAPTURE(n);
        CHECK(high == std::vector<std::uint64_t>(high.size(), high.empty() ? 0 : high[0]));
        CHECK(low == std::vector<std::uint64_t>(low.size(), low.empty() ? 0 : low[0]));
    }
}
