// SPDX-License-Identifier: MIT
#include <summit/cpu/terms.hpp>
#include <summit/op/direct_sum.hpp>

#include "support/architectures.hpp"
#include "support/ulp.hpp"

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace {

using floats = summit::op::direct_sum<float>;
using doubles = summit::op::direct_sum<double>;

} // namespace

TEMPLATE_TEST_CASE("elements whose results have few digits have coarse terms, in float alone", "[terms]", float,
                   std::int32_t, std::int8_t, bool, summit::float16, summit::bfloat16) {
    using summit::cpu::is_coarse;
    STATIC_REQUIRE(is_coarse<floats, TestType> == (sizeof(summit::result_t<TestType>) == 2));
    STATIC_REQUIRE(!is_coarse<doubles, TestType>);
    support::for_each_architecture<support::fused_architectures>([]<class Arch>(Arch) {
        using batch = xsimd::batch<float, Arch>;
        constexpr bool coarse = is_coarse<floats, TestType>;
        const batch x(1.25f);
        CAPTURE(Arch::name());
        CHECK(floats::term<true>(x).get(0) != floats::term<false>(x).get(0));
        const auto want = floats::term<coarse>(x).get(0);
        CHECK(summit::cpu::plain_terms<floats, Arch, TestType>{}({x})[0].get(0) == want);
        // Packed, they are floats, and their results have as few digits as before.
        CHECK(summit::cpu::plain_terms<floats, Arch, float, TestType>{}({x})[0].get(0) == want);
        CHECK(summit::cpu::relative_terms<floats, Arch, TestType>(0.0f)({x})[0].get(0) == want);
        CHECK(summit::cpu::relative_terms<floats, Arch, float, TestType>(0.0f)({x})[0].get(0) == want);
    });
}

TEST_CASE("floats summed in double are each relative to what their place says", "[terms]") {
    support::for_each_architecture<support::architectures>([]<class Arch>(Arch) {
        using batch = xsimd::batch<double, Arch>;
        using lanes = summit::cpu::lanes<double, Arch, float>;
        const auto numbers = [](double first, double step) {
            lanes all;
            for (std::size_t part = 0; part != all.size(); ++part) {
                std::array<double, batch::size> each;
                for (std::size_t i = 0; i != batch::size; ++i)
                    each[i] = first + step * static_cast<double>(part * batch::size + i);
                all[part] = batch::load_unaligned(each.data());
            }
            return all;
        };
        const lanes k = numbers(-400.0, 40.0);
        const lanes x = numbers(-277.0, 30.0);
        const lanes got = summit::cpu::relative_terms<doubles, Arch, float>(k)(x);
        const lanes of_one = summit::cpu::relative_terms<doubles, Arch, float>(-400.0)(x);
        for (std::size_t part = 0; part != x.size(); ++part)
            for (std::size_t i = 0; i != batch::size; ++i) {
                using term = summit::math::relative_tabulated_exp<double, Arch>;
                const batch each(x[part].get(i));
                CAPTURE(Arch::name(), part, i);
                CHECK(got[part].get(i) == term(batch(k[part].get(i)))(each).get(0));
                CHECK(of_one[part].get(i) == term(batch(-400.0))(each).get(0));
            }
    });
}
