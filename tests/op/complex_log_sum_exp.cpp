// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The Summit authors
#include <summit/op/complex_log_sum_exp.hpp>

#include "support/architectures.hpp"
#include "support/ulp.hpp"

#include <catch2/catch_test_macros.hpp>

#include <complex>
#include <cstdint>
#include <limits>
#include <numbers>

namespace {

using algebra = summit::op::complex_log_sum_exp;

constexpr double inf = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr double pi = std::numbers::pi;

/// Two doubles, and not std::complex, which -ffast-math may compare.
struct value {
    double re;
    double im;
};

[[nodiscard]] bool same(double got, double want) {
    return support::is_nan(want) ? support::is_nan(got) : support::to_bits(got) == support::to_bits(want);
}

} // namespace

TEST_CASE("what an infinite or NaN term adds", "[op][complex]") {
    support::for_each_architecture<support::architectures>([](auto arch) {
        using Arch = decltype(arch);
        INFO(Arch::name());
        const auto adds = [](double re, double im) { return algebra::contribution<Arch>(re, im); };
        for (double im : {0.0, -2.0, inf, -inf, not_a_number}) CHECK(adds(-inf, im) == 0);
        CHECK(adds(1.0, 2.0) == 0);
        CHECK(adds(inf, 0.0) == algebra::real_plus);
        CHECK(adds(inf, -0.0) == algebra::real_plus);
        CHECK(adds(inf, 1.0) == (algebra::real_plus | algebra::imag_plus));
        CHECK(adds(inf, 2.0) == (algebra::real_minus | algebra::imag_plus));
        CHECK(adds(inf, -2.0) == (algebra::real_minus | algebra::imag_minus));
        CHECK(adds(inf, -1.0) == (algebra::real_plus | algebra::imag_minus));
        CHECK(adds(inf, 1e22) == (algebra::real_plus | algebra::imag_minus));
        for (double im : {inf, -inf, not_a_number}) {
            CHECK(adds(inf, im) == (algebra::real_either | algebra::imag_nan));
            CHECK(adds(-7.0, im) == (algebra::real_nan | algebra::imag_nan));
            CHECK(adds(not_a_number, im) == (algebra::real_nan | algebra::imag_nan));
        }
        CHECK(adds(not_a_number, 0.0) == algebra::real_nan);
        CHECK(adds(-not_a_number, -0.0) == algebra::real_nan);
        CHECK(adds(not_a_number, 1.0) == (algebra::real_nan | algebra::imag_nan));
    });
}

// All combinations, against the rules as Annex G gives them.
TEST_CASE("the log of an infinite or NaN sum", "[op][complex]") {
    support::for_each_architecture<support::architectures>([](auto arch) {
        using Arch = decltype(arch);
        INFO(Arch::name());
        for (std::uint32_t met = 1; met != 128; ++met) {
            CAPTURE(met);
            const bool re_plus = (met & algebra::real_plus) != 0, re_minus = (met & algebra::real_minus) != 0;
            const bool im_plus = (met & algebra::imag_plus) != 0, im_minus = (met & algebra::imag_minus) != 0;
            const bool re_infinite = re_plus || re_minus || (met & algebra::real_either) != 0;
            const bool re_nan = (met & algebra::real_nan) != 0 || (re_plus && re_minus);
            const bool im_infinite = im_plus || im_minus;
            const bool im_nan = (met & algebra::imag_nan) != 0 || (im_plus && im_minus);
            // No term makes the imaginary part alone infinite or NaN, nor the real part alone −inf.
            if (!re_infinite && !re_nan) continue;
            if (re_minus && !im_infinite) continue;
            if ((met & algebra::real_either) != 0 && (met & algebra::imag_nan) == 0) continue;

            value want{inf, not_a_number};
            if (re_nan && (im_nan || !im_infinite))
                want = {not_a_number, not_a_number};
            else if (!re_nan && !im_nan)
                want = {inf, !im_infinite ? 0.0 : (im_plus ? 1 : -1) * (re_minus ? 3 * (pi / 4) : pi / 4)};
            const auto got = algebra::special<Arch>(met);
            CHECK(same(got.real(), want.re));
            CHECK(same(got.imag(), want.im));
        }
    });
}

TEST_CASE("the end of a finite sum", "[op][complex]") {
    support::for_each_architecture<support::architectures>([](auto arch) {
        using Arch = decltype(arch);
        using batch = xsimd::batch<double, Arch>;
        INFO(Arch::name());
        const auto finish = [](double max, double phase, value rest, std::ptrdiff_t repeats = 1) {
            const auto end = algebra::finish<Arch>(batch(max), batch(phase), {batch(rest.re), batch(0.0)},
                                                   {batch(rest.im), batch(0.0)}, repeats);
            return value{end.re.get(0), end.im.get(0)};
        };
        const auto check = [](value got, value want) {
            CHECK(same(got.re, want.re));
            CHECK(same(got.im, want.im));
        };
        // Nothing but −inf; a sum that is exactly 0; zeros of either sign.
        check(finish(-inf, 0.0, {0.0, 0.0}), {-inf, 0.0});
        check(finish(3.0, 0.0, {-1.0, 0.0}), {-inf, 0.0});
        check(finish(3.0, -0.0, {-1.0, -0.0}), {-inf, 0.0});
        check(finish(3.0, -0.0, {0.0, -0.0}), {3.0, 0.0});
        // On the negative axis: π, by no rounding error and no sign of a zero −π.
        check(finish(0.0, 0.0, {-2.0, -0.0}), {0.0, pi});
        check(finish(0.0, -0.0, {-2.0, 0.0}), {0.0, pi});
        // A term alone is itself; only a phase outside (−π, π] turns.
        check(finish(1e-40, 1.25, {0.0, 0.0}), {1e-40, 1.25});
        check(finish(-7.25, -pi, {0.0, 0.0}), {-7.25, -pi});
        CHECK(support::ulp_error(finish(-7.25, 7.0, {0.0, 0.0}).im, 7.0L - 2.0L * 3.14159265358979323846264L) < 3.0);
        // Its digits survive beside a summit of 1, and repeats count.
        CHECK(support::ulp_error(finish(0.0, 0.0, {0x1p-60, 0.0}).re, 0x1p-60L) < 1.0);
        CHECK(support::ulp_error(finish(0.0, 0.0, {0.0, 0.0}, 4).re, 2.0L * 0.693147180559945309417232L) < 1.0);
        CHECK(support::ulp_error(finish(-0x1.62e42fefa39efp-1, 0.5, {0.0, 0.0}, 2).re, 0x1.abc9e3b39803fp-56L) <=
              128.0);
        // At both ends of the format.
        check(finish(std::numeric_limits<double>::max(), 0.0, {5.0, 0.0}), {std::numeric_limits<double>::max(), 0.0});
        check(finish(std::numeric_limits<double>::lowest(), 1.0, {0.0, 0.0}),
              {std::numeric_limits<double>::lowest(), 1.0});
    });
}
