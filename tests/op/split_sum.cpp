// SPDX-License-Identifier: MIT
#include <summit/op/doubt.hpp>
#include <summit/op/split_sum.hpp>

#include "support/architectures.hpp"
#include "support/ulp.hpp"

#include <catch2/catch_test_macros.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <random>
#include <vector>

namespace {

constexpr std::ptrdiff_t most_terms = 31;
constexpr double float_epsilon = 0x1p-23;

/// One vector of results from x[term][lane].
template <class Arch>
struct results {
    using batch = xsimd::batch<float, Arch>;
    using sum = summit::op::split_sum<Arch>;

    results(const std::vector<std::vector<float>>& x, std::size_t first, float least) : log(batch::size) {
        const auto term = [&](std::size_t i) { return batch::load_unaligned(&x[i][first]); };
        sum s(term(0), term(1));
        for (std::size_t i = 2; i != x.size(); ++i) s.add(term(i));
        s.log().store_unaligned(log.data());
        doubtful = summit::op::doubt<float, Arch>(least, sum::most)(s.log());
    }
    std::vector<float> log;
    std::uint64_t doubtful;
};

/// Of all sizes; close together, where every term counts; one far above the rest; and with sums near 1.
std::vector<std::vector<float>> some_terms(std::mt19937_64& random, std::ptrdiff_t terms, std::size_t lanes) {
    std::vector<std::vector<float>> x(static_cast<std::size_t>(terms), std::vector<float>(lanes));
    const auto unit = [&] { return static_cast<float>(random() >> 40) * 0x1p-24f; };
    for (std::size_t lane = 0; lane != lanes; ++lane) {
        const float spread = std::ldexp(1.0f, static_cast<int>(random() % 8) - 3);
        const float at = random() % 2 == 0 ? 80.0f * unit() - 40.0f : -std::log(static_cast<float>(terms));
        for (auto& row : x) row[lane] = at + spread * (2.0f * unit() - 1.0f);
        if (random() % 4 == 0) x[random() % x.size()][lane] += 8.0f * unit();
    }
    return x;
}

template <class Arch>
float log_of(std::vector<float> x, std::uint64_t& doubtful) {
    std::vector<std::vector<float>> all;
    for (const float value : x) all.emplace_back(xsimd::batch<float, Arch>::size, value);
    const results<Arch> got(all, 0, 0.25f);
    doubtful = got.doubtful;
    return got.log[0];
}

} // namespace

TEST_CASE("the log of a split sum is within its bound, and within one ulp where it is certain",
          "[split_sum][accuracy]") {
    support::for_each_architecture<support::fused_architectures>([]<class Arch>(Arch) {
        constexpr std::size_t lanes = 4096;
        for (std::ptrdiff_t terms = 2; terms <= most_terms; ++terms) {
            std::mt19937_64 random(static_cast<std::uint64_t>(terms));
            const double bound = summit::op::split_sum<Arch>::error(terms);
            const float least = summit::op::split_sum<Arch>::least_certain(terms, float_epsilon);
            support::worst_case<float> worst, worst_ulp;
            for (std::uint64_t round = 0; round < 16; round += support::thinning) {
                const auto x = some_terms(random, terms, lanes);
                for (std::size_t first = 0; first != lanes; first += xsimd::batch<float, Arch>::size) {
                    const results<Arch> got(x, first, least);
                    for (std::size_t i = 0; i != got.log.size(); ++i) {
                        long double sum = 0.0L;
                        for (const auto& row : x) sum += std::exp(static_cast<long double>(row[first + i]));
                        const auto want = static_cast<double>(std::log(sum));
                        const float magnitude = std::abs(got.log[i]);
                        const double last = std::nextafter(magnitude, 1e9f) - magnitude;
                        const double error = std::abs(static_cast<double>(got.log[i]) - want);
                        worst.see((error - 0.5 * last) / bound, got.log[i]);
                        const bool is_doubtful = (got.doubtful >> i & 1U) != 0;
                        // Where the two disagree about the border the log is right next to it.
                        if (is_doubtful != (magnitude < least || magnitude >= 56.0f)) worst_ulp.see(1e30, got.log[i]);
                        if (!is_doubtful) worst_ulp.see(error / last, got.log[i]);
                    }
                }
            }
            if (terms % 8 == 3)
                std::printf("split_sum %-18td %-12s %.3f of its bound, %.4f ulp from %g on\n", terms, Arch::name(),
                            worst.error, worst_ulp.error, static_cast<double>(least));
            CAPTURE(Arch::name(), terms, worst.input, worst_ulp.input);
            CHECK(worst.error <= 1.0);
            CHECK(worst_ulp.error <= 1.0);
        }
    });
}

TEST_CASE("logs are certain from the power of two on whose last bit is twice their error", "[split_sum]") {
    using sum = summit::op::split_sum<xsimd::best_arch>;
    for (const double epsilon : {0x1p-23, 0x1p-10, 0x1p-7})
        for (std::ptrdiff_t terms = 2; terms <= most_terms; ++terms) {
            const auto least = static_cast<double>(sum::least_certain(terms, epsilon));
            CAPTURE(epsilon, terms, least);
            int exponent = 0;
            CHECK(std::frexp(least, &exponent) == 0.5);
            CHECK(least * epsilon >= 2.0 * sum::error(terms));
            CHECK(least * epsilon < 4.0 * sum::error(terms));
        }
    CHECK(sum::least_certain(3, float_epsilon) == 0.25f);
}

TEST_CASE("a split sum doubts what is out of range and what is no number", "[split_sum]") {
    constexpr float infinity = std::numeric_limits<float>::infinity();
    constexpr float nan = std::numeric_limits<float>::quiet_NaN();
    support::for_each_architecture<support::fused_architectures>([]<class Arch>(Arch) {
        constexpr auto every = static_cast<std::uint64_t>((std::uint64_t(1) << xsimd::batch<float, Arch>::size) - 1);
        std::uint64_t doubtful = 0;
        for (const float lost : {nan, -nan, infinity, 57.0f, 88.0f, 89.0f, 1e30f, std::numeric_limits<float>::max()})
            for (const std::vector<float>& x : {std::vector{lost, 1.0f},
                                                {1.0f, lost},
                                                {1.0f, lost, 1.0f},
                                                {-infinity, lost, 2.0f},
                                                {lost, lost},
                                                {2.0f, 1.0f, lost}}) {
                log_of<Arch>(x, doubtful);
                CAPTURE(Arch::name(), support::to_bits(lost), x.size());
                CHECK(doubtful == every);
            }
        for (const float lost : {-60.0f, -80.0f, -81.0f, -1e30f, -infinity}) {
            CAPTURE(Arch::name(), support::to_bits(lost));
            log_of<Arch>({lost, lost, lost}, doubtful);
            CHECK(doubtful == every);
            // Nothing beside a term in range.
            CHECK(log_of<Arch>({lost, 3.0f, lost}, doubtful) == 3.0f);
            CHECK(doubtful == 0);
            CHECK(log_of<Arch>({-40.0f, lost}, doubtful) == -40.0f);
            CHECK(doubtful == 0);
        }
        log_of<Arch>({-1.0986123f, -1.0986123f, -1.0986123f}, doubtful);
        CHECK(doubtful == every);
    });
}

TEST_CASE("a split sum has the bits it always had, on every architecture with FMA", "[split_sum][bits]") {
    support::for_each_architecture<support::fused_architectures>([]<class Arch>(Arch) {
        INFO(Arch::name());
        std::mt19937_64 random(11);
        std::uint64_t bits = 0;
        for (std::ptrdiff_t terms = 2; terms <= most_terms; ++terms) {
            std::vector<std::vector<float>> x(static_cast<std::size_t>(terms), std::vector<float>(1024));
            for (auto& row : x)
                for (float& value : row) value = static_cast<float>(random() >> 44) * 0x1p-14f - 32.0f;
            for (std::size_t first = 0; first != 1024; first += xsimd::batch<float, Arch>::size)
                for (const float log : results<Arch>(x, first, 1.0f).log)
                    bits = (bits ^ support::to_bits(log)) * 0x9e3779b97f4a7c15U;
        }
        CHECK(bits == 0x55275debb615ee23U);
    });
}
