// SPDX-License-Identifier: MIT
#include <summit/op/relation.hpp>

#include "support/architectures.hpp"
#include "support/ulp.hpp"

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstddef>
#include <limits>

namespace {

template <class T>
constexpr T infinity = std::numeric_limits<T>::infinity();
template <class T>
constexpr auto unknown = support::to_bits(summit::op::unknown_log<T>);
template <class T>
constexpr T not_a_number = std::numeric_limits<T>::quiet_NaN();

template <class T>
struct rule {
    using type = T;
    static constexpr summit::op::reference_rule<T> reference = {
        .near_zero = 10, .farthest = 4096, .lead = 5, .reach = 60};
    static constexpr T smallest = T(1e-6);
    static constexpr T largest = T(1e20);
    static constexpr T most = 20;
};

template <class Arch>
struct no_terms {
    template <class Batch>
    explicit no_terms(const Batch&) noexcept {}
};

/// The log of one sum beside others that are known, and whether sums relative to nothing would have done.
template <class T>
struct verdict {
    T log;
    bool all_known;
};

template <class T, class Arch>
verdict<T> settled(T plain, T sum, T max, T exponent, T absolute, std::size_t lane) {
    using batch = xsimd::batch<T, Arch>;
    summit::op::relation<rule<T>, no_terms<Arch>, Arch> relation(typename batch::batch_bool_type(false), batch(T(1)),
                                                                 nullptr);
    std::array<T, batch::size> plains, sums, maxima, exponents;
    plains.fill(T(2));
    sums.fill(T(8));
    maxima.fill(T(1));
    exponents.fill(T(0));
    plains[lane] = plain;
    sums[lane] = sum;
    maxima[lane] = max;
    exponents[lane] = exponent;
    relation.largest = batch::load_unaligned(maxima.data());
    relation.exponent = batch::load_unaligned(exponents.data());
    bool all_known = true;
    const batch log = relation.settled(
        batch::load_unaligned(plains.data()), batch::load_unaligned(sums.data()),
        [&](const batch&) { return batch(absolute); }, all_known);
    for (std::size_t i = 0; i != batch::size; ++i)
        if (i != lane) CHECK(log.get(i) == T(2));
    return {log.get(lane), all_known};
}

} // namespace

TEMPLATE_TEST_CASE("the choice of a reference has no use for the magnitude of -inf and NaN", "[relation]", float,
                   double) {
    using T = TestType;
    support::for_each_architecture<support::architectures>([]<class Arch>(Arch) {
        const auto magnitude = [](T x) { return summit::op::reference_magnitude(xsimd::batch<T, Arch>(x)).get(0); };
        CAPTURE(Arch::name());
        CHECK(magnitude(-infinity<T>) == 0);
        CHECK(magnitude(not_a_number<T>) == 0);
        CHECK(magnitude(infinity<T>) == infinity<T>);
        for (const T x : {T(0), T(3), T(1e30), std::numeric_limits<T>::max()}) {
            CHECK(magnitude(x) == x);
            CHECK(magnitude(-x) == x);
        }
    });
}

TEMPLATE_TEST_CASE("relative to nothing, logs too far from 0 and NaN are not known, in whichever lane", "[relation]",
                   float, double) {
    using T = TestType;
    support::for_each_architecture<support::architectures>([]<class Arch>(Arch) {
        using batch = xsimd::batch<T, Arch>;
        using relation = summit::op::no_relation<rule<T>, Arch>;
        for (std::size_t lane = 0; lane != batch::size; ++lane) {
            const auto is_known = [&](T log) {
                std::array<T, batch::size> logs;
                logs.fill(T(1));
                logs[lane] = log;
                bool all_known = true;
                const batch same = relation::settled(batch::load_unaligned(logs.data()), all_known);
                CHECK(support::to_bits(same.get(lane)) == support::to_bits(log));
                return all_known;
            };
            CAPTURE(Arch::name(), lane);
            for (const T log : {T(0), T(19.99), T(-19.99)}) CHECK(is_known(log));
            for (const T log : {T(20), T(-20), T(1e30), infinity<T>, -infinity<T>, not_a_number<T>, -not_a_number<T>})
                CHECK_FALSE(is_known(log));
        }
    });
}

TEMPLATE_TEST_CASE("relative to something, a log is known, -inf, NaN or said to be unknown, in whichever lane",
                   "[relation]", float, double) {
    using T = TestType;
    support::for_each_architecture<support::architectures>([]<class Arch>(Arch) {
        for (std::size_t lane = 0; lane != xsimd::batch<T, Arch>::size; ++lane) {
            const auto of = [&](T plain, T sum, T max, T exponent = 0, T absolute = 99) {
                return settled<T, Arch>(plain, sum, max, exponent, absolute, lane);
            };
            CAPTURE(Arch::name(), lane);
            // In range: where k is 0 as it stands, elsewhere with what k stands for.
            CHECK(of(3, T(20), 2).log == 3);
            CHECK(of(3, T(20), 2).all_known);
            CHECK(of(3, T(20), 400, 600, 450).log == 450);
            CHECK(of(3, T(20), 400, 600, 450).all_known);
            // Too small or too large.
            for (const T sum : {T(0), T(1e-7), T(1e21), infinity<T>}) {
                CHECK(support::to_bits(of(3, sum, 2).log) == unknown<T>);
                CHECK_FALSE(of(3, sum, 2).all_known);
            }
            // Of nothing.
            CHECK(of(-50, T(1e-30), -infinity<T>).log == -infinity<T>);
            CHECK_FALSE(of(-50, T(1e-30), -infinity<T>).all_known);
            // A term is NaN, whatever became of the sum; unless that may have overflowed.
            for (const T sum : {T(20), T(0), not_a_number<T>}) {
                CHECK(support::is_nan(of(not_a_number<T>, sum, 2).log));
                CHECK(of(not_a_number<T>, sum, 2).all_known);
                CHECK(support::is_nan(of(not_a_number<T>, sum, -infinity<T>).log));
                CHECK(support::is_nan(of(not_a_number<T>, sum, 400, 600).log));
            }
            for (const T max : {T(50), infinity<T>}) {
                CHECK(support::to_bits(of(not_a_number<T>, infinity<T>, max).log) == unknown<T>);
                CHECK_FALSE(of(not_a_number<T>, infinity<T>, max).all_known);
            }
        }
    });
}
