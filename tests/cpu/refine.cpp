// SPDX-License-Identifier: MIT
#include <summit/cpu/refine.hpp>
#include <summit/op/log_sum_exp.hpp>

#include "support/architectures.hpp"
#include "support/guarded.hpp"

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <cmath>
#include <cstddef>
#include <memory>

TEMPLATE_TEST_CASE("results near 0 are summed again, and no others", "[refine]", float, double) {
    using T = TestType;
    // A first 0 and the others far below: what they add is lost in a sum, and is all there is of the result. More of them than
    // go together, with others between.
    constexpr std::ptrdiff_t count = 125;
    const auto is_near = [](std::size_t i) { return i % 5 != 3; };
    for (const bool in_columns : {false, true}) {
        const auto shape = in_columns ? summit::index_list{40, count} : summit::index_list{count, 40};
        support::guarded<T> buffer(shape, summit::row_major_strides(shape));
        const auto p = summit::make_plan(shape, summit::row_major_strides(shape), in_columns ? 0b01 : 0b10, {1});
        summit::cpu::tile t;
        t.width = count;
        for (std::ptrdiff_t r = 0; r != count; ++r) {
            t.offset[static_cast<std::size_t>(r)] = r * (in_columns ? 1 : 40);
            for (std::ptrdiff_t k = 0; k != 40; ++k)
                (in_columns ? buffer.elements()(k, r) : buffer.elements()(r, k)) = k == 0 ? T(0) : T(-40 - r);
        }
        support::for_each_architecture<support::architectures>([&]<class Arch>(Arch) {
            using refiner = summit::cpu::refiner<summit::op::log_sum_exp<T>, Arch, T>;
            summit::cpu::block_reader<Arch, T> blocks(p, buffer.constant().data());
            const auto refine = std::make_unique<refiner>(p, blocks);
            alignas(64) summit::cpu::lane_values value;
            value.fill(8.0);
            for (std::size_t i = 0; i != t.width; ++i)
                if (is_near(i)) value[i] = i % 2 == 0 ? 0.0 : -0.24;
            const auto needed = refiner::nearer_than(0.25, value, t.width);
            for (std::size_t i = 0; i != t.width; ++i) CHECK(needed[i] == is_near(i));
            (*refine)(t, needed, value);
            for (std::size_t i = 0; i != t.width; ++i) {
                const double want = is_near(i) ? 39 * std::exp(-40.0 - static_cast<double>(i)) : 8.0;
                CAPTURE(Arch::name(), in_columns, i, value[i]);
                CHECK(std::abs(value[i] - want) <= (is_near(i) ? want * 1e-12 : 0.0));
            }
        });
    }
}
