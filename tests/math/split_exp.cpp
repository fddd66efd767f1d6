// SPDX-License-Identifier: MIT
#include <summit/math/split_exp.hpp>

#include <summit/math/exp.hpp>

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
#include <type_traits>

namespace {

using constants = summit::math::split_exponential_constants;
using support::to_bits;

// What the header claims, in units of 2^−30.
constexpr double bound = 4.6;

using floats = support::some_floats;

constexpr auto power_of = [](const auto& batch) { return summit::math::split_exp(batch).power; };
constexpr auto rest_of = [](const auto& batch) { return summit::math::split_exp(batch).rest; };

using widest = std::tuple_element_t<std::tuple_size_v<support::architectures> - 1, support::architectures>;

/// exp(x / (1 + stretch)).
double oracle(float x) {
    const double argument = static_cast<double>(x) / (1.0 + summit::math::tabulated_exponential_constants::stretch);
    // To the last bit of a double, and most floats are this small.
    return std::abs(x) < 0x1p-27f ? 1.0 + argument : std::exp(argument);
}

} // namespace

TEST_CASE("every float has its split exp, or something no sum can miss", "[math][split_exp][accuracy]") {
    if constexpr (summit::math::fuses_multiply_add<widest>) {
        constexpr float highest = 88.0f;
        const auto lowest = summit::math::split_exp(xsimd::batch<float, widest>(constants::lowest));
        // Of no product of the two is anything subnormal.
        CHECK(std::abs(lowest.power.get(0) * lowest.rest.get(0)) > 0x1p-125f);
        const auto worst = support::for_every_float([&](const floats& x, support::worst_case<float>& seen) {
            floats power, rest;
            support::map<widest>(x, power, power_of);
            support::map<widest>(x, rest, rest_of);
            for (std::size_t i = 0; i != x.size(); ++i) {
                const bool is_negative = (to_bits(x[i]) >> 31) != 0;
                const std::uint32_t magnitude = support::magnitude_bits(x[i]);
                const bool is_right = [&] {
                    if (support::is_nan(x[i]) || (!is_negative && magnitude > to_bits(88.8f)))
                        return !support::is_finite(power[i]) || !support::is_finite(rest[i]);
                    if (is_negative && magnitude > to_bits(-constants::lowest))
                        return to_bits(power[i]) == to_bits(lowest.power.get(0)) &&
                               to_bits(rest[i]) == to_bits(lowest.rest.get(0));
                    return true;
                }();
                if (!is_right) seen.see(1e30, x[i]);
                if (support::is_nan(x[i]) || magnitude > to_bits(is_negative ? -constants::lowest : highest)) continue;
                const double want = oracle(x[i]);
                const double got = static_cast<double>(power[i]) * (1.0 + static_cast<double>(rest[i]));
                seen.see(support::is_finite(got) ? std::abs(got - want) / want * 0x1p30 : 1e30, x[i]);
            }
        });
        std::printf("%-28s %-12s %.4f of 2^-30 at %a\n", "split_exp", widest::name(), worst.error,
                    static_cast<double>(worst.input));
        CAPTURE(worst.input);
        CHECK(worst.error <= bound);
    }
}

TEST_CASE("what is left of a split exp is small", "[math][split_exp]") {
    support::for_each_architecture<support::fused_architectures>([](auto arch) {
        using Arch = decltype(arch);
        INFO(Arch::name());
        for (std::uint32_t round = 0; round != 64; ++round) {
            floats x, rest;
            for (std::size_t i = 0; i != x.size(); ++i)
                x[i] = static_cast<float>(static_cast<double>(round * x.size() + i) * (168.0 * 0x1p-18) - 80.0);
            support::map<Arch>(x, rest, rest_of);
            for (std::size_t i = 0; i != x.size(); ++i)
                if (!(std::abs(rest[i]) < 0.0222f)) FAIL(x[i]);
        }
    });
}

TEST_CASE("a split exp tells of every argument that is too large, and of NaN", "[math][split_exp]") {
    support::for_each_architecture<support::fused_architectures>([](auto arch) {
        using batch = xsimd::batch<float, decltype(arch)>;
        INFO(decltype(arch)::name());
        constexpr float infinity = std::numeric_limits<float>::infinity();
        constexpr float nan = std::numeric_limits<float>::quiet_NaN();
        for (float x : {88.8f, 89.0f, 1e3f, 5e4f, 0x1p19f, 0x1p22f, 1e9f, 1e30f, std::numeric_limits<float>::max(),
                        infinity, nan, -nan}) {
            const auto split = summit::math::split_exp(batch(x));
            CAPTURE(to_bits(x));
            CHECK(!(support::is_finite(split.power.get(0)) && support::is_finite(split.rest.get(0))));
        }
        for (float x : {-80.5f, -1e3f, -0x1p22f, -1e30f, -std::numeric_limits<float>::max(), -infinity}) {
            const auto split = summit::math::split_exp(batch(x));
            const auto lowest = summit::math::split_exp(batch(constants::lowest));
            CAPTURE(to_bits(x));
            CHECK(to_bits(split.power.get(0)) == to_bits(lowest.power.get(0)));
            CHECK(to_bits(split.rest.get(0)) == to_bits(lowest.rest.get(0)));
        }
    });
}

TEST_CASE("split exp has the same bits for every float on every architecture with FMA", "[math][split_exp][bits]") {
    // NaN and too large a number need not come out alike: in their place stands another number.
    const auto in_range = [](const auto& x) {
        const std::decay_t<decltype(x)> highest(88.7f);
        return xsimd::select(x <= highest, x, highest);
    };
    const auto power_in_range = [=](const auto& x) { return power_of(in_range(x)); };
    const auto rest_in_range = [=](const auto& x) { return rest_of(in_range(x)); };
    const auto worst = support::where_architectures_differ(power_in_range, rest_in_range);
    CAPTURE(worst.input);
    CHECK(worst.error == 0.0);
}

// One sum for all architectures, pinned: a build for AArch64 and one for AVX-512 must both produce it, with every compiler
// and every flag.
TEST_CASE("split exp has the bits it always had", "[math][split_exp][bits]") {
    support::for_each_architecture<support::fused_architectures>([](auto arch) {
        using Arch = decltype(arch);
        INFO(Arch::name());
        std::uint64_t sum = 0;
        for (std::uint32_t round = 0; round != 64; ++round) {
            floats x, power, rest;
            // Exact but for the last rounding, so that no compiler finds anything to fuse.
            for (std::size_t i = 0; i != x.size(); ++i)
                x[i] = static_cast<float>(static_cast<double>(round * x.size() + i) * (168.0 * 0x1p-18) - 80.0);
            support::map<Arch>(x, power, power_of);
            support::map<Arch>(x, rest, rest_of);
            for (std::size_t i = 0; i != x.size(); ++i)
                sum = (sum ^ to_bits(power[i]) ^ std::uint64_t(to_bits(rest[i])) << 32) * 0x9e3779b97f4a7c15U;
        }
        CHECK(sum == 0xc6250ca9265907f7U);
    });
}

namespace {

using numbers = support::some_numbers<float>;
constexpr float highest = 88.0f;
constexpr double bound_far = 5.9;

struct split_numbers {
    numbers power, rest;
};

template <class Arch>
split_numbers relative_exp(const numbers& x, float k) {
    using batch = xsimd::batch<float, Arch>;
    const summit::math::relative_split_exp<Arch> term(batch{k});
    split_numbers y;
    support::map<Arch>(x, y.power, [&](const batch& some) { return term(some).power; });
    support::map<Arch>(x, y.rest, [&](const batch& some) { return term(some).rest; });
    return y;
}

} // namespace

TEST_CASE("relative to any power of two, a split exp is within its bound, the same bits on every architecture",
          "[math][split_exp][accuracy][bits]") {
    for (const float k : support::heights(0x1p18f)) {
        std::mt19937_64 random(17);
        support::worst_case<float> worst;
        for (std::uint64_t round = 0; round < 128; round += support::thinning) {
            const auto x = support::arguments_around<float>(random, k, constants::lowest, highest);
            split_numbers known;
            bool is_first = true;
            support::for_each_architecture<support::fused_architectures>([&]<class Arch>(Arch) {
                const auto got = relative_exp<Arch>(x, k);
                CAPTURE(Arch::name(), k);
                for (std::size_t i = 0; i != x.size(); ++i) {
                    if (is_first) {
                        using stretched = summit::math::tabulated_exponential_constants;
                        // Exact: 24 and 19 bits.
                        const double argument =
                            static_cast<double>(x[i]) - static_cast<double>(k) * static_cast<double>(stretched::ln2);
                        const double want = std::exp(argument / (1.0 + stretched::stretch));
                        const double value =
                            static_cast<double>(got.power[i]) * (1.0 + static_cast<double>(got.rest[i]));
                        worst.see(support::is_finite(value) ? std::abs(value - want) / want * 0x1p30 : 1e30, x[i]);
                    } else if (to_bits(got.power[i]) != to_bits(known.power[i]) ||
                               to_bits(got.rest[i]) != to_bits(known.rest[i])) {
                        FAIL(x[i]);
                    }
                }
                if (is_first) known = got;
                is_first = false;
            });
        }
        CAPTURE(k, worst.input);
        CHECK(worst.error <= (std::abs(k) <= 0x1p17f ? bound : bound_far));
    }
}

TEST_CASE("relative to nothing a split exp has the bits it has otherwise", "[math][split_exp][bits]") {
    support::for_each_architecture<support::fused_architectures>([]<class Arch>(Arch) {
        INFO(Arch::name());
        std::mt19937_64 random(18);
        for (std::uint64_t round = 0; round < 64; round += support::thinning) {
            auto x = support::arguments_around<float>(random, 0.0f, -85.0f, 88.7f);
            if (round % 2 == 0)
                for (float& value : x) value = support::from_bits<float>(static_cast<std::uint32_t>(random()));
            const auto got = relative_exp<Arch>(x, 0.0f);
            split_numbers want;
            support::map<Arch>(x, want.power, power_of);
            support::map<Arch>(x, want.rest, rest_of);
            const auto alike = [](float a, float b) {
                return to_bits(a) == to_bits(b) || (support::is_nan(a) && support::is_nan(b));
            };
            for (std::size_t i = 0; i != x.size(); ++i)
                if (!alike(got.power[i], want.power[i]) || !alike(got.rest[i], want.rest[i])) FAIL(x[i]);
        }
    });
}

TEST_CASE("relative to any power of two, a split exp tells of every argument that is too large, and of NaN",
          "[math][split_exp]") {
    constexpr float infinity = std::numeric_limits<float>::infinity();
    constexpr float nan = std::numeric_limits<float>::quiet_NaN();
    support::for_each_architecture<support::fused_architectures>([]<class Arch>(Arch) {
        using batch = xsimd::batch<float, Arch>;
        for (const float k : support::heights(0x1p18f)) {
            const summit::math::relative_split_exp<Arch> term(batch{k});
            CAPTURE(Arch::name(), k);
            auto lost = support::too_large(k, highest);
            lost.insert(lost.end(), {nan, -nan});
            for (const float x : lost) {
                const auto split = term(batch(x));
                CAPTURE(to_bits(x));
                CHECK(!(support::is_finite(split.power.get(0)) && support::is_finite(split.rest.get(0))));
            }
            const auto lowest = term(batch(-infinity));
            // A last bit of what it is relative to off.
            CHECK(std::abs(std::log(lowest.power.get(0)) + lowest.rest.get(0) - constants::lowest) < 0.02f);
            for (const float less : {1.0f, 100.0f, 1e4f, 1e9f, 1e30f, std::numeric_limits<float>::max()}) {
                const auto split = term(batch(k * 0.6931472f + constants::lowest - less));
                CHECK(to_bits(split.power.get(0)) == to_bits(lowest.power.get(0)));
                CHECK(to_bits(split.rest.get(0)) == to_bits(lowest.rest.get(0)));
            }
        }
    });
}

TEST_CASE("each lane of a split exp has a power of two of its own", "[math][split_exp]") {
    support::for_each_architecture<support::fused_architectures>([]<class Arch>(Arch) {
        using batch = xsimd::batch<float, Arch>;
        std::array<float, batch::size> k, x;
        for (std::size_t i = 0; i != batch::size; ++i) {
            k[i] = support::heights(0x1p18f)[i % 13];
            x[i] = k[i] * 0.6931472f + static_cast<float>(i);
        }
        const auto got =
            summit::math::relative_split_exp<Arch>(batch::load_unaligned(k.data()))(batch::load_unaligned(x.data()));
        for (std::size_t i = 0; i != batch::size; ++i) {
            const auto alone = summit::math::relative_split_exp<Arch>(batch{k[i]})(batch(x[i]));
            CAPTURE(Arch::name(), i);
            CHECK(to_bits(got.power.get(i)) == to_bits(alone.power.get(i)));
            CHECK(to_bits(got.rest.get(i)) == to_bits(alone.rest.get(i)));
        }
    });
}
