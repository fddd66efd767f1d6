// SPDX-License-Identifier: MIT
#include <summit/cpu/general.hpp>
#include <summit/op/log_sum_exp.hpp>

#include "support/architectures.hpp"
#include "support/guarded.hpp"
#include "support/reference.hpp"

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <memory>
#include <vector>

namespace {

using support::infinity;
using support::quiet_nan;

template <class T>
using op = summit::op::log_sum_exp<T>;

constexpr std::ptrdiff_t results = 45;
constexpr std::ptrdiff_t terms = 150;

/// Results of every kind, as rows or as columns.
template <class T>
class problem {
public:
    explicit problem(bool in_columns)
        : shape_(in_columns ? summit::index_list{terms, results} : summit::index_list{results, terms}),
          selected_(in_columns ? 0b01 : 0b10),
          strides_(summit::row_major_strides(shape_)),
          buffer_(shape_, strides_),
          plan_(summit::make_plan(shape_, strides_, selected_, {1})) {
        const std::vector<T> heights{T(0),         T(1e4),      T(-1e4),      T(1e30), T(-1e30),
                                     quiet_nan<T>, infinity<T>, -infinity<T>, T(100),  T(-100)};
        for (std::ptrdiff_t r = 0; r != results; ++r) {
            rows_.emplace_back();
            for (std::ptrdiff_t k = 0; k != terms; ++k) {
                auto x = static_cast<T>((r * 31 + k * 17) % 64) / T(16);
                // What is not finite stands alone among numbers, save −inf.
                const T height = heights[static_cast<std::size_t>(r) % heights.size()];
                if (support::is_finite(height) || support::to_bits(height) == support::to_bits(-infinity<T>))
                    x += height;
                else if (k == (r * 7) % terms)
                    x = height;
                (in_columns ? buffer_.elements()(k, r) : buffer_.elements()(r, k)) = x;
                rows_.back().push_back(x);
            }
        }
        tile_.width = static_cast<std::size_t>(results);
        for (std::size_t i = 0; i != tile_.width; ++i) {
            tile_.offset[i] = static_cast<std::ptrdiff_t>(i) * (in_columns ? 1 : terms);
            tile_.result_offset[i] = static_cast<std::ptrdiff_t>(i);
        }
    }

    [[nodiscard]] const summit::plan& plan() const { return plan_; }
    [[nodiscard]] const summit::cpu::tile& tile() const { return tile_; }
    [[nodiscard]] const T* elements() { return buffer_.constant().data(); }
    [[nodiscard]] support::expected<T> wanted(std::size_t result) const {
        return support::log_sum_exp_of(rows_[result]);
    }

private:
    summit::index_list shape_;
    summit::axis_set selected_;
    summit::index_list strides_;
    support::guarded<T> buffer_;
    summit::plan plan_;
    summit::cpu::tile tile_;
    std::vector<std::vector<T>> rows_;
};

} // namespace

TEMPLATE_TEST_CASE("rows of anything there is, in ranges of terms", "[general]", float, double) {
    using T = TestType;
    problem<T> x(false);
    REQUIRE(x.plan().lie == summit::orientation::rows);
    support::for_each_architecture<support::architectures>([&]<class Arch>(Arch) {
        const auto states = std::make_unique<summit::cpu::lane_states<op<T>, Arch>>();
        const auto general = std::make_unique<summit::cpu::general_reduction<op<T>, Arch, T>>(x.plan(), x.elements());
        states->clear(x.tile().width);
        for (std::size_t i = 0; i != x.tile().width; ++i) {
            general->add_row(x.tile().offset_of(i), {0, 33}, *states, i);
            general->add_row(x.tile().offset_of(i), {33, terms - 33}, *states, i);
        }
        for (std::size_t i = 0; i != x.tile().width; ++i) {
            const double got = op<T>::finish(states->get(i), 1).get(0);
            CAPTURE(Arch::name(), i, got);
            CHECK(x.wanted(i).accepts(static_cast<T>(got)));
        }
    });
}

TEMPLATE_TEST_CASE("columns of anything there is, in ranges of terms, where they are wanted", "[general]", float,
                   double) {
    using T = TestType;
    problem<T> x(true);
    REQUIRE(x.plan().lie == summit::orientation::columns);
    support::for_each_architecture<support::architectures>([&]<class Arch>(Arch) {
        const auto states = std::make_unique<summit::cpu::lane_states<op<T>, Arch>>();
        const auto general = std::make_unique<summit::cpu::general_reduction<op<T>, Arch, T>>(x.plan(), x.elements());
        summit::cpu::lane_values wanted;
        wanted.fill(0.0);
        for (std::size_t i = 0; i != x.tile().width; ++i) wanted[i] = i % 3 == 0 ? 0.0 : 1.0;
        states->clear(x.tile().width);
        general->add_columns(x.tile(), {0, 65}, *states, wanted);
        general->add_columns(x.tile(), {65, terms - 65}, *states, wanted);
        for (std::size_t i = 0; i != x.tile().width; ++i) {
            const double got = op<T>::finish(states->get(i), 1).get(0);
            CAPTURE(Arch::name(), i, got);
            if (i % 3 == 0)
                CHECK(support::to_bits(got) == support::to_bits(-infinity<double>));
            else
                CHECK(x.wanted(i).accepts(static_cast<T>(got)));
        }
    });
}

TEMPLATE_TEST_CASE("results near 0 are summed again, and no others", "[general]", float, double) {
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
            const auto states = std::make_unique<summit::cpu::lane_states<op<T>, Arch>>();
            const auto general =
                std::make_unique<summit::cpu::general_reduction<op<T>, Arch, T>>(p, buffer.constant().data());
            alignas(64) summit::cpu::lane_values value;
            value.fill(8.0);
            for (std::size_t i = 0; i != t.width; ++i)
                if (is_near(i)) value[i] = 0.0;
            states->clear(t.width);
            general->refine(p, t, value, *states);
            for (std::size_t i = 0; i != t.width; ++i) {
                const double want = is_near(i) ? 39 * std::exp(-40.0 - static_cast<double>(i)) : 8.0;
                CAPTURE(Arch::name(), in_columns, i, value[i]);
                CHECK(std::abs(value[i] - want) <= (is_near(i) ? want * 1e-12 : 0.0));
            }
        });
    }
}
