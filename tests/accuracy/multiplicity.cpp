// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The Summit authors
#include "accuracy/table.hpp"
#include "accuracy/types.hpp"

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <cmath>
#include <sstream>

// A dimension of stride 0 that is reduced counts every element as often as it is long: up to 2^60 times and more, in no
// memory and no time.
namespace {

using support::random_source;

/// How often: powers of two and their neighbours, beyond 2^53 where no double holds them, and any number between.
std::ptrdiff_t random_count(random_source& random, std::ptrdiff_t most) {
    const std::size_t bit = random.below(60);
    auto count = std::ptrdiff_t{1} << bit;
    if (random.one_in(2)) count |= static_cast<std::ptrdiff_t>(random.bits() & (std::uint64_t(count) - 1));
    if (random.one_in(4)) count += random.one_in(2) ? 1 : -1;
    return std::clamp<std::ptrdiff_t>(count, 1, most);
}

/// Where sums, or what becomes of them `count` times, meet a limit: of float, of double, or 0.
double random_height(random_source& random, std::ptrdiff_t count, std::ptrdiff_t terms) {
    const double log_count = std::log(static_cast<double>(count)) + std::log(static_cast<double>(terms));
    switch (random.below(6)) {
    case 0:
        return random.between(40.0, 130.0);
    case 1:
        return random.between(600.0, 720.0);
    case 2:
        return random.between(-760.0, 760.0);
    case 3:
        return -log_count;
    case 4:
        return 709.78 - log_count + random.between(-2.0, 2.0);
    default:
        return -log_count * random.between(0.9, 1.1);
    }
}

template <class T>
void judge_case(std::size_t number) {
    random_source random(number * 977 + sizeof(T));
    const std::size_t terms = random.one_in(3) ? 1 : 1 + random.below(random.one_in(4) ? 100 : 12);
    const std::size_t results = random.one_in(3) ? 1 : 1 + random.below(random.one_in(4) ? 100 : 20);
    const auto most = static_cast<std::ptrdiff_t>((std::uint64_t(1) << 62) / sizeof(T) / (terms * results));
    const std::ptrdiff_t count = random_count(random, most);
    const double height = random_height(random, count, static_cast<std::ptrdiff_t>(terms));
    const double spread = random.one_in(3) ? 0.0 : random.between(0.0, 2.0);

    // One result after the other here; transposed, one term after the other.
    std::vector<T> elements(terms * results);
    for (T& x : elements) x = support::to_element<T>(height + spread * random.normal());
    const auto rows = static_cast<std::ptrdiff_t>(results), columns = static_cast<std::ptrdiff_t>(terms);
    const bool across = random.one_in(2);
    const std::ptrdiff_t to_result = across ? 1 : columns, to_term = across ? rows : 1;
    const summit::view<const T> x(elements.data(), {rows, count, columns}, {to_result, 0, to_term});
    const auto y = accuracy::logsumexp<T>(x, {1, 2});

    const std::vector<std::uint64_t> counts(terms, static_cast<std::uint64_t>(count));
    std::vector<T> slice(terms);
    for (std::size_t i = 0; i != results; ++i) {
        for (std::size_t k = 0; k != terms; ++k)
            slice[k] = elements[i * static_cast<std::size_t>(to_result) + k * static_cast<std::size_t>(to_term)];
        const auto input = [&] {
            std::ostringstream text;
            text.precision(17);
            text << "case " << number << ": " << count << " times, " << terms << " terms, " << results << " results, "
                 << (across ? "columns" : "rows") << ", first element " << support::real::of(slice[0]).to_double();
            return text.str();
        };
        accuracy::judge<T>("multiplicity", support::exact_log_sum_exp<T>(slice, counts), y(i), input);
    }
}

/// One element that counts as often as leaves least of the sum but 1.
template <class T>
void judge_cancelling(std::size_t number) {
    random_source random(number * 991 + sizeof(T));
    const T x = support::to_element<T>(random.between(-43.0, -1.0));
    const double value = support::real::of(x).to_double();
    const auto count = static_cast<std::ptrdiff_t>(std::exp(-static_cast<long double>(value)) + 0.5L);
    const std::vector<std::uint64_t> counts{static_cast<std::uint64_t>(count)};
    const auto wanted = support::exact_log_sum_exp<T>(std::vector<T>{x}, counts);
    const auto got = accuracy::logsumexp<T>(summit::view<const T>(&x, {count}, {0})).item();
    accuracy::judge<T>("multiplicity, cancelling", wanted, got, [&] {
        std::ostringstream text;
        text.precision(17);
        text << count << " times " << value;
        return text.str();
    });
}

} // namespace

TEMPLATE_LIST_TEST_CASE("elements that count many times stay within the promised error", "[accuracy][multiplicity]",
                        accuracy::numbers) {
    accuracy::in_parallel(4000, [](std::size_t number) { judge_case<TestType>(number); });
    const auto worst = accuracy::entered(accuracy::name_of<TestType>(), "multiplicity");
    INFO(accuracy::name_of<TestType>() << ": " << worst.input);
    CHECK(worst.error <= accuracy::promised<TestType>);
}

TEMPLATE_LIST_TEST_CASE("an element that counts as often as its reciprocal exponential keeps its last digit",
                        "[accuracy][multiplicity]", accuracy::formats) {
    accuracy::in_parallel(20000, [](std::size_t number) { judge_cancelling<TestType>(number); });
    const auto worst = accuracy::entered(accuracy::name_of<TestType>(), "multiplicity, cancelling");
    INFO(accuracy::name_of<TestType>() << ": " << worst.input);
    CHECK(worst.error <= accuracy::promised<TestType>);
    const float x = -40;
    CHECK(accuracy::logsumexp<float>(summit::view<const float>(&x, {235385266837019985}, {0})).item() ==
          -1.732903322e-18F);
}
