// SPDX-License-Identifier: MIT
#include <summit/cpu/short_runs.hpp>

#include "support/guarded_pages.hpp"

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace {

using summit::cpu::run_list;

/// 0, 1, 2, … as far as T goes.
template <class T>
T numbered(std::ptrdiff_t i) {
    return static_cast<T>(i % 128);
}

} // namespace

TEMPLATE_TEST_CASE("neighbours are copied, and nothing beyond is touched", "[short_runs]", std::uint8_t, std::uint16_t,
                   float, double) {
    for (std::ptrdiff_t count = 1; count != 300; ++count)
        for (bool at_end : {false, true}) {
            support::between_pages<TestType> from({count}, {1}, at_end);
            for (std::ptrdiff_t i = 0; i != count; ++i) from.all()[static_cast<std::size_t>(i)] = numbered<TestType>(i);
            std::vector<TestType> to(static_cast<std::size_t>(count) + 2, TestType(200));
            summit::cpu::copy_neighbours<TestType>(from.all().data(), count, to.data() + 1);
            std::vector<TestType> wanted(to.size(), TestType(200));
            for (std::ptrdiff_t i = 0; i != count; ++i) wanted[static_cast<std::size_t>(i) + 1] = numbered<TestType>(i);
            CAPTURE(count, at_end);
            REQUIRE(to == wanted);
        }
}

TEST_CASE("the elements of a nest are brought together in its order, whatever part of it", "[short_runs]") {
    for (const std::ptrdiff_t stride : {1, 3}) {
        summit::loop_nest nest;
        nest.push_back({4, 500, 0});
        nest.push_back({2, 70, 0});
        nest.push_back({5, stride, 0});
        std::vector<float> elements(3000), all;
        for (std::size_t i = 0; i != elements.size(); ++i) elements[i] = static_cast<float>(i);
        summit::cpu::cursor each(nest);
        for (; std::ssize(all) != nest.count(); each.advance(1))
            all.push_back(elements[static_cast<std::size_t>(each.offset())]);
        for (std::ptrdiff_t first = 0; first != nest.count(); ++first)
            for (std::ptrdiff_t count = 1; count <= nest.count() - first; ++count) {
                summit::cpu::cursor next(nest);
                next.seek(first);
                run_list<21> runs;
                runs.list(next, count);
                std::vector<float> copied(static_cast<std::size_t>(count));
                runs.copy(elements.data(), copied.data());
                CAPTURE(stride, first, count);
                REQUIRE(copied == std::vector<float>(all.begin() + first, all.begin() + first + count));
                if (first + count != nest.count())
                    REQUIRE(next.offset() == static_cast<std::ptrdiff_t>(all[static_cast<std::size_t>(first + count)]));
            }
    }
}

TEST_CASE("neighbours among any offsets make a run", "[short_runs]") {
    const std::vector<std::ptrdiff_t> offsets{5, 6, 7, 20, 40, 41, 3, 4, 4, 5};
    std::vector<double> elements(50), wanted;
    for (std::size_t i = 0; i != elements.size(); ++i) elements[i] = static_cast<double>(i);
    for (std::ptrdiff_t offset : offsets) wanted.push_back(static_cast<double>(offset));
    run_list<10> runs;
    runs.list(offsets.data(), offsets.size());
    CHECK(runs.size() == 5);
    std::vector<double> copied(offsets.size());
    runs.copy(elements.data(), copied.data());
    CHECK(copied == wanted);

    // Of several rows at once, and nothing in between.
    const std::vector<const double*> rows{elements.data() + 2, elements.data(), elements.data() + 9};
    std::vector<double> all(3 * 16, -1.0), all_wanted = all;
    for (std::size_t r = 0; r != rows.size(); ++r)
        for (std::size_t i = 0; i != offsets.size(); ++i) all_wanted[16 * r + i] = rows[r][offsets[i]];
    runs.copy(rows.data(), rows.size(), all.data(), 16);
    CHECK(all == all_wanted);
}
