// SPDX-License-Identifier: MIT
// Every way through the kernels, against the meaning of each special value, with the special element everywhere.
#include <summit/logsumexp.hpp>

#include "support/guarded.hpp"
#include "support/layouts.hpp"
#include "support/reference.hpp"

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <ctime>
#include <limits>
#include <random>
#include <vector>

namespace {

using support::infinity;
using support::layout;
using support::quiet_nan;

constexpr unsigned seed = 20260304;

/// The elements of a layout, named by result and term.
template <class T>
class elements {
public:
    explicit elements(const layout& way, std::size_t lead = 0) : way_(way), buffer_(way.shape, way.strides, lead) {
        std::mt19937 random(seed);
        std::uniform_real_distribution<T> values(T(-20), T(20));
        for (std::ptrdiff_t r = 0; r != results(); ++r)
            for (std::ptrdiff_t k = 0; k != terms(); ++k) at(r, k) = values(random);
    }

    [[nodiscard]] std::ptrdiff_t results() const { return way_.results(); }
    [[nodiscard]] std::ptrdiff_t terms() const { return way_.terms(); }
    [[nodiscard]] T& at(std::ptrdiff_t result, std::ptrdiff_t term) {
        return buffer_.elements().data()[way_.offset(result, term)];
    }
    void fill(T value) {
        for (std::ptrdiff_t r = 0; r != results(); ++r)
            for (std::ptrdiff_t k = 0; k != terms(); ++k) at(r, k) = value;
    }

    [[nodiscard]] std::vector<T> reduced() {
        const auto y = summit::logsumexp(buffer_.constant(), way_.which());
        return {y.begin(), y.end()};
    }

    /// What one result should be.
    [[nodiscard]] support::expected<T> wanted(std::ptrdiff_t result) {
        std::vector<T> row;
        for (std::ptrdiff_t k = 0; k != terms(); ++k) row.push_back(at(result, k));
        return support::log_sum_exp_of(row);
    }

    [[nodiscard]] double worst_error() {
        const auto got = reduced();
        double worst = 0.0;
        for (std::ptrdiff_t r = 0; r != results(); ++r)
            worst = std::max(worst, wanted(r).error(got[static_cast<std::size_t>(r)]));
        return worst;
    }

private:
    layout way_;
    support::guarded<T> buffer_;
};

/// Terms enough for three blocks and a tail that is no multiple of anything.
template <class T>
std::vector<layout> every_layout() {
    constexpr std::ptrdiff_t block = 16384 / sizeof(T);
    auto all = support::row_layouts(3, 2 * block + 77);
    for (const auto& way : support::row_layouts(1, 333)) all.push_back(way);
    for (const auto& way : support::column_layouts(77, 2 * 64 + 9)) all.push_back(way);
    for (const auto& way : support::column_layouts(17, 41)) all.push_back(way);
    for (const auto& way : support::short_layouts(75, 7)) all.push_back(way);
    for (const auto& way : support::short_layouts(2, 3)) all.push_back(way);
    return all;
}

// Without optimisation, or under a sanitizer, the same tests take minutes: one place in seven then stands for all.
#if defined(__OPTIMIZE__) && !defined(__SANITIZE_ADDRESS__)
constexpr std::ptrdiff_t sparse = 1;
#else
constexpr std::ptrdiff_t sparse = 7;
#endif

/// All of them where there are few; else both ends, and both sides of every multiple of 1024, blocks among them.
std::vector<std::ptrdiff_t> places(std::ptrdiff_t count) {
    std::vector<std::ptrdiff_t> some;
    for (std::ptrdiff_t i = 0; i != count; ++i)
        if ((count <= 140 || i < 70 || i >= count - 140 || (i + 3) % 1024 < 6) && (i % sparse == 0 || i + 1 == count))
            some.push_back(i);
    return some;
}

/// A few results of a tile: lanes of every vector, and the last.
std::vector<std::ptrdiff_t> lanes(std::ptrdiff_t count) {
    std::vector<std::ptrdiff_t> some;
    for (std::ptrdiff_t i : {0, 1, 2, 5, 8, 15, 16, 31, 33, 63, 64})
        if (i < count - 1) some.push_back(i);
    some.push_back(count - 1);
    return some;
}

template <class T>
bool same_bits(const std::vector<T>& a, const std::vector<T>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](T x, T y) { return support::to_bits(x) == support::to_bits(y); });
}

} // namespace

TEMPLATE_TEST_CASE("random elements, by every layout", "[reduce][accuracy]", float, double) {
    for (const auto& way : every_layout<TestType>()) {
        CAPTURE(way.name, way.results(), way.terms());
        CHECK(elements<TestType>(way).worst_error() <= support::promised_ulp<TestType>);
    }
}

TEMPLATE_TEST_CASE("one special element, everywhere, by every layout", "[reduce][meaning]", float, double) {
    using T = TestType;
    for (const auto& way : every_layout<T>()) {
        elements<T> x(way);
        const auto before = x.reduced();
        for (std::ptrdiff_t r : lanes(x.results())) {
            for (std::ptrdiff_t k : places(x.terms())) {
                const T was = x.at(r, k);
                for (T special : {quiet_nan<T>, infinity<T>}) {
                    x.at(r, k) = special;
                    auto wanted = before;
                    wanted[static_cast<std::size_t>(r)] = special;
                    CAPTURE(way.name, x.terms(), r, k, special);
                    REQUIRE(same_bits(x.reduced(), wanted));
                }
                x.at(r, k) = was;
            }
        }
    }
}

TEMPLATE_TEST_CASE("one −inf among numbers counts for nothing", "[reduce][meaning]", float, double) {
    using T = TestType;
    for (const auto& way : every_layout<T>()) {
        elements<T> x(way);
        for (std::ptrdiff_t r : {std::ptrdiff_t{0}, x.results() - 1}) {
            for (std::ptrdiff_t k : lanes(x.terms())) {
                const T was = x.at(r, k);
                x.at(r, k) = -infinity<T>;
                CAPTURE(way.name, x.terms(), r, k);
                REQUIRE(x.wanted(r).accepts(x.reduced()[static_cast<std::size_t>(r)]));
                x.at(r, k) = was;
            }
        }
    }
}

TEMPLATE_TEST_CASE("one number among −inf is the result, everywhere", "[reduce][meaning]", float, double) {
    using T = TestType;
    for (const auto& way : every_layout<T>()) {
        elements<T> x(way);
        x.fill(-infinity<T>);
        std::vector<T> wanted(static_cast<std::size_t>(x.results()), -infinity<T>);
        REQUIRE(same_bits(x.reduced(), wanted));
        for (std::ptrdiff_t r : lanes(x.results())) {
            for (std::ptrdiff_t k : places(x.terms())) {
                const T number = std::array{T(0.3), T(-5000), T(77)}[static_cast<std::size_t>(r + k) % 3];
                x.at(r, k) = number;
                wanted[static_cast<std::size_t>(r)] = number;
                CAPTURE(way.name, x.terms(), r, k, number);
                REQUIRE(same_bits(x.reduced(), wanted));
                x.at(r, k) = -infinity<T>;
                wanted[static_cast<std::size_t>(r)] = -infinity<T>;
            }
        }
    }
}

TEMPLATE_TEST_CASE("NaN beside infinities, in every order and distance", "[reduce][meaning]", float, double) {
    using T = TestType;
    for (const auto& way : every_layout<T>()) {
        elements<T> x(way);
        std::vector<std::ptrdiff_t> some;
        for (std::ptrdiff_t k :
             {std::ptrdiff_t{0}, std::ptrdiff_t{1}, x.terms() / 3, x.terms() / 2, x.terms() - 2, x.terms() - 1})
            if (k >= 0) some.push_back(k);
        for (bool among_numbers : {true, false}) {
            if (!among_numbers) x.fill(-infinity<T>);
            for (std::ptrdiff_t r : {std::ptrdiff_t{0}, x.results() - 1}) {
                for (std::ptrdiff_t one : some) {
                    for (std::ptrdiff_t other : some) {
                        if (one == other || (sparse != 1 && one != 0 && other != 0)) continue;
                        const T was_one = x.at(r, one);
                        const T was_other = x.at(r, other);
                        CAPTURE(way.name, x.terms(), among_numbers, r, one, other);
                        const auto result = [&](T first, T second) {
                            x.at(r, one) = first;
                            x.at(r, other) = second;
                            return x.reduced()[static_cast<std::size_t>(r)];
                        };
                        REQUIRE(support::is_nan(result(quiet_nan<T>, infinity<T>)));
                        REQUIRE(support::is_nan(result(quiet_nan<T>, -infinity<T>)));
                        REQUIRE(support::is_nan(result(-quiet_nan<T>, quiet_nan<T>)));
                        REQUIRE(result(infinity<T>, -infinity<T>) == infinity<T>);
                        REQUIRE(result(infinity<T>, infinity<T>) == infinity<T>);
                        x.at(r, one) = was_one;
                        x.at(r, other) = was_other;
                    }
                }
            }
        }
    }
}

TEMPLATE_TEST_CASE("a result near 0 keeps its digits, wherever the maximum stands", "[reduce][meaning]", float,
                   double) {
    using T = TestType;
    for (const auto& way : every_layout<T>()) {
        elements<T> x(way);
        x.fill(T(-40));
        for (std::ptrdiff_t r : {std::ptrdiff_t{0}, x.results() - 1}) {
            for (std::ptrdiff_t k : lanes(x.terms())) {
                x.at(r, k) = T(0);
                CAPTURE(way.name, x.terms(), r, k);
                const T got = x.reduced()[static_cast<std::size_t>(r)];
                REQUIRE(x.wanted(r).accepts(got));
                // For double 2 ulp of 1 would let 0 pass.
                REQUIRE(std::abs(got - static_cast<T>(x.wanted(r).value)) <= got * T(1e-6));
                x.at(r, k) = T(-40);
            }
        }
    }
}

TEMPLATE_TEST_CASE("equal elements of any size, by every layout", "[reduce][meaning]", float, double) {
    using T = TestType;
    using limits = std::numeric_limits<T>;
    for (const auto& way : every_layout<T>()) {
        elements<T> x(way);
        for (T value : {T(0), T(-0.0), T(1e-30), limits::min(), T(-3), T(90), T(-800), T(2049), T(1e30), limits::max(),
                        limits::lowest(), infinity<T>, -infinity<T>}) {
            x.fill(value);
            CAPTURE(way.name, x.terms(), value);
            REQUIRE(x.worst_error() <= support::promised_ulp<T>);
        }
    }
}

TEMPLATE_TEST_CASE("blocks of every size meet", "[reduce][accuracy]", float, double) {
    using T = TestType;
    for (const auto& way : every_layout<T>()) {
        elements<T> x(way);
        // Each third of the terms at a height of its own, in all orders; what one block holds must not reach another's place.
        for (const auto& heights : std::vector<std::array<T, 3>>{{T(0), T(100), T(-100)},
                                                                 {T(300), T(-300), T(0)},
                                                                 {T(-3000), T(3000), T(2999)},
                                                                 {-infinity<T>, T(1), -infinity<T>},
                                                                 {T(-1e30), -infinity<T>, T(-1e30)},
                                                                 {T(-2), T(-1), T(-2)},
                                                                 {T(5), T(4), -infinity<T>}}) {
            for (std::ptrdiff_t r = 0; r != x.results(); ++r)
                for (std::ptrdiff_t k = 0; k != x.terms(); ++k)
                    x.at(r, k) = heights[static_cast<std::size_t>(k * 3 / x.terms())] + static_cast<T>((r + k) % 7) / 8;
            CAPTURE(way.name, x.terms(), heights[0], heights[1], heights[2]);
            REQUIRE(x.worst_error() <= support::promised_ulp<T>);
        }
    }
}

TEMPLATE_TEST_CASE("every length from every address, by every layout", "[reduce]", float, double) {
    using T = TestType;
    constexpr std::ptrdiff_t stripe = 128 / sizeof(T);
    constexpr std::ptrdiff_t block = 16384 / sizeof(T);
    std::vector<layout> ways;
    const auto add = [&](const std::vector<layout>& more) { ways.insert(ways.end(), more.begin(), more.end()); };
    for (std::ptrdiff_t n = 32; n <= 4 * stripe + 1; ++n) {
        const auto rows = support::row_layouts(1, n);
        ways.push_back(rows[0]);
        if (n % 5 == 0) ways.push_back(rows[2]);
    }
    for (std::ptrdiff_t n : {block - 1, block, block + 1, 2 * block - 1, 2 * block, 2 * block + 1})
        add(support::row_layouts(2, n));
    for (std::ptrdiff_t n : {1, 2, 3, 31}) add(support::short_layouts(67, n));
    for (std::ptrdiff_t n : {1, 2, 7, 8, 9, 16, 31}) ways.push_back(support::row_layouts(1, n)[0]);
    for (std::ptrdiff_t n : {63, 64, 65, 127, 128, 129}) add(support::column_layouts(33, n));
    for (std::ptrdiff_t results = 16; results <= 130; ++results) {
        const auto columns = support::column_layouts(results, 33);
        ways.push_back(columns[1]);
        ways.push_back(columns[static_cast<std::size_t>(results) % columns.size()]);
    }
    for (const auto& way : ways) {
        elements<T> aligned(way, 0);
        const auto wanted = aligned.reduced();
        CAPTURE(way.name, aligned.results(), aligned.terms());
        REQUIRE(aligned.worst_error() <= support::promised_ulp<T>);
        // The address decides nothing.
        for (std::size_t lead = 1; lead < 16; lead += static_cast<std::size_t>(sparse)) {
            CAPTURE(lead);
            REQUIRE(same_bits(elements<T>(way, lead).reduced(), wanted));
        }
    }
}

// On the processor's clock, threads and all: what each of them does once must not be done by every one of them.
TEST_CASE("work grows with the elements, not with their square", "[reduce]") {
    constexpr std::ptrdiff_t results = 6000, terms = 512;
    const std::vector<float> x(static_cast<std::size_t>(results * terms), 0.5F);
    std::vector<float> y(static_cast<std::size_t>(results));
    const auto seconds = [&](std::ptrdiff_t rows) {
        double least = 1e30;
        for (int round = 0; round != 3; ++round) {
            const std::clock_t begin = std::clock();
            for (std::ptrdiff_t first = 0; first != results; first += rows)
                summit::logsumexp_into(summit::view<float>(y.data() + first, {rows}),
                                       summit::view<const float>(x.data() + first * terms, {rows, terms}), 1);
            least = std::min(least, static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC);
        }
        return least;
    };
    // A hundred times as long it took when each tile was followed by all after it.
    CHECK(seconds(results) <= 20 * seconds(results / 60) + 0.001);
}
