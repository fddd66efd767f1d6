// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The Summit authors
#include "accuracy/families.hpp"
#include "accuracy/table.hpp"
#include "accuracy/types.hpp"

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <array>

namespace {

using accuracy::family;
using support::exact_result;

/// A way to lay `results` sums of `terms` terms each.
struct lie {
    const char* name;
    summit::index_list shape;
    summit::index_list strides;
    summit::axes which;
};

std::vector<lie> lies(std::ptrdiff_t results, std::ptrdiff_t terms) {
    std::vector<lie> all{
        {"rows", {results, terms}, {terms, 1}, 1},
        {"strided rows", {results, terms}, {3 * terms + 2, 3}, 1},
        {"rows backwards", {results, terms}, {-terms, -1}, 1},
        {"columns", {terms, results}, {results, 1}, 0},
        {"strided columns", {terms, results}, {2 * results + 3, 2}, 0},
    };
    if (terms % 7 == 0) all.push_back({"rows in runs", {results, terms / 7, 7}, {9 * (terms / 7), 9, 1}, {1, 2}});
    return all;
}

/// Sums of one length, in every layout, against what they should be.
template <class T>
void judge_length(const family& from, std::size_t results, std::size_t terms, std::uint64_t seed) {
    support::random_source random(seed);
    std::vector<T> values(results * terms);
    std::vector<exact_result> wanted;
    for (std::size_t i = 0; i != results; ++i) {
        const auto slice = std::span(values).subspan(i * terms, terms);
        accuracy::draw<T>(from, random, slice);
        wanted.push_back(support::exact_log_sum_exp<T>(slice));
    }
    for (const lie& way : lies(static_cast<std::ptrdiff_t>(results), static_cast<std::ptrdiff_t>(terms))) {
        support::exact_span<T> place(way.shape, way.strides);
        const bool columns = way.which.names()[0] == 0;
        T* const first = place.elements().data();
        std::size_t at = 0;
        support::for_each_index(way.shape, [&](const summit::index_list& index) {
            const std::size_t from_value = columns ? at % results * terms + at / results : at;
            first[support::offset_of(index, way.strides)] = values[from_value];
            ++at;
        });
        const auto got = accuracy::logsumexp<T>(place.constant(), way.which);
        for (std::size_t i = 0; i != results; ++i)
            accuracy::judge<T>(from.name, wanted[i], got.data()[i], [&] {
                return std::to_string(terms) + " terms, " + way.name + ", seed " + std::to_string(seed) + " slice " +
                       std::to_string(i);
            });
    }
}

constexpr std::size_t lengths[] = {1,   2,   3,   4,    5,    7,    8,    13,   16,   17,    21,
                                   31,  32,  33,  63,   64,   67,   127,  128,  255,  256,   257,
                                   511, 512, 777, 1023, 1024, 2048, 4097, 8192, 8195, 12345, 65536};

} // namespace

TEMPLATE_LIST_TEST_CASE("families of inputs stay within the promised error", "[accuracy][families]",
                        accuracy::formats) {
    const auto all = accuracy::families<TestType>();
    // Every family has seeds of its own, printed with the worst input.
    accuracy::in_parallel(all.size() * std::size(lengths), [&](std::size_t i) {
        const std::size_t terms = lengths[i % std::size(lengths)];
        const std::size_t results = terms <= 67 ? 67 : terms <= 1024 ? 19 : terms <= 8192 ? 17 : 1;
        judge_length<TestType>(all[i / std::size(lengths)], results, terms, 1000 + i);
    });
    for (const family& one : all) {
        const accuracy::worst worst = accuracy::entered(accuracy::name_of<TestType>(), one.name);
        INFO(accuracy::name_of<TestType>() << ", " << one.name << ": " << worst.input);
        CHECK(worst.error <= accuracy::promised<TestType>);
    }
}

TEMPLATE_LIST_TEST_CASE("results near 0 that peers lose", "[accuracy][near_zero]", accuracy::formats) {
    const auto check = [](const char* name, const std::vector<double>& doubles) {
        std::vector<TestType> x;
        for (double value : doubles) x.push_back(support::to_element<TestType>(value));
        const auto wanted = support::exact_log_sum_exp<TestType>(x);
        const auto got = accuracy::logsumexp(support::as_row(x)).item();
        const double error =
            accuracy::judge<TestType>("near 0, by hand", wanted, got, [&] { return std::string(name); });
        // No cancellation here: double too owes the last bits of these.
        INFO(name << " got " << support::describe(got));
        CHECK(error <= accuracy::promised<TestType>);
        if (wanted.is == exact_result::kind::number) CHECK(wanted.error(got) <= accuracy::promised<TestType>);
    };
    check("{0, -40}", {0.0, -40.0});
    check("{-40, 0}", {-40.0, 0.0});
    check("{1e-40}", {1e-40});
    check("{0}", {0.0});
    check("{-0.0}", {-0.0});
    check("{0, -800}", {0.0, -800.0});
    check("{0, -700}", {0.0, -700.0});
    check("{0, -87}", {0.0, -87.0});
    check("{0, -95}", {0.0, -95.0});
    check("{0, -1e30}", {0.0, -1e30});
    check("{1e-30, -1e30}", {1e-30, -1e30});
    check("{1e-10, -30}", {1e-10, -30.0});
    std::vector<double> beside(1024);
    support::random_source random(42);
    for (double& value : beside) value = random.between(-40.0, -20.0);
    beside[700] = 0.0;
    check("0 beside 1,023 in [-40, -20]", beside);
    for (double& value : beside) value -= 80.0;
    beside[3] = 0.0;
    check("0 beside 1,023 in [-120, -100]", beside);
}
