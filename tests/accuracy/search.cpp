// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The Summit authors
#include "accuracy/families.hpp"
#include "accuracy/table.hpp"
#include "accuracy/types.hpp"

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

namespace {

using support::random_source;

template <class T>
double error_at(const std::vector<T>& x, std::string_view name, std::uint64_t seed) {
    const auto wanted = support::exact_log_sum_exp<T>(x);
    const auto got = accuracy::logsumexp(support::as_row(x)).item();
    return accuracy::judge<T>(name, wanted, got, [&] {
        std::string all = "seed " + std::to_string(seed) + " {";
        for (T value : x) all += support::describe(value) + ", ";
        return all + "}";
    });
}

/// Near x, or anywhere near 0.
template <class T>
double number_near(random_source& random, T x) {
    const double value = support::real::of(x).to_double();
    return random.one_in(2) ? value + random.normal() * std::exp2(random.between(-30.0, 2.0))
                            : random.between(-8.0, 8.0);
}

/// x moved by a few units in its last place, or by a random part of itself.
template <class T>
T moved(random_source& random, T x) {
    if constexpr (std::integral<T>) {
        return support::to_element<T>(static_cast<double>(x) + std::nearbyint(random.normal() * 2.0));
    } else {
        using format = support::binary_format<T>;
        const auto step = static_cast<typename format::bits>(1 + random.below(random.one_in(2) ? 3 : 4096));
        const auto bits = format::magnitude(x);
        if (random.one_in(4) || bits < 8192 || bits > format::infinity - 8192)
            return support::to_element<T>(number_near(random, x));
        const auto next = static_cast<typename format::bits>(random.one_in(2) ? bits + step : bits - step);
        return format::from(static_cast<typename format::bits>(next | (format::of(x) & format::sign)));
    }
}

} // namespace

// From a random start, changes that make the error larger are kept.
TEMPLATE_LIST_TEST_CASE("a search for bad inputs finds none beyond the promise", "[accuracy][search]",
                        accuracy::formats) {
    using T = TestType;
    constexpr std::size_t starts = 96;
    constexpr std::size_t steps = 800;
    const auto all = accuracy::families<T>();
    accuracy::in_parallel(starts, [&](std::size_t start) {
        random_source random(start);
        std::vector<T> x(2 + random.below(start % 3 == 0 ? 63 : 7));
        accuracy::draw<T>(all[random.below(all.size())], random, x);
        double worst = error_at(x, "search", start);
        for (std::size_t step = 0; step != steps; ++step) {
            std::vector<T> next = x;
            // A shift of all moves the result to where its rounding adds up with the other errors.
            if (random.one_in(5)) {
                const double shift = random.normal() * std::exp2(random.between(-24.0, 0.0));
                for (T& value : next) value = support::to_element<T>(support::real::of(value).to_double() + shift);
            }
            for (std::size_t changes = random.below(4); changes != 0; --changes) {
                const std::size_t at = random.below(x.size());
                next[at] = moved(random, next[at]);
                if (random.one_in(6)) next[random.below(x.size())] = next[at];
            }
            const double error = error_at(next, "search", start);
            if (error < worst) continue;
            worst = error;
            x = next;
        }
    });
    const accuracy::worst found = accuracy::entered(accuracy::name_of<T>(), "search");
    INFO(accuracy::name_of<T>() << ": " << found.input);
    CHECK(found.error <= accuracy::promised<T>);
}
