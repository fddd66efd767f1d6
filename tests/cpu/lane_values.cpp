// SPDX-License-Identifier: MIT
#include <summit/cpu/lane_values.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

namespace {

std::vector<std::size_t> members(const summit::cpu::lane_set& set) {
    std::vector<std::size_t> all;
    for (std::size_t i = set.next(0); i < set.size(); i = set.next(i + 1)) all.push_back(i);
    return all;
}

} // namespace

TEST_CASE("a set of lanes holds what was added, from any lane on, and no more", "[lane_values]") {
    std::mt19937_64 random(1);
    for (int round = 0; round != 300; ++round) {
        summit::cpu::lane_set set;
        std::vector<bool> want(set.size(), false);
        for (int i = 0; i != 5; ++i) {
            const std::size_t lane = random() % summit::cpu::max_tile_width;
            const std::size_t lanes = std::size_t{1} << random() % 7;
            const std::uint64_t mask = lanes == 64 ? random() : random() % (std::uint64_t{1} << lanes);
            set.add(lane, mask);
            for (std::size_t k = 0; k != 64; ++k)
                if ((mask >> k & 1U) != 0) want[lane + k] = true;
        }
        if (round % 3 == 0) {
            const std::size_t out = random() % set.size();
            set.remove(out);
            want[out] = false;
        }
        if (round % 2 == 0) {
            const std::size_t width = random() % (summit::cpu::max_tile_width + 1);
            set.limit(width);
            for (std::size_t i = width; i != want.size(); ++i) want[i] = false;
        }
        std::vector<std::size_t> all;
        for (std::size_t i = 0; i != want.size(); ++i) {
            REQUIRE(set[i] == want[i]);
            if (want[i]) all.push_back(i);
        }
        CHECK(members(set) == all);
        CHECK(set.count() == all.size());
        CHECK(set.empty() == all.empty());
    }
}

TEST_CASE("a set of lanes is empty at first, and its words are those of its lanes", "[lane_values]") {
    summit::cpu::lane_set set;
    CHECK(set.empty());
    CHECK(set.next(0) == set.size());
    set.word(64) |= 5;
    CHECK(members(set) == std::vector<std::size_t>{64, 66});
    set.limit(0);
    CHECK(set.empty());
}
