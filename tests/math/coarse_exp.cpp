// SPDX-License-Identifier: MIT
#include <summit/math/coarse_exp.hpp>
#include <summit/math/exp.hpp>
#include <summit/math/positive_sum.hpp>
#include <summit/math/tabulated_exp.hpp>

#include "support/architectures.hpp"
#include "support/every_float.hpp"
#include "support/heights.hpp"
#include "support/ulp.hpp"

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <random>
#include <tuple>

namespace {

using constants = summit::math::coarse_exponential_constants;
using support::to_bits;
using support::worst_case;

// What the header claims, in units of 2^−24.
constexpr double bound = 153.0;
constexpr double bound_to_22 = 94.0;
constexpr float highest = 87.9f;

using floats = support::some_floats;

constexpr auto of_batch = [](const auto& batch) { return summit::math::coarse_exp(batch); };

template <class Arch>
floats coarse_exp(const floats& x) {
    floats y;
    support::map<Arch>(x, y, of_batch);
    return y;
}

double oracle(float x) {
    const auto argument = static_cast<double>(x);
    // To the last bit of a double, and most floats are this small.
    return constants::factor * (std::abs(x) < 0x1p-27f ? 1.0 + argument : std::exp(argument));
}

/// The error where the header bounds it; beyond, 0 if what it says there is so.
double error_of(float x, float got, float at_lowest) {
    if (support::is_nan(x)) return support::is_nan(got) ? 0.0 : 1e30;
    const bool is_negative = (to_bits(x) >> 31) != 0;
    const std::uint32_t magnitude = support::magnitude_bits(x);
    if (is_negative && magnitude > to_bits(-constants::lowest)) return to_bits(got) == to_bits(at_lowest) ? 0.0 : 1e30;
    // As integers, every infinity, NaN and negative number lies above.
    if (!is_negative && magnitude > to_bits(highest)) return to_bits(got) >= to_bits(0x1p127f) ? 0.0 : 1e30;
    const double want = oracle(x);
    return support::is_finite(got) ? std::abs(static_cast<double>(got) - want) / want * 0x1p24 : 1e30;
}

/// The worst of all, and of magnitudes up to 22.
struct worst_cases {
    worst_case<float> everywhere, to_22;

    void see(const worst_cases& other) {
        everywhere.see(other.everywhere);
        to_22.see(other.to_22);
    }
};

/// Whether xsimd's best architecture here is one that coarse_exp is for.
using widest = std::tuple_element_t<std::tuple_size_v<support::architectures> - 1, support::architectures>;

} // namespace

TEST_CASE("every float has its coarse exp, or something no sum can miss", "[math][coarse_exp][accuracy]") {
    if constexpr (summit::math::fuses_multiply_add<widest>) {
        const float at_lowest = summit::math::coarse_exp(xsimd::batch<float, widest>(constants::lowest)).get(0);
        // A block of these is far below the smallest sum in range.
        CHECK(at_lowest > 0.0f);
        CHECK(16384 * static_cast<double>(at_lowest) < 0x1p-80);
        const auto [worst, worst_to_22] =
            support::for_every_float<worst_cases>([=](const floats& x, worst_cases& seen) {
                const floats got = coarse_exp<widest>(x);
                worst_case<float> here;
                for (std::size_t i = 0; i != x.size(); ++i) here.see(error_of(x[i], got[i], at_lowest), x[i]);
                seen.everywhere.see(here);
                // Magnitudes rise from call to call.
                if (support::magnitude_bits(x[0]) <= to_bits(22.0f)) seen.to_22.see(here);
            });
        std::printf("%-28s %-12s %.4f of 2^-24 at %a; to 22 %.4f at %a\n", "coarse_exp", widest::name(), worst.error,
                    static_cast<double>(worst.input), worst_to_22.error, static_cast<double>(worst_to_22.input));
        CAPTURE(worst.input, worst_to_22.input);
        CHECK(worst.error <= bound);
        CHECK(worst_to_22.error <= bound_to_22);
    }
}

TEST_CASE("coarse exp has the same bits for every float on every architecture with FMA", "[math][coarse_exp][bits]") {
    const auto worst = support::where_architectures_differ(of_batch);
    CAPTURE(worst.input);
    CHECK(worst.error == 0.0);
}

// One sum for all architectures, pinned: a build for AArch64 and one for AVX-512 must both produce it, with every compiler
// and every flag.
TEST_CASE("coarse exp has the bits it always had", "[math][coarse_exp][bits]") {
    support::for_each_architecture<support::fused_architectures>([](auto arch) {
        INFO(decltype(arch)::name());
        std::uint64_t sum = 0;
        for (std::uint32_t round = 0; round != 64; ++round) {
            floats x;
            // Exact but for the last rounding, so that no compiler finds anything to fuse.
            for (std::size_t i = 0; i != x.size(); ++i)
                x[i] = static_cast<float>(static_cast<double>(round * x.size() + i) * (174.0 * 0x1p-18) - 87.0);
            for (const float value : coarse_exp<decltype(arch)>(x)) sum = (sum ^ to_bits(value)) * 0x9e3779b97f4a7c15U;
        }
        CHECK(sum == 0xfc46ed33d4543517);
    });
}

TEST_CASE("a positive sum sees every argument that is too large, and NaN", "[math][coarse_exp]") {
    support::for_each_architecture<support::fused_architectures>([](auto arch) {
        using Arch = decltype(arch);
        using batch = xsimd::batch<float, Arch>;
        INFO(Arch::name());
        constexpr float infinity = std::numeric_limits<float>::infinity();
        constexpr float nan = std::numeric_limits<float>::quiet_NaN();
        for (float x :
             {88.0f, 89.0f, 1e3f, 5e4f, 0x1p22f, 1e9f, 1e30f, std::numeric_limits<float>::max(), infinity, nan, -nan}) {
            summit::math::positive_sum<Arch> sum{};
            sum.add(summit::math::coarse_exp(batch(x)));
            constexpr double too_large = 0x1p127 / summit::math::positive_sum_unit;
            CAPTURE(to_bits(x));
            CHECK(to_bits(sum.even.get(0)) >= to_bits(too_large));
            CHECK(to_bits(sum.odd.get(0)) >= to_bits(too_large));
        }
    });
}

namespace {

using numbers = support::some_numbers<float>;

template <class Arch>
numbers relative_exp(const numbers& x, float k) {
    using batch = xsimd::batch<float, Arch>;
    const summit::math::relative_coarse_exp<Arch> term(batch{k});
    numbers y;
    support::map<Arch>(x, y, [&](const batch& some) { return term(some); });
    return y;
}

} // namespace

TEST_CASE("relative to any power of two, a coarse exp is within its bound, the same bits on every architecture",
          "[math][coarse_exp][accuracy][bits]") {
    for (const float k : support::heights(0x1p18f)) {
        std::mt19937_64 random(15);
        worst_case<float> worst;
        for (std::uint64_t round = 0; round < 128; round += support::thinning) {
            const auto x = support::arguments_around<float>(random, k, constants::lowest, highest);
            numbers known;
            bool is_first = true;
            support::for_each_architecture<support::fused_architectures>([&]<class Arch>(Arch) {
                const auto got = relative_exp<Arch>(x, k);
                CAPTURE(Arch::name(), k);
                for (std::size_t i = 0; i != x.size(); ++i) {
                    if (is_first) {
                        const double want = constants::factor * std::exp(static_cast<double>(x[i]) -
                                                                         static_cast<double>(k) * 0x1.62e42fefa39efp-1);
                        const double error = std::abs(static_cast<double>(got[i]) - want) / want * 0x1p24;
                        // What log2 e is rounded by.
                        const double allowed = 0.25 * std::abs(static_cast<double>(x[i]));
                        worst.see(support::is_finite(got[i]) ? error - allowed : 1e30, x[i]);
                    } else if (to_bits(got[i]) != to_bits(known[i])) {
                        FAIL(x[i]);
                    }
                }
                if (is_first) known = got;
                is_first = false;
            });
        }
        CAPTURE(k, worst.input);
        CHECK(worst.error <= bound);
    }
}

TEST_CASE("relative to nothing a coarse exp has the bits it has otherwise", "[math][coarse_exp][bits]") {
    support::for_each_architecture<support::fused_architectures>([]<class Arch>(Arch) {
        INFO(Arch::name());
        std::mt19937_64 random(16);
        for (std::uint64_t round = 0; round < 64; round += support::thinning) {
            auto x = support::arguments_around<float>(random, 0.0f, -70.0f, 90.0f);
            if (round % 2 == 0)
                for (float& value : x) value = support::from_bits<float>(static_cast<std::uint32_t>(random()));
            const auto got = relative_exp<Arch>(x, 0.0f);
            numbers want;
            support::map<Arch>(x, want, of_batch);
            for (std::size_t i = 0; i != x.size(); ++i)
                if (to_bits(got[i]) != to_bits(want[i]) && !(support::is_nan(got[i]) && support::is_nan(want[i])))
                    FAIL(x[i]);
        }
    });
}

TEST_CASE("relative to any power of two, a coarse exp is never small where its argument is large, nor 0",
          "[math][coarse_exp]") {
    constexpr float infinity = std::numeric_limits<float>::infinity();
    constexpr float nan = std::numeric_limits<float>::quiet_NaN();
    support::for_each_architecture<support::fused_architectures>([]<class Arch>(Arch) {
        using batch = xsimd::batch<float, Arch>;
        for (const float k : support::heights(0x1p18f)) {
            const summit::math::relative_coarse_exp<Arch> term(batch{k});
            const auto of = [&](float x) { return term(batch(x)).get(0); };
            CAPTURE(Arch::name(), k);
            for (const float x : support::too_large(k, highest)) {
                CAPTURE(x);
                CHECK(support::has_overflowed(of(x)));
            }
            CHECK(support::is_nan(of(nan)));
            CHECK(support::is_nan(of(-nan)));
            const float at_lowest = of(-infinity);
            CHECK(static_cast<double>(at_lowest) > 0.98 * oracle(constants::lowest));
            CHECK(static_cast<double>(at_lowest) < 1.02 * oracle(constants::lowest));
            for (const float less : {1.0f, 100.0f, 1e4f, 1e9f, 1e30f, std::numeric_limits<float>::max()})
                CHECK(to_bits(of(k * 0.6931472f + constants::lowest - less)) == to_bits(at_lowest));
        }
    });
}

TEST_CASE("each lane of a coarse exp has a power of two of its own", "[math][coarse_exp]") {
    support::for_each_architecture<support::fused_architectures>([]<class Arch>(Arch) {
        using batch = xsimd::batch<float, Arch>;
        std::array<float, batch::size> k, x;
        for (std::size_t i = 0; i != batch::size; ++i) {
            k[i] = support::heights(0x1p18f)[i % 13];
            x[i] = k[i] * 0.6931472f + static_cast<float>(i);
        }
        const summit::math::relative_coarse_exp<Arch> term(batch::load_unaligned(k.data()));
        const batch got = term(batch::load_unaligned(x.data()));
        for (std::size_t i = 0; i != batch::size; ++i) {
            CAPTURE(Arch::name(), i);
            CHECK(to_bits(got.get(i)) ==
                  to_bits(summit::math::relative_coarse_exp<Arch>(batch{k[i]})(batch(x[i])).get(i)));
        }
    });
}
