// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The Summit authors
#include "accuracy/table.hpp"
#include "accuracy/types.hpp"

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <cmath>
#include <functional>

namespace {

using support::random_source;

enum class order { shuffled, upwards, downwards, alternating, first_once };

/// Long inputs are made of few distinct values, each of which the oracle looks at once.
struct long_family {
    const char* name;
    std::size_t distinct;
    order arranged;
    double (*value)(random_source&, std::size_t index);
};

constexpr long_family long_families[] = {
    {"zeros", 1, order::shuffled, [](random_source&, std::size_t) { return 0.0; }},
    {"uniform", 16384, order::shuffled, [](random_source& r, std::size_t) { return r.uniform(); }},
    {"normal", 16384, order::shuffled, [](random_source& r, std::size_t) { return r.normal(); }},
    {"normal of scale 10", 16384, order::shuffled, [](random_source& r, std::size_t) { return 10.0 * r.normal(); }},
    {"one of 25 among small ones", 4096, order::first_once,
     [](random_source& r, std::size_t i) { return i == 0 ? 25.0 : r.between(-2.0, 2.0); }},
    {"sorted upwards", 16384, order::upwards, [](random_source& r, std::size_t) { return r.between(-20.0, 20.0); }},
    {"sorted downwards", 16384, order::downwards, [](random_source& r, std::size_t) { return r.between(-20.0, 20.0); }},
    {"alternating", 2, order::alternating, [](random_source&, std::size_t i) { return i == 0 ? -3.25 : 1.75; }},
    {"offset 1e4", 4096, order::shuffled, [](random_source& r, std::size_t) { return 1e4 + r.normal(); }},
    {"offset -1e4", 4096, order::shuffled, [](random_source& r, std::size_t) { return -1e4 + r.normal(); }},
    {"largest and lowest", 2, order::alternating,
     [](random_source&, std::size_t i) { return i == 0 ? 1e308 : -1e308; }},
    {"0 beside -40 to -20", 4096, order::first_once,
     [](random_source& r, std::size_t i) { return i == 0 ? 0.0 : r.between(-40.0, -20.0); }},
    {"log of equal probabilities", 1, order::shuffled, [](random_source&, std::size_t) { return 0.0; }},
    {"log of unequal probabilities", 4096, order::shuffled,
     [](random_source& r, std::size_t) { return r.normal() - 0.5; }},
};

/// How the terms lie: one row, and the same memory as 16 columns.
constexpr std::size_t columns = 16;

template <class T>
void judge_long(const long_family& family, std::size_t terms, std::uint64_t seed) {
    random_source random(seed);
    const bool probabilities = std::string_view(family.name).starts_with("log of");
    const double shift = probabilities ? -std::log(static_cast<double>(terms)) : 0.0;
    std::vector<double> drawn(family.distinct);
    for (std::size_t i = 0; i != drawn.size(); ++i) drawn[i] = family.value(random, i) + shift;
    if (family.arranged == order::upwards) std::sort(drawn.begin(), drawn.end());
    if (family.arranged == order::downwards) std::sort(drawn.begin(), drawn.end(), std::greater<>());
    std::vector<T> values;
    for (double value : drawn) values.push_back(support::to_element<T>(value));

    // A cheap generator: the order is to be without pattern, no more.
    std::uint64_t state = seed * 2 + 1;
    const std::size_t special = random.below(terms);
    const auto chosen = [&](std::size_t i) -> std::size_t {
        switch (family.arranged) {
        case order::alternating:
            return i / columns % values.size();
        case order::upwards:
        case order::downwards:
            return i * values.size() / terms;
        case order::first_once:
            if (i == special) return 0;
            break;
        case order::shuffled:
            break;
        }
        state = state * 6364136223846793005U + 1442695040888963407U;
        const std::size_t first = family.arranged == order::first_once ? 1 : 0;
        return first + static_cast<std::size_t>((state >> 33) % (values.size() - first));
    };
    std::vector<T> x(terms);
    std::vector<std::vector<std::uint64_t>> counts(columns, std::vector<std::uint64_t>(values.size(), 0));
    for (std::size_t i = 0; i != terms; ++i) {
        const std::size_t k = chosen(i);
        x[i] = values[k];
        ++counts[i % columns][k];
    }

    const std::string label = std::string("long: ") + family.name;
    const auto input = [&](const char* lie) {
        return [=] { return std::to_string(terms) + " terms, " + lie + ", seed " + std::to_string(seed); };
    };
    std::vector<std::uint64_t> all(values.size(), 0);
    for (std::size_t c = 0; c != columns; ++c)
        for (std::size_t k = 0; k != all.size(); ++k) all[k] += counts[c][k];
    const auto of_all = support::exact_log_sum_exp<T>(values, all);
    accuracy::judge<T>(label, of_all, accuracy::logsumexp(support::as_row(x)).item(), input("row"));

    const summit::view<const T> matrix(x.data(), {static_cast<std::ptrdiff_t>(terms / columns), columns});
    const auto down = accuracy::logsumexp<T>(matrix, 0);
    for (std::size_t c = 0; c != columns; ++c)
        accuracy::judge<T>(label, support::exact_log_sum_exp<T>(values, counts[c]), down.data()[c], input("columns"));
    const auto reversed = accuracy::logsumexp<T>(matrix.transpose().reverse(0).reverse(1)).item();
    accuracy::judge<T>(label, of_all, reversed, input("backwards"));
}

template <class T>
void judge_all(std::size_t terms) {
    accuracy::in_parallel(std::size(long_families), [&](std::size_t i) { judge_long<T>(long_families[i], terms, i); });
    for (const long_family& one : long_families) {
        const auto worst = accuracy::entered(accuracy::name_of<T>(), std::string("long: ") + one.name);
        INFO(accuracy::name_of<T>() << ", " << one.name << ": " << worst.input);
        CHECK(worst.error <= accuracy::promised<T>);
    }
}

} // namespace

TEMPLATE_LIST_TEST_CASE("long sums stay within the promised error", "[accuracy][long]", accuracy::formats) {
    judge_all<TestType>(std::size_t{1} << 20);
}

TEMPLATE_LIST_TEST_CASE("longer sums stay within the promised error", "[accuracy][long][.slow]", accuracy::formats) {
    judge_all<TestType>(std::size_t{1} << 23);
    judge_all<TestType>(std::size_t{1} << 25);
}
