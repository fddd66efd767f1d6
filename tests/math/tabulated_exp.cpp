// SPDX-License-Identifier: MIT
#include <summit/math/exp.hpp>
#include <summit/math/positive_sum.hpp>
#include <summit/math/tabulated_exp.hpp>

#include "support/architectures.hpp"
#include "support/every_float.hpp"
#include "support/heights.hpp"
#include "support/ulp.hpp"

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <random>
#include <thread>
#include <tuple>
#include <type_traits>
#include <vector>

namespace {

using constants = summit::math::tabulated_exponential_constants;
using support::from_bits;
using support::to_bits;
using support::worst_case;

// What the header claims, in units of 2^−24.
constexpr double bound = 1.35;
constexpr double bound_without_fma = 1.38;
constexpr float highest = 87.9f;

using floats = support::some_floats;

constexpr auto of_batch = [](const auto& batch) { return summit::math::tabulated_exp(batch); };

template <class Arch>
floats tabulated_exp(const floats& x) {
    floats y;
    support::map<Arch>(x, y, of_batch);
    return y;
}

/// factor · exp(x / (1 + stretch)).
double oracle(float x) {
    const double argument = static_cast<double>(x) / (1.0 + constants::stretch);
    // To the last bit of a double, and most floats are this small.
    const double power = std::abs(x) < 0x1p-27f ? 1.0 + argument : std::exp(argument);
    return constants::factor * power;
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

/// One without FMA, where a build has such an architecture, and the last one, mostly with it.
using narrowest = std::tuple_element_t<0, support::architectures>;
using widest = std::tuple_element_t<std::tuple_size_v<support::architectures> - 1, support::architectures>;
using both = std::conditional_t<std::same_as<narrowest, widest>, std::tuple<widest>, std::tuple<narrowest, widest>>;

/// exp in double.
struct in_double {
    /// What the header claims, in units of 2^−53 of the result.
    static constexpr double bound = 1.9;
    static constexpr std::size_t chunk = 1024;
    using doubles = std::array<double, chunk>;

    template <class Arch>
    static doubles of(const doubles& x) {
        doubles y;
        support::map<Arch>(x, y, [](const auto& batch) { return summit::math::tabulated_exp(batch); });
        return y;
    }

    template <class Arch>
    static double of(double x) {
        doubles all;
        all.fill(x);
        return of<Arch>(all).back();
    }

    static double error_of(double x, double got) {
        // Read anew: g++ -ffast-math puts x87 code in its place that is 2 ulp of double off.
        static long double (*volatile const exp)(long double) = ::expl;
        const long double want = exp(static_cast<long double>(x));
        return support::is_finite(got)
                   ? static_cast<double>(std::abs(static_cast<long double>(got) / want - 1)) * 0x1p53
                   : 1e30;
    }
};

/// What the tests of the exponential relative to 2^k have to know of it.
template <class T>
struct relative;

template <>
struct relative<float> {
    using architectures = support::fused_architectures;
    static constexpr float lowest = constants::lowest, highest = ::highest;
    static constexpr double bound = ::bound, unit = 0x1p-24;

    static long double oracle(float x, float k) {
        // The difference is exact: 24 and 19 bits.
        const double argument = static_cast<double>(x) - static_cast<double>(k) * static_cast<double>(constants::ln2);
        return static_cast<long double>(constants::factor * std::exp(argument / (1.0 + constants::stretch)));
    }
};

template <>
struct relative<double> {
    using architectures = support::architectures;
    static constexpr double lowest = -640.0, highest = 709.0;
    static constexpr double bound = in_double::bound, unit = 0x1p-53;

    static long double oracle(double x, double k) {
        static long double (*volatile const exp)(long double) = ::expl;
        // ln 2 in two parts, the first of 32 bits: that difference is exact, and the whole one would not be.
        const volatile long double left = static_cast<long double>(x) - static_cast<long double>(k) * 0x1.62e42fefp-1L;
        return exp(left) * exp(static_cast<long double>(k) * -0x1.473de6af278ece6p-34L);
    }
};

template <class T>
using numbers = support::some_numbers<T>;

template <class T, class Arch>
numbers<T> relative_exp(const numbers<T>& x, T k) {
    using batch = xsimd::batch<T, Arch>;
    const summit::math::relative_tabulated_exp<T, Arch> term(batch{k});
    numbers<T> y;
    support::map<Arch>(x, y, [&](const batch& some) { return term(some); });
    return y;
}

template <class T>
std::vector<T> all_heights() {
    return support::heights(summit::math::relative_tabulated_exp<T, widest>::largest_exponent);
}

/// Of any magnitude, small ones often.
double any_argument(std::mt19937_64& random) {
    const double unit = static_cast<double>(random() >> 11) * 0x1p-53;
    switch (random() % 4) {
    case 0:
        return unit * 1349.0 - 640.0;
    case 1:
        return unit * 20.0 - 10.0;
    case 2:
        return unit - 0.5;
    default:
        return std::ldexp(unit - 0.5, -static_cast<int>(random() % 64));
    }
}

} // namespace

TEST_CASE("tabulated exp in double is within its bound", "[math][tabulated_exp][accuracy]") {
    using tested = in_double;
    support::for_each_architecture<support::architectures>([]<class Arch>(Arch) {
        support::worst_case<double> seen[2];
        std::uint64_t beyond[2] = {};
        const auto half = [&](std::uint64_t parity) {
            for (std::uint64_t i = parity; i < 4096; i += 2 * support::thinning) {
                std::mt19937_64 random(i);
                tested::doubles x;
                for (double& value : x) value = any_argument(random);
                const auto got = tested::of<Arch>(x);
                for (std::size_t k = 0; k != x.size(); ++k) {
                    const double error = tested::error_of(x[k], got[k]);
                    seen[parity].see(error, x[k]);
                    beyond[parity] += error > tested::bound;
                }
            }
        };
        std::thread other(half, 1);
        half(0);
        other.join();
        seen[0].see(seen[1]);
        std::printf("%-28s %-12s %.4f of 2^-53 at %a\n", "tabulated_exp(double)", Arch::name(), seen[0].error,
                    seen[0].input);
        CAPTURE(Arch::name(), seen[0].input);
        CHECK(beyond[0] + beyond[1] == 0);
        CHECK(to_bits(tested::of<Arch>(0.0)) == to_bits(1.0));
        CHECK(to_bits(tested::of<Arch>(-0.0)) == to_bits(1.0));
    });
}

TEST_CASE("tabulated exp in double is never small where its argument is large, nor 0", "[math][tabulated_exp]") {
    using limits = std::numeric_limits<double>;
    using tested = in_double;
    support::for_each_architecture<support::architectures>([]<class Arch>(Arch) {
        INFO(Arch::name());
        const auto exp = [](double x) { return tested::of<Arch>(x); };
        const double at_lowest = exp(-640.0);
        CHECK(tested::error_of(-640.0, at_lowest) <= tested::bound);
        for (double x : {-641.0, -745.0, -1e4, -1e300, limits::lowest(), -limits::infinity()}) {
            CAPTURE(x);
            CHECK(to_bits(exp(x)) == to_bits(at_lowest));
        }
        CHECK(support::is_nan(exp(limits::quiet_NaN())));
        CHECK(support::is_nan(exp(-limits::quiet_NaN())));
        CHECK(support::is_nan(exp(from_bits<double>(support::infinity_bits<double> + 1))));

        // As integers, every infinity, NaN and negative number lies above.
        std::uint64_t small = 0;
        std::mt19937_64 random(19);
        for (std::uint64_t round = 0; round < 2048; round += support::thinning) {
            tested::doubles x;
            // From 709 to the largest number and infinity, and as densely up to where an index no longer fits.
            const std::uint64_t span =
                round % 2 == 0 ? support::infinity_bits<double> - to_bits(709.0) + 1 : to_bits(0x1p14) - to_bits(709.0);
            for (double& value : x) value = from_bits<double>(to_bits(709.0) + random() % span);
            x[0] = limits::max();
            x[1] = limits::infinity();
            x[2] = 0x1p48;
            x[3] = 0x1p49 * 0x1.62e42fefa39efp-1;
            for (const double value : tested::of<Arch>(x)) small += to_bits(value) < to_bits(0x1p1022);
        }
        CHECK(small == 0);
    });
}

// As for floats, pinned.
TEST_CASE("tabulated exp in double has the bits it always had", "[math][tabulated_exp][bits]") {
    using tested = in_double;
    support::for_each_architecture<support::fused_architectures>([]<class Arch>(Arch) {
        INFO(Arch::name());
        std::mt19937_64 random(7);
        std::uint64_t sum = 0;
        for (int round = 0; round != 256; ++round) {
            tested::doubles x;
            for (double& value : x) value = static_cast<double>(random() >> 40) * 0x1p-24 * 1349.0 - 640.0;
            for (const double value : tested::of<Arch>(x)) sum = (sum ^ to_bits(value)) * 0x9e3779b97f4a7c15U;
        }
        CHECK(sum == 0x8e24a55842fbdd10U);
    });
}

TEMPLATE_LIST_TEST_CASE("every float has its tabulated exp, or something no sum can miss",
                        "[math][tabulated_exp][accuracy]", both) {
    using Arch = TestType;
    const float at_lowest = summit::math::tabulated_exp(xsimd::batch<float, Arch>(constants::lowest)).get(0);
    CHECK(at_lowest > std::numeric_limits<float>::min());
    const auto worst = support::for_every_float([=](const floats& x, worst_case<float>& seen) {
        const floats got = tabulated_exp<Arch>(x);
        for (std::size_t i = 0; i != x.size(); ++i) seen.see(error_of(x[i], got[i], at_lowest), x[i]);
    });
    std::printf("%-28s %-12s %.4f of 2^-24 at %a\n", "tabulated_exp", Arch::name(), worst.error,
                static_cast<double>(worst.input));
    CAPTURE(Arch::name(), worst.input);
    CHECK(worst.error <= (summit::math::fuses_multiply_add<Arch> ? bound : bound_without_fma));
}

TEST_CASE("tabulated exp has the same bits for every float on every architecture with FMA",
          "[math][tabulated_exp][bits]") {
    const auto worst = support::where_architectures_differ(of_batch);
    CAPTURE(worst.input);
    CHECK(worst.error == 0.0);
}

// One sum for all architectures, pinned: a build for AArch64 and one for AVX-512 must both produce it, with every compiler
// and every flag.
TEST_CASE("tabulated exp has the bits it always had", "[math][tabulated_exp][bits]") {
    support::for_each_architecture<support::fused_architectures>([](auto arch) {
        INFO(decltype(arch)::name());
        std::uint64_t sum = 0;
        for (std::uint32_t round = 0; round != 64; ++round) {
            floats x;
            // Exact but for the last rounding, so that no compiler finds anything to fuse.
            for (std::size_t i = 0; i != x.size(); ++i)
                x[i] = static_cast<float>(static_cast<double>(round * x.size() + i) * (174.0 * 0x1p-18) - 87.0);
            for (const float value : tabulated_exp<decltype(arch)>(x))
                sum = (sum ^ to_bits(value)) * 0x9e3779b97f4a7c15U;
        }
        CHECK(sum == 0xa95f61c45364d7ff);
    });
}

TEST_CASE("a positive sum sees every argument that is too large, and NaN", "[math][tabulated_exp]") {
    support::for_each_architecture<support::fused_architectures>([](auto arch) {
        using Arch = decltype(arch);
        using batch = xsimd::batch<float, Arch>;
        INFO(Arch::name());
        constexpr float infinity = std::numeric_limits<float>::infinity();
        constexpr float nan = std::numeric_limits<float>::quiet_NaN();
        for (float x :
             {88.0f, 89.0f, 1e3f, 5e4f, 0x1p22f, 1e9f, 1e30f, std::numeric_limits<float>::max(), infinity, nan, -nan}) {
            summit::math::positive_sum<Arch> sum{};
            sum.add(summit::math::tabulated_exp(batch(x)));
            constexpr double too_large = 0x1p127 / summit::math::positive_sum_unit;
            CAPTURE(to_bits(x));
            CHECK(to_bits(sum.even.get(0)) >= to_bits(too_large));
            CHECK(to_bits(sum.odd.get(0)) >= to_bits(too_large));
        }
    });
}

TEMPLATE_TEST_CASE(
    "relative to any power of two, a tabulated exp is within its bound, the same bits on every architecture",
    "[math][tabulated_exp][accuracy][bits]", float, double) {
    using tested = relative<TestType>;
    for (const TestType k : all_heights<TestType>()) {
        std::mt19937_64 random(13);
        support::worst_case<TestType> worst;
        for (std::uint64_t round = 0; round < 128; round += support::thinning) {
            const auto x = support::arguments_around<TestType>(random, k, tested::lowest, tested::highest);
            numbers<TestType> known;
            bool is_first = true;
            support::for_each_architecture<typename tested::architectures>([&]<class Arch>(Arch) {
                const auto got = relative_exp<TestType, Arch>(x, k);
                CAPTURE(Arch::name(), k);
                for (std::size_t i = 0; i != x.size(); ++i) {
                    if (is_first || !summit::math::fuses_multiply_add<Arch>) {
                        const auto error = static_cast<double>(
                            std::abs(static_cast<long double>(got[i]) / tested::oracle(x[i], k) - 1.0L));
                        const bool is_rounded = !summit::math::fuses_multiply_add<Arch> && std::abs(k) > 0x1p18;
                        const double allowed = is_rounded ? static_cast<double>(std::abs(x[i])) : 0.0;
                        worst.see(support::is_finite(got[i]) ? error / tested::unit - allowed : 1e30, x[i]);
                    } else if (to_bits(got[i]) != to_bits(known[i])) {
                        FAIL(x[i]);
                    }
                }
                if (!summit::math::fuses_multiply_add<Arch>) return;
                known = got;
                is_first = false;
            });
        }
        if (std::abs(k) <= 1 || std::abs(k) > 100001)
            std::printf("relative to 2^%-16.0f %.4f of %g at %a\n", static_cast<double>(k), worst.error, tested::unit,
                        static_cast<double>(worst.input));
        CAPTURE(k, worst.input);
        CHECK(worst.error <= tested::bound);
    }
}

TEMPLATE_TEST_CASE("relative to 2^k a tabulated exp has the bits it has otherwise, its exponent less by k",
                   "[math][tabulated_exp][bits]", float, double) {
    using tested = relative<TestType>;
    support::for_each_architecture<typename tested::architectures>([]<class Arch>(Arch) {
        std::mt19937_64 random(14);
        for (const TestType k : {TestType(0), TestType(1), TestType(-1), TestType(40), TestType(-40)}) {
            for (std::uint64_t round = 0; round < 64; round += support::thinning) {
                // In the range of both.
                auto x = support::arguments_around<TestType>(random, TestType(0), tested::lowest + TestType(30),
                                                             tested::highest - TestType(30));
                // And everything there is where they are one and the same.
                if (k == TestType(0) && round % 2 == 0)
                    for (TestType& value : x)
                        value = from_bits<TestType>(static_cast<support::bits_of<TestType>>(random()));
                const auto got = relative_exp<TestType, Arch>(x, k);
                numbers<TestType> want;
                support::map<Arch>(x, want, of_batch);
                CAPTURE(Arch::name(), k);
                for (std::size_t i = 0; i != x.size(); ++i) {
                    const TestType scaled = k == TestType(0) ? want[i] : std::ldexp(want[i], -static_cast<int>(k));
                    if (to_bits(got[i]) != to_bits(scaled) && !(support::is_nan(got[i]) && support::is_nan(scaled)))
                        FAIL(x[i]);
                }
            }
        }
    });
}

TEMPLATE_TEST_CASE("relative to any power of two, a tabulated exp is never small where its argument is large, nor 0",
                   "[math][tabulated_exp]", float, double) {
    using tested = relative<TestType>;
    using limits = std::numeric_limits<TestType>;
    support::for_each_architecture<typename tested::architectures>([]<class Arch>(Arch) {
        for (const TestType k : all_heights<TestType>()) {
            using batch = xsimd::batch<TestType, Arch>;
            const summit::math::relative_tabulated_exp<TestType, Arch> term(batch{k});
            const auto of = [&](TestType x) { return term(batch(x)).get(0); };
            CAPTURE(Arch::name(), k);
            for (const TestType x : support::too_large(k, tested::highest)) {
                CAPTURE(x);
                CHECK(support::has_overflowed(of(x)));
            }
            for (const TestType x :
                 {limits::quiet_NaN(), -limits::quiet_NaN(), from_bits<TestType>(support::infinity_bits<TestType> + 1)})
                CHECK(support::is_nan(of(x)));
            const TestType at_lowest = of(-limits::infinity());
            const double want = static_cast<double>(tested::oracle(tested::lowest, TestType(0)));
            // Far from 0 arguments lie a last bit apart.
            CHECK(static_cast<double>(at_lowest) > want * 0.98);
            CHECK(static_cast<double>(at_lowest) < want * 1.02);
            for (const TestType less :
                 {TestType(1), TestType(100), TestType(1e4), TestType(1e9), TestType(1e30), limits::max()})
                CHECK(to_bits(of(k * TestType(0.6931471805599453) + tested::lowest - less)) == to_bits(at_lowest));
        }
    });
}

TEMPLATE_TEST_CASE("each lane has a power of two of its own", "[math][tabulated_exp]", float, double) {
    support::for_each_architecture<typename relative<TestType>::architectures>([]<class Arch>(Arch) {
        using batch = xsimd::batch<TestType, Arch>;
        std::array<TestType, batch::size> k, x;
        for (std::size_t i = 0; i != batch::size; ++i) {
            k[i] = all_heights<TestType>()[i % 13];
            x[i] = k[i] * TestType(0.6931471805599453) + static_cast<TestType>(i);
        }
        const summit::math::relative_tabulated_exp<TestType, Arch> term(batch::load_unaligned(k.data()));
        const batch got = term(batch::load_unaligned(x.data()));
        for (std::size_t i = 0; i != batch::size; ++i) {
            const summit::math::relative_tabulated_exp<TestType, Arch> alone(batch{k[i]});
            CAPTURE(Arch::name(), i);
            CHECK(to_bits(got.get(i)) == to_bits(alone(batch(x[i])).get(i)));
        }
    });
}
