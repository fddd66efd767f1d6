// SPDX-License-Identifier: MIT
#include <summit/cpu/lane_states.hpp>
#include <summit/op/log_sum_exp.hpp>

#include "support/architectures.hpp"
#include "support/ulp.hpp"

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstddef>
#include <limits>
#include <memory>

namespace {

using op = summit::op::log_sum_exp<float>;
constexpr double infinity = std::numeric_limits<double>::infinity();

template <class Arch>
using states_on = summit::cpu::lane_states<op, Arch>;

} // namespace

TEST_CASE("cleared lanes know nothing, to the end of the last vector", "[lane_states]") {
    support::for_each_architecture<support::architectures>([]<class Arch>(Arch) {
        constexpr std::size_t lanes = xsimd::batch<double, Arch>::size;
        const auto states = std::make_unique<states_on<Arch>>();
        for (const std::size_t width :
             {std::size_t(1), std::size_t(3), lanes, lanes + 1, std::size_t(255), std::size_t(256)}) {
            states->max.fill(7.0);
            states->high.fill(8.0);
            states->low.fill(9.0);
            states->clear(width);
            const std::size_t end = (width + lanes - 1) / lanes * lanes;
            CAPTURE(Arch::name(), width);
            for (std::size_t i = 0; i != states->max.size(); ++i) {
                CHECK(support::to_bits(states->max[i]) == support::to_bits(i < end ? -infinity : 7.0));
                CHECK(states->high[i] == (i < end ? 0.0 : 8.0));
                CHECK(states->low[i] == (i < end ? 0.0 : 9.0));
            }
        }
    });
}

TEST_CASE("a vector of lanes may begin anywhere", "[lane_states]") {
    support::for_each_architecture<support::architectures>([]<class Arch>(Arch) {
        using wide = xsimd::batch<double, Arch>;
        const auto states = std::make_unique<states_on<Arch>>();
        for (std::size_t i = 0; i != states->max.size(); ++i) {
            states->max[i] = static_cast<double>(i);
            states->high[i] = static_cast<double>(1000 + i);
            states->low[i] = static_cast<double>(2000 + i);
        }
        for (std::size_t lane = 0; lane != summit::cpu::max_tile_width; ++lane) {
            const auto state = states->get(lane);
            const auto sum = states->sum(lane);
            CAPTURE(Arch::name(), lane);
            for (std::size_t i = 0; i != wide::size; ++i) {
                CHECK(state.max.get(i) == static_cast<double>(lane + i));
                CHECK(state.sum.high.get(i) == static_cast<double>(1000 + lane + i));
                CHECK(state.sum.low.get(i) == static_cast<double>(2000 + lane + i));
                CHECK(sum.high.get(i) == state.sum.high.get(i));
                CHECK(sum.low.get(i) == state.sum.low.get(i));
            }
        }
    });
}

TEST_CASE("only the lanes that are wanted are set", "[lane_states]") {
    support::for_each_architecture<support::architectures>([]<class Arch>(Arch) {
        using wide = xsimd::batch<double, Arch>;
        const auto states = std::make_unique<states_on<Arch>>();
        states->clear(2 * wide::size);
        for (std::size_t chosen = 0; chosen != wide::size; ++chosen) {
            alignas(64) std::array<double, wide::size> flags{};
            flags[chosen] = 1.0;
            const auto value = wide(static_cast<double>(chosen + 1));
            states->set_where(wide::load_aligned(flags.data()) != wide(0.0), wide::size, {value, {value, value}});
        }
        for (std::size_t i = 0; i != wide::size; ++i) {
            CAPTURE(Arch::name(), i);
            CHECK(states->max[wide::size + i] == static_cast<double>(i + 1));
            CHECK(states->high[wide::size + i] == static_cast<double>(i + 1));
            CHECK(states->low[wide::size + i] == static_cast<double>(i + 1));
            CHECK(states->high[i] == 0.0);
        }
    });
}

TEST_CASE("merging into one lane leaves its neighbours alone", "[lane_states]") {
    support::for_each_architecture<support::architectures>([]<class Arch>(Arch) {
        using wide = xsimd::batch<double, Arch>;
        const auto states = std::make_unique<states_on<Arch>>();
        states->clear(16);
        // Sums near 0 are of exp(x) itself, so that two of a max of 0 add up.
        for (const std::size_t lane : std::array<std::size_t, 3>{0, 3, 15}) {
            states->merge_one(lane, {wide(0.0), {wide(2.0), wide(0x1p-60)}});
            states->merge_one(lane, {wide(0.0), {wide(1.5), wide(0.0)}});
        }
        for (std::size_t i = 0; i != 16; ++i) {
            const bool is_merged = i == 0 || i == 3 || i == 15;
            CAPTURE(Arch::name(), i);
            CHECK(support::to_bits(states->max[i]) == support::to_bits(is_merged ? 0.0 : -infinity));
            CHECK(states->high[i] == (is_merged ? 3.5 : 0.0));
            CHECK(states->low[i] == (is_merged ? 0x1p-60 : 0.0));
        }
    });
}
