// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The Summit authors
#include "support/oracle.hpp"

#include <catch2/catch_test_macros.hpp>

#include <cmath>
#include <cstdio>
#include <initializer_list>
#include <random>
#include <vector>

#if __has_include(<mpfr.h>) && defined(SUMMIT_TEST_WITH_MPFR)
#include <mpfr.h>
#endif

using support::exact_log_sum_exp;
using support::real;

namespace {

template <class T>
double value_of(std::initializer_list<T> terms) {
    const std::vector<T> list(terms);
    const auto exact = exact_log_sum_exp<T>(list);
    CHECK(exact.is == support::exact_result::kind::number);
    return exact.value.to_double();
}

} // namespace

TEST_CASE("the oracle knows what can be known by hand", "[oracle]") {
    CHECK(value_of({0.0}) == 0.0);
    CHECK(value_of({1.25}) == 1.25);
    CHECK(value_of({0.0, 0.0}) == 0x1.62e42fefa39efp-1);
    CHECK(value_of({-8.0F, -8.0F}) == 0x1.62e42fefa39efp-1 - 8.0);
    CHECK(std::abs(value_of({0.0, -40.0}) / 4.248354255291589e-18 - 1.0) < 4e-16);
    CHECK(value_of({1.0, -1e9}) == 1.0);
    CHECK(value_of({3.0e38F, -3.0e38F}) == static_cast<double>(3.0e38F));
    // log Σ exp = log 2 + (log 2 rounded to 53 bits, negated) = what the rounding left.
    CHECK(value_of({-0x1.62e42fefa39efp-1, -0x1.62e42fefa39efp-1}) == 0x1.abc9e3b39803fp-56);

    const std::vector<double> one{0.5};
    const std::vector<std::uint64_t> many{std::uint64_t{1} << 63};
    CHECK(exact_log_sum_exp<double>(one, many).value.to_double() == 63 * 0x1.62e42fefa39efp-1 + 0.5);
}

TEST_CASE("real numbers add and multiply exactly where they can", "[oracle]") {
    std::mt19937_64 random(5);
    for (int i = 0; i != 10000; ++i) {
        const auto a = static_cast<std::int64_t>(random() >> (2 + random() % 60)) * (random() % 2 == 0 ? 1 : -1);
        const auto b = static_cast<std::int64_t>(random() >> (2 + random() % 60)) * (random() % 2 == 0 ? 1 : -1);
        const auto whole = [](std::int64_t x) {
            return real::normalised(x < 0, static_cast<support::uint128>(x < 0 ? -x : x), 0);
        };
        CHECK((whole(a) + whole(b) - whole(a + b)).is_zero());
        CHECK((whole(a) < whole(b)) == (a < b));
    }
}

TEST_CASE("the oracle tells special values apart", "[oracle]") {
    using kind = support::exact_result::kind;
    using format = support::binary_format<float>;
    const float infinity = format::from(format::infinity);
    const float minus_infinity = format::from(format::infinity | format::sign);
    const float nan = format::from(format::quiet_nan);
    const auto is = [](std::initializer_list<float> terms) {
        const std::vector<float> list(terms);
        return exact_log_sum_exp<float>(list).is;
    };
    CHECK(is({}) == kind::minus_infinity);
    CHECK(is({minus_infinity, minus_infinity}) == kind::minus_infinity);
    CHECK(is({minus_infinity, infinity}) == kind::plus_infinity);
    CHECK(is({infinity, nan}) == kind::not_a_number);
    CHECK(is({minus_infinity, 3.0F}) == kind::number);
}

TEST_CASE("errors are counted in units in the last place", "[oracle]") {
    const auto number = [](double x) {
        return support::exact_result{support::exact_result::kind::number, real::of(x)};
    };
    CHECK(number(1.0).error(1.0F + 0x1p-23F) == 1.0);
    CHECK(number(1.0).error(1.0F - 0x1p-24F) == 0.5);
    CHECK(number(-0x1.fffffep3).error(-16.0F) == 1.0);
    CHECK(number(0.25).error(0.25F + 0x1p-23F) == 4.0);
    CHECK(number(0.25).error(0.25F + 0x1p-23F, true) == 1.0);
    CHECK(number(0x1p-149).error(0.0F) == 1.0);
    CHECK(number(0x1p-160).error(0.0F) == 0x1p-11);
    CHECK(number(0.0).error(0x1p-149F) == 1.0);
    CHECK(number(0x1p128).error(support::binary_format<float>::from(support::binary_format<float>::infinity)) == 0.0);
    CHECK(number(1.0).error(support::binary_format<float>::from(support::binary_format<float>::infinity)) == 1e30);
}

#if __has_include(<mpfr.h>) && defined(SUMMIT_TEST_WITH_MPFR)

namespace {

/// An MPFR number that frees itself.
struct big {
    mpfr_t value;
    big() { mpfr_init2(value, 1200); }
    ~big() { mpfr_clear(value); }
    big(const big&) = delete;
    big& operator=(const big&) = delete;
};

/// log2 of the relative error of the oracle.
template <class T>
double oracle_error(const std::vector<T>& terms) {
    big sum, term, oracle;
    mpfr_set_zero(sum.value, 1);
    for (T x : terms) {
        mpfr_set_d(term.value, static_cast<double>(x), MPFR_RNDN);
        mpfr_exp(term.value, term.value, MPFR_RNDN);
        mpfr_add(sum.value, sum.value, term.value, MPFR_RNDN);
    }
    mpfr_log(sum.value, sum.value, MPFR_RNDN);
    const real got = exact_log_sum_exp<T>(terms).value;
    mpfr_set_ui(oracle.value, static_cast<std::uint64_t>(got.mantissa >> 64), MPFR_RNDN);
    mpfr_mul_2ui(oracle.value, oracle.value, 64, MPFR_RNDN);
    mpfr_add_ui(oracle.value, oracle.value, static_cast<std::uint64_t>(got.mantissa), MPFR_RNDN);
    mpfr_mul_2si(oracle.value, oracle.value, got.exponent, MPFR_RNDN);
    if (got.negative) mpfr_neg(oracle.value, oracle.value, MPFR_RNDN);
    mpfr_sub(oracle.value, oracle.value, sum.value, MPFR_RNDN);
    if (mpfr_zero_p(oracle.value) != 0) return -1000.0;
    mpfr_div(oracle.value, oracle.value, sum.value, MPFR_RNDN);
    return static_cast<double>(mpfr_get_exp(oracle.value));
}

template <class T>
void compare_with_mpfr() {
    std::mt19937_64 random(11);
    const auto uniform = [&] { return static_cast<double>(random() >> 11) * 0x1p-53; };
    double worst = -1000.0;
    double worst_near_zero = -1000.0;
    for (int round = 0; round != 600; ++round) {
        const auto n = 1 + random() % 20;
        const double scale = std::bit_cast<double>((1023 - 40 + random() % 50) << 52);
        const double offset = random() % 2 == 0 ? 0.0 : (uniform() - 0.5) * 200.0;
        std::vector<T> terms(n);
        for (T& x : terms) x = static_cast<T>((uniform() - 0.5) * scale + offset);
        worst = std::max(worst, oracle_error(terms));
        // A maximum of 0, terms far below it.
        if (round % 3 == 0) {
            for (T& x : terms) x = static_cast<T>(-20.0 - 600.0 * uniform());
            terms.push_back(T(0));
            worst = std::max(worst, oracle_error(terms));
        }
        // What is left of two numbers near log n.
        const double lse = exact_log_sum_exp<T>(terms).value.to_double();
        for (T& x : terms) x = static_cast<T>(static_cast<double>(x) - lse);
        worst_near_zero = std::max(worst_near_zero, oracle_error(terms));
    }
    std::printf("oracle against MPFR: 2^%g, near 0 2^%g\n", worst, worst_near_zero);
    CHECK(worst <= -80.0);
    CHECK(worst_near_zero <= -50.0);
}

} // namespace

TEST_CASE("the oracle agrees with MPFR", "[oracle]") {
    compare_with_mpfr<float>();
    compare_with_mpfr<double>();
}
#endif
