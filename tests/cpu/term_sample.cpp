// SPDX-License-Identifier: MIT
#include <summit/cpu/term_sample.hpp>

#include "support/layouts.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <cstddef>
#include <set>
#include <vector>

namespace {

/// Where the terms of a plan's results lie, in the order of its loops.
std::vector<std::ptrdiff_t> all_terms(const summit::plan& p) {
    std::vector<std::ptrdiff_t> offsets{0};
    for (std::size_t i = 0; i != p.reduced.size(); ++i) {
        std::vector<std::ptrdiff_t> deeper;
        for (const std::ptrdiff_t from : offsets)
            for (std::ptrdiff_t k = 0; k != p.reduced[i].extent; ++k) deeper.push_back(from + k * p.reduced[i].stride);
        offsets = deeper;
    }
    return offsets;
}

std::vector<std::ptrdiff_t> sampled(const summit::plan& p) {
    std::vector<std::ptrdiff_t> offsets;
    const summit::cpu::term_sample sample(p);
    for (const auto& piece : sample)
        for (std::ptrdiff_t i = 0; i != piece.count; ++i) offsets.push_back(piece.offset + i * sample.stride());
    return offsets;
}

summit::plan plan_of(const support::layout& way) {
    return summit::make_plan(way.shape, way.strides, way.selected,
                             summit::row_major_strides(summit::without(way.shape, way.selected)));
}

std::vector<support::layout> every_kind_of_layout() {
    std::vector<support::layout> all;
    const auto add = [&](const std::vector<support::layout>& more) { all.insert(all.end(), more.begin(), more.end()); };
    for (const std::ptrdiff_t terms : {32, 33, 47, 64, 100, 511, 512, 1000, 4096, 5000, 100000}) {
        add(support::row_layouts(3, terms));
        add(support::row_layouts(19, terms));
        add(support::column_layouts(35, terms));
    }
    for (const std::ptrdiff_t terms : {1, 2, 3, 4, 5, 15, 16, 17, 31}) {
        add(support::short_layouts(35, terms));
        all.push_back(support::row_layouts(1, terms)[0]);
        all.push_back(support::row_layouts(1, terms)[2]);
    }
    return all;
}

} // namespace

TEST_CASE("sampled terms are terms, the first and the last among them", "[term_sample]") {
    for (const auto& way : every_kind_of_layout()) {
        const auto p = plan_of(way);
        const auto all = all_terms(p);
        const auto some = sampled(p);
        CAPTURE(way.name, way.results(), way.terms());
        REQUIRE(!some.empty());
        CHECK(some.front() == all.front());
        // Of rows of fewer than 1024 terms the first alone.
        if (p.lie == summit::orientation::columns || way.terms() >= 1024) CHECK(some.back() == all.back());
        const std::set<std::ptrdiff_t> known(all.begin(), all.end());
        for (const std::ptrdiff_t offset : some) REQUIRE(known.contains(offset));
    }
}

TEST_CASE("terms are sampled all over a result, few of many", "[term_sample]") {
    for (const auto& way : every_kind_of_layout()) {
        const auto p = plan_of(way);
        const auto all = all_terms(p);
        const auto some = sampled(p);
        CAPTURE(way.name, way.results(), way.terms());
        const std::set<std::ptrdiff_t> chosen(some.begin(), some.end());
        // No more than 16 pieces of 16.
        CHECK(chosen.size() <= 256);
        std::size_t gap = 0, widest = 0;
        for (const std::ptrdiff_t offset : all) {
            gap = chosen.contains(offset) ? 0 : gap + 1;
            widest = std::max(widest, gap);
        }
        // Of rows a piece for every 1024 terms, or two of all; of columns a term for every 16, or 32 of all.
        const std::size_t most = p.lie == summit::orientation::rows ? std::max<std::size_t>(all.size() / 14, 1024)
                                                                    : std::max<std::size_t>(all.size() / 25, 40);
        CHECK(widest <= most);
    }
}

TEST_CASE("all terms of a row of up to sixteen in one piece are sampled, and up to four of any other",
          "[term_sample]") {
    for (std::ptrdiff_t terms = 1; terms <= 16; ++terms) {
        CAPTURE(terms);
        for (const std::size_t i : {std::size_t{0}, std::size_t{2}}) {
            const auto p = plan_of(support::row_layouts(1, terms)[i]);
            REQUIRE(p.lie == summit::orientation::rows);
            CHECK(sampled(p) == all_terms(p));
        }
        for (const auto& way : support::short_layouts(35, terms)) {
            const auto p = plan_of(way);
            if (terms <= 4) CHECK(sampled(p) == all_terms(p));
            CHECK(sampled(p).size() >= std::min<std::size_t>(static_cast<std::size_t>(terms), 4));
        }
    }
}
