// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The Summit authors
#include "accuracy/families.hpp"
#include "accuracy/table.hpp"
#include "accuracy/types.hpp"

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <bit>
#include <cmath>
#include <random>

// Laws that need no oracle. The errors of the results on both sides are bounded by the promise, in units of 1 where |lse|
// is below it. Seeds are part of every message.
namespace {

using support::random_source;
using support::real;

template <class T>
using result_of = summit::result_t<T>;

/// A unit in the last place of R at the larger of |x| and 1.
template <class R>
double unit_at(double x) {
    const double size = std::max(std::abs(x), 1.0);
    const int exponent = static_cast<int>(std::bit_cast<std::uint64_t>(size) >> 52) - 1023;
    return std::exp2(exponent - (support::binary_format<R>::digits - 1));
}

template <class T>
double number(T x) {
    return real::of(x).to_double();
}

/// Terms of a random family and length.
template <class T>
std::vector<T> random_terms(random_source& random, std::size_t most) {
    static const auto all = accuracy::families<T>();
    std::vector<T> x(1 + random.below(random.one_in(4) ? most : 40));
    accuracy::draw<T>(all[random.below(all.size())], random, x);
    return x;
}

template <class T>
result_of<T> lse(const std::vector<T>& x) {
    return accuracy::logsumexp(support::as_row(x)).item();
}

/// Runs a law on many seeds; the law says what is wrong, or nothing.
template <class Law>
void hold(const Law& law, std::uint64_t seeds = 3000) {
    std::mutex mutex;
    std::string wrong;
    std::size_t count = 0;
    accuracy::in_parallel(seeds / 50, [&](std::size_t group) {
        for (std::uint64_t seed = group * 50; seed != group * 50 + 50; ++seed) {
            random_source random(seed);
            const std::string found = law(random);
            if (found.empty()) continue;
            const std::lock_guard lock(mutex);
            if (count++ == 0) wrong = "seed " + std::to_string(seed) + ": " + found;
        }
    });
    INFO(count << " of " << seeds << " seeds, among them " << wrong);
    CHECK(count == 0);
}

template <class T>
std::string two(T a, T b) {
    return support::describe(a) + " and " + support::describe(b);
}

} // namespace

TEMPLATE_LIST_TEST_CASE("shifting every term shifts the result", "[accuracy][property]", accuracy::wide_types) {
    using T = TestType;
    hold([](random_source& random) -> std::string {
        // Multiples of 1/16 shifted by another: no term is rounded.
        std::vector<T> x(1 + random.below(300));
        const double shift = std::nearbyint(random.between(-6000.0, 6000.0)) / 16.0;
        std::vector<T> shifted(x.size());
        for (std::size_t i = 0; i != x.size(); ++i) {
            x[i] = static_cast<T>(std::nearbyint(random.normal() * 160.0) / 16.0);
            shifted[i] = static_cast<T>(number(x[i]) + shift);
        }
        const double a = number(lse(x));
        const double b = number(lse(shifted));
        const double bound = accuracy::promised<T> * (unit_at<T>(a) + unit_at<T>(b));
        return std::abs(a + shift - b) <= bound ? "" : two(a, b) + " shifted by " + std::to_string(shift);
    });
}

TEMPLATE_LIST_TEST_CASE("the order of the terms does not matter", "[accuracy][property]", accuracy::numbers) {
    using T = TestType;
    hold([](random_source& random) -> std::string {
        std::vector<T> x = random_terms<T>(random, 3000);
        const auto a = lse(x);
        for (std::size_t i = x.size(); i > 1; --i) {
            const T moved = x[i - 1];
            const std::size_t j = random.below(i);
            x[i - 1] = x[j];
            x[j] = moved;
        }
        const auto b = lse(x);
        if (support::binary_format<result_of<T>>::of(a) == support::binary_format<result_of<T>>::of(b)) return {};
        const double bound = 2.0 * accuracy::promised<T> * unit_at<result_of<T>>(number(a));
        return std::abs(number(a) - number(b)) <= bound ? "" : two(a, b);
    });
}

TEMPLATE_LIST_TEST_CASE("the result of two parts is that of the whole", "[accuracy][property]", accuracy::wide_types) {
    using T = TestType;
    hold([](random_source& random) -> std::string {
        std::vector<T> x = random_terms<T>(random, 9000);
        const auto cut = static_cast<std::ptrdiff_t>(random.below(x.size() + 1));
        const std::vector<T> front(x.begin(), x.begin() + cut);
        const std::vector<T> back(x.begin() + cut, x.end());
        const std::vector<T> parts{lse(front), lse(back)};
        const T whole = lse(x);
        const T merged = lse(parts);
        if (support::binary_format<T>::of(whole) == support::binary_format<T>::of(merged)) return {};
        // What the parts lack shows in full in the whole, and they may be larger than it.
        double bound = 2.0 * accuracy::promised<T> * unit_at<T>(number(whole));
        for (T part : parts)
            if (!support::binary_format<T>::is_infinite(part)) {
                // A part far below the other adds nothing, whatever its unit.
                const double weight = std::exp(std::min(0.0, number(part) - number(whole)));
                bound += 1.5 * accuracy::promised<T> * unit_at<T>(number(part)) * weight;
            }
        return std::abs(number(whole) - number(merged)) <= bound ? "" : two(whole, merged);
    });
}

TEMPLATE_LIST_TEST_CASE("the result lies between the maximum and the maximum + log n", "[accuracy][property]",
                        accuracy::numbers) {
    using T = TestType;
    using R = result_of<T>;
    hold([](random_source& random) -> std::string {
        const std::vector<T> x = random_terms<T>(random, 9000);
        R max = support::binary_format<R>::from(static_cast<typename support::binary_format<R>::bits>(
            support::binary_format<R>::infinity | support::binary_format<R>::sign));
        double largest = 0.0;
        bool first = true;
        for (T value : x) {
            const double as_double = real::of(value).to_double();
            if (first || as_double > largest) largest = as_double;
            first = false;
        }
        max = static_cast<R>(largest);
        const R got = lse(x);
        if (support::binary_format<R>::is_infinite(got)) return "infinite";
        // The rounded maximum is an element: no error of the sum may bring the result below it.
        if (number(got) < number(max)) return support::describe(got) + " below the maximum " + support::describe(max);
        const double log_count = std::log(static_cast<double>(x.size()));
        const double most = largest + log_count;
        // The bound is rounded too.
        const double rounded = 2.0 * std::max(unit_at<double>(largest), unit_at<double>(log_count));
        if (number(got) > most + accuracy::promised<T> * unit_at<R>(most) + rounded)
            return support::describe(got) + " above " + support::describe(most);
        return {};
    });
}

TEMPLATE_LIST_TEST_CASE("any layout gives what its contiguous copy gives", "[accuracy][property]", accuracy::numbers) {
    using T = TestType;
    using R = result_of<T>;
    hold([](random_source& random) -> std::string {
        const support::layout layout = support::random_layout(random, 2000);
        support::exact_span<T> place(layout.shape, layout.strides);
        support::fill_randomly(random, place.begin(), place.end());
        support::exact_span<T> copy(layout.shape, summit::row_major_strides(layout.shape));
        const T* const first = place.constant().data();
        std::size_t at = 0;
        support::for_each_index(layout.shape, [&](const summit::index_list& index) {
            copy.begin()[at++] = first[support::offset_of(index, layout.strides)];
        });
        const auto a = accuracy::logsumexp<T>(place.constant(), layout.which());
        const auto b = accuracy::logsumexp(copy.constant(), layout.which());
        for (std::ptrdiff_t i = 0; i != a.size(); ++i) {
            using format = support::binary_format<R>;
            const R left = a.data()[i];
            const R right = b.data()[i];
            if (format::of(left) == format::of(right) || (format::is_nan(left) && format::is_nan(right))) continue;
            if (format::magnitude(left) < format::infinity && format::magnitude(right) < format::infinity &&
                std::abs(number(left) - number(right)) <= 2.0 * accuracy::promised<T> * unit_at<R>(number(left)))
                continue;
            return layout.text() + ": " + two(left, right);
        }
        return {};
    });
}
