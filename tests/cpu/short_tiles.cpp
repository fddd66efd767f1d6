// SPDX-License-Identifier: MIT
#include <summit/cpu/short_tiles.hpp>

#include "support/architectures.hpp"
#include "support/few.hpp"
#include "support/reference.hpp"
#include "support/ulp.hpp"

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

namespace {

template <class T>
using op = summit::op::log_sum_exp<T>;

template <class Element>
Element element(std::ptrdiff_t row, std::ptrdiff_t term) {
    const auto place = static_cast<double>((term * 53 + row * 29) % 97);
    if (std::unsigned_integral<Element>) return static_cast<Element>(place < 48.0 ? 0.0 : place / 8.0);
    return static_cast<Element>(std::integral<Element> ? place / 4.0 - 12.0 : place * 0.071 - 3.4);
}

/// The logs of contiguous rows, in the type they are computed in.
template <class Arch, class Element>
auto expected(std::ptrdiff_t rows, std::ptrdiff_t terms) {
    using compute = summit::compute_t<Element>;
    std::vector<compute> x;
    std::vector<std::ptrdiff_t> offsets;
    for (std::ptrdiff_t i = 0; i != terms; ++i) offsets.push_back(i);
    for (std::ptrdiff_t r = 0; r != rows; ++r)
        for (std::ptrdiff_t i = 0; i != terms; ++i) x.push_back(static_cast<compute>(element<Element>(r, i)));
    std::vector<compute> logs(static_cast<std::size_t>(rows));
    using few = summit::cpu::few_terms<Arch, compute, support::sum_of_few<compute, Arch>>;
    summit::cpu::fit fits;
    CHECK(few(terms, offsets.data(), terms).take_logs(x.data(), logs.size(), logs.data(), fits));
    CHECK(fits.is_good());
    return logs;
}

/// The logs of a plan's only tile, and which of them are doubtful; `is_relative` is the guess it begins with and what it ends with.
template <class Arch, class Element>
struct reduced {
    using compute = summit::compute_t<Element>;

    reduced(const summit::plan& plan, const Element* elements, bool& is_relative) {
        const summit::cpu::tiling tiles(plan, {.rows = 16, .pieces = 128, .least_run = 16, .irregular = 64});
        REQUIRE(tiles.count() == 1);
        tiles.place(0, tile);
        summit::cpu::block_reader<Arch, Element> blocks(plan, elements);
        logs.assign(tile.width + 1, compute(-77));
        summit::cpu::short_tile<op<summit::compute_t<Element>>, Arch, Element>(plan, tile, elements, blocks)
            .reduce(logs.data(), doubtful, is_relative);
        CHECK(logs.back() == compute(-77));
        logs.pop_back();
        doubtful.limit(tile.width);
    }

    summit::cpu::tile tile;
    std::vector<compute> logs;
    summit::cpu::lane_set doubtful;
};

bool are_alike(const summit::cpu::lane_set& a, const summit::cpu::lane_set& b) {
    bool alike = true;
    for (std::size_t i = 0; i != a.size(); ++i) alike &= a[i] == b[i];
    return alike;
}

} // namespace

TEST_CASE("logs near 0 are marked, and no others", "[short_tiles]") {
    support::for_each_architecture<support::fused_architectures>([]<class Arch>(Arch) {
        constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();
        // A number of them that shares no factor with the lanes.
        constexpr float values[] = {0.25f, 0.0f,   0.2499f, -0.25f,  -0.2f,        55.0f, -55.9f,
                                    57.0f, -57.0f, 1.0f,    -1e-40f, not_a_number, -0.26f};
        constexpr bool doubtful[] = {false, true,  true,  false, true,  false, false,
                                     false, false, false, true,  false, false};
        for (std::size_t width = 16; width <= 300; ++width) {
            std::vector<float> logs(width);
            for (std::size_t i = 0; i != width; ++i) logs[i] = values[i % 13];
            summit::cpu::lane_set marks;
            // What was there stays.
            marks.add(5, 1);
            marks.add(marks.size() - 62, 1);
            summit::cpu::mark_doubtful<Arch>(logs.data(), width, 0.25f, marks);
            CAPTURE(Arch::name(), width);
            for (std::size_t i = 0; i != width; ++i) {
                CAPTURE(i, logs[i]);
                REQUIRE(marks[i] == (doubtful[i % 13] || i == 5));
            }
            for (std::size_t i = width; i != marks.size(); ++i) REQUIRE(marks[i] == (i == marks.size() - 62));
        }
    });
}

TEMPLATE_TEST_CASE(
    "short rows of every type have the logs they have as contiguous floats or doubles, wherever they lie",
    "[short_tiles][bits]", float, double, bool, std::int8_t, std::uint16_t, std::int64_t, summit::float16,
    summit::bfloat16) {
    support::for_each_architecture<support::fused_architectures>([]<class Arch>(Arch) {
        using compute = summit::compute_t<TestType>;
        for (const std::ptrdiff_t terms : {2, 3, 4, 7, 8, 10, 17, 31, 32, 45, 71}) {
            for (const std::ptrdiff_t rows : {16, 17, 63, 64, 65, 129, 200}) {
                const auto logs = expected<Arch, TestType>(rows, terms);
                summit::cpu::lane_set doubtful;
                summit::cpu::mark_doubtful<Arch>(
                    logs.data(), logs.size(),
                    support::sum_of_few<compute, Arch>::least_certain(terms, summit::element_traits<TestType>::epsilon),
                    doubtful);
                doubtful.limit(logs.size());
                const auto check = [&](const summit::index_list& strides) {
                    // Not one element behind the last; what lies between would drown every sum.
                    const std::ptrdiff_t last = (rows - 1) * strides[0] + (terms - 1) * strides[1];
                    const auto memory = std::make_unique<TestType[]>(static_cast<std::size_t>(last) + 1);
                    std::fill_n(memory.get(), last + 1, static_cast<TestType>(99.0));
                    for (std::ptrdiff_t r = 0; r != rows; ++r)
                        for (std::ptrdiff_t i = 0; i != terms; ++i)
                            memory[static_cast<std::size_t>(r * strides[0] + i * strides[1])] = element<TestType>(r, i);
                    const auto plan = summit::make_plan(summit::index_list{rows, terms}, strides, 0b10,
                                                        summit::index_list{1}, summit::short_row_of<TestType>);
                    if (!plan.has_few_terms()) return;
                    for (bool is_relative : {false, true}) {
                        CAPTURE(Arch::name(), terms, rows, strides[0], strides[1], is_relative);
                        const reduced<Arch, TestType> got(plan, memory.get(), is_relative);
                        REQUIRE(static_cast<std::ptrdiff_t>(got.logs.size()) == rows);
                        for (std::size_t r = 0; r != got.logs.size(); ++r)
                            REQUIRE(support::to_bits(got.logs[r]) == support::to_bits(logs[r]));
                        REQUIRE(are_alike(got.doubtful, doubtful));
                        CHECK_FALSE(is_relative);
                    }
                };
                check({terms, 1});
                check({terms + 3, 1});
                check({2 * terms, 2});
                check({1, rows});
            }
        }
    });
}

namespace {

/// Rows that want references and rows that do not, by how rare the others are.
template <class T>
T far_element(std::ptrdiff_t row, std::ptrdiff_t term, std::ptrdiff_t terms, std::ptrdiff_t rarity) {
    constexpr T infinity = std::numeric_limits<T>::infinity();
    constexpr T largest = std::numeric_limits<T>::max();
    const T x = element<T>(row, term);
    if (row % rarity != rarity - 1) return x;
    const std::ptrdiff_t kind = row / rarity % 10;
    const bool is_here = term == row / 10 % terms;
    switch (kind) {
    case 0:
        return x + T(3000);
    case 1:
        return x - T(3000);
    case 2: // a maximum that no guess finds
        return is_here ? x + T(5000) : x;
    case 3:
        return is_here ? x : x - T(5000);
    case 4:
        return is_here ? x : -infinity;
    case 5:
        return -infinity;
    case 6:
        return is_here ? std::numeric_limits<T>::quiet_NaN() : x;
    case 7:
        return is_here ? std::numeric_limits<T>::quiet_NaN() : T(-3000);
    case 8:
        return is_here ? infinity : x;
    default:
        return is_here ? largest : x;
    }
}

} // namespace

TEMPLATE_TEST_CASE(
    "short rows of every kind are right or doubtful, the same ones and the same bits whatever the tile began with",
    "[short_tiles][bits]", float, double) {
    using T = TestType;
    support::for_each_architecture<support::fused_architectures>([]<class Arch>(Arch) {
        for (const std::ptrdiff_t terms : {2, 3, 5, 8, 13, 31, 45}) {
            for (const std::ptrdiff_t rarity : {1, 3, 40}) {
                constexpr std::ptrdiff_t rows = 253;
                std::vector<std::vector<T>> elements(rows);
                for (std::ptrdiff_t r = 0; r != rows; ++r)
                    for (std::ptrdiff_t i = 0; i != terms; ++i)
                        elements[static_cast<std::size_t>(r)].push_back(far_element<T>(r, i, terms, rarity));
                std::vector<T> known;
                summit::cpu::lane_set known_doubtful;
                const auto check = [&](const summit::index_list& strides) {
                    const std::ptrdiff_t last = (rows - 1) * strides[0] + (terms - 1) * strides[1];
                    std::vector<T> memory(static_cast<std::size_t>(last) + 1, T(99));
                    for (std::ptrdiff_t r = 0; r != rows; ++r)
                        for (std::ptrdiff_t i = 0; i != terms; ++i)
                            memory[static_cast<std::size_t>(r * strides[0] + i * strides[1])] =
                                elements[static_cast<std::size_t>(r)][static_cast<std::size_t>(i)];
                    const auto plan = summit::make_plan(summit::index_list{rows, terms}, strides, 0b10,
                                                        summit::index_list{1}, summit::short_row_of<T>);
                    if (!plan.has_few_terms()) return;
                    for (bool is_relative : {false, true}) {
                        CAPTURE(Arch::name(), terms, rarity, strides[0], strides[1], is_relative);
                        const reduced<Arch, T> got(plan, memory.data(), is_relative);
                        if (known.empty()) {
                            known = got.logs;
                            known_doubtful = got.doubtful;
                        }
                        REQUIRE(are_alike(got.doubtful, known_doubtful));
                        // What comes next had better begin as these do.
                        if (rarity == 1) CHECK(is_relative);
                        for (std::size_t r = 0; r != got.logs.size(); ++r) {
                            CAPTURE(r, got.logs[r]);
                            REQUIRE((support::to_bits(got.logs[r]) == support::to_bits(known[r]) ||
                                     (support::is_nan(got.logs[r]) && support::is_nan(known[r]))));
                            if (got.doubtful[r]) continue;
                            const auto wanted = support::log_sum_exp_of(elements[r]);
                            REQUIRE(wanted.accepts(got.logs[r]));
                        }
                        // What is out of reach only: the largest number, and special values that are not told here.
                        for (std::size_t r = 0; r != got.logs.size(); ++r) {
                            const std::ptrdiff_t kind = static_cast<std::ptrdiff_t>(r) % rarity != rarity - 1
                                                            ? 0
                                                            : static_cast<std::ptrdiff_t>(r) / rarity % 10;
                            if (got.doubtful[r] && kind <= 5)
                                REQUIRE(std::abs(support::log_sum_exp_of(elements[r]).value) < 4.0L);
                        }
                    }
                };
                check({terms, 1});
                check({terms + 3, 1});
                check({2 * terms, 2});
                check({1, rows});
            }
        }
    });
}
