// SPDX-License-Identifier: MIT
#include <summit/cpu/few_terms.hpp>

#include "support/architectures.hpp"
#include "support/few.hpp"
#include "support/reference.hpp"
#include "support/ulp.hpp"

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

namespace {

template <class Element>
Element element(std::ptrdiff_t term, std::size_t result) {
    const auto place = static_cast<double>((term * 53 + static_cast<std::ptrdiff_t>(result) * 29) % 97 - 48);
    return static_cast<Element>(std::integral<Element> ? place / 4 : place * 0.071);
}

/// The terms of `width` results, stride and step apart; what lies between is NaN, or would drown every sum.
template <class Element>
struct layout {
    layout(std::size_t width, std::ptrdiff_t terms, std::ptrdiff_t stride, std::ptrdiff_t step) {
        const auto last = static_cast<std::ptrdiff_t>(width - 1) * stride + (terms - 1) * step;
        // Not one element behind the last.
        memory.assign(static_cast<std::size_t>(last) + 1, [] {
            if constexpr (std::integral<Element>)
                return Element(127);
            else
                return static_cast<Element>(std::numeric_limits<float>::quiet_NaN());
        }());
        for (std::ptrdiff_t i = 0; i != terms; ++i) {
            offsets.push_back(i * step);
            for (std::size_t r = 0; r != width; ++r)
                memory[static_cast<std::size_t>(static_cast<std::ptrdiff_t>(r) * stride + i * step)] =
                    element<Element>(i, r);
        }
    }
    std::vector<Element> memory;
    std::vector<std::ptrdiff_t> offsets;
};

/// Each result by itself, in all lanes.
template <class Arch, class Element>
auto expected(std::size_t width, std::ptrdiff_t terms) {
    using compute = summit::compute_t<Element>;
    std::vector<support::bits_of<compute>> logs;
    for (std::size_t r = 0; r != width; ++r) {
        std::vector<compute> row;
        for (std::ptrdiff_t i = 0; i != terms; ++i) row.push_back(static_cast<compute>(element<Element>(i, r)));
        const auto alone = support::few_logs_of<support::sum_of_few<compute, Arch>, compute, Arch>(row);
        logs.push_back(support::to_bits(alone.log[0]));
    }
    return logs;
}

/// What a reference helps with or not, by the number of the result: far from 0; with a maximum that the first terms do not tell of,
/// first or last; of −inf, in part or all; NaN and +inf.
template <class T>
T far_element(std::ptrdiff_t term, std::size_t result, std::ptrdiff_t terms) {
    constexpr T infinity = std::numeric_limits<T>::infinity();
    const T x = element<T>(term, result);
    const bool is_first = term == 0, is_last = term == terms - 1;
    switch (result % 11) {
    case 0:
        return x;
    case 1:
        return x + T(2000);
    case 2:
        return x - T(2000);
    case 3:
        return is_last ? x + T(5000) : x;
    case 4:
        return is_first ? x + T(5000) : x;
    case 5:
        return is_last ? x : x - T(5000);
    case 6:
        return is_last ? x : -infinity;
    case 7:
        return -infinity;
    case 8:
        return term == terms / 2 ? std::numeric_limits<T>::quiet_NaN() : x - T(400);
    case 9:
        return is_first ? infinity : x;
    default:
        return is_first ? -infinity : x + T(600);
    }
}

/// The largest term that wants no reference.
template <class T, class Arch>
constexpr T few_near_zero = support::sum_of_few<T, Arch>::reference.near_zero;

} // namespace

TEMPLATE_TEST_CASE("few terms have the log of their sum, however they lie", "[few_terms]", float, double, std::int8_t,
                   std::int64_t, summit::float16, summit::bfloat16) {
    support::for_each_architecture<support::fused_architectures>([]<class Arch>(Arch) {
        using few = summit::cpu::few_terms<Arch, TestType, support::sum_of_few<summit::compute_t<TestType>, Arch>>;
        for (const std::ptrdiff_t terms : {2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15, 16, 17, 19, 31, 45, 71}) {
            for (const std::size_t width : {std::size_t(16), std::size_t(19), std::size_t(63), std::size_t(150)}) {
                const auto logs = expected<Arch, TestType>(width, terms);
                const auto check = [&](std::ptrdiff_t stride, std::ptrdiff_t step) {
                    const layout<TestType> x(width, terms, stride, step);
                    // One more than asked for, to see that it is left alone.
                    std::vector<summit::compute_t<TestType>> got(width + 1, -1);
                    summit::cpu::fit fits;
                    CHECK(few(stride, x.offsets.data(), terms).take_logs(x.memory.data(), width, got.data(), fits));
                    CHECK(fits.is_good());
                    CAPTURE(Arch::name(), terms, width, stride, step);
                    CHECK(got.back() == -1);
                    for (std::size_t r = 0; r != width; ++r) {
                        CAPTURE(r);
                        REQUIRE(support::to_bits(got[r]) == logs[r]);
                    }
                };
                check(terms, 1);
                check(terms + 1, 1);
                check(terms + 20, 1);
                check(1, static_cast<std::ptrdiff_t>(width) + 3);
                check(2 * terms, 2);
                check(2, 2 * static_cast<std::ptrdiff_t>(width));
                check(3, 3 * static_cast<std::ptrdiff_t>(width));
            }
        }
    });
}

TEMPLATE_TEST_CASE(
    "few terms far from 0 have the log of their sum, or say that it is unknown, whatever their neighbours are",
    "[few_terms]", float, double) {
    using T = TestType;
    support::for_each_architecture<support::fused_architectures>([]<class Arch>(Arch) {
        using sum = support::sum_of_few<T, Arch, true>;
        using few = summit::cpu::few_terms<Arch, T, sum>;
        for (const std::ptrdiff_t terms : {2, 3, 4, 5, 7, 8, 9, 11, 12, 17, 31}) {
            const std::size_t width = 77;
            const auto check = [&](std::ptrdiff_t stride, std::ptrdiff_t step) {
                layout<T> x(width, terms, stride, step);
                std::vector<std::vector<T>> rows(width);
                for (std::size_t r = 0; r != width; ++r)
                    for (std::ptrdiff_t i = 0; i != terms; ++i) {
                        rows[r].push_back(far_element<T>(i, r, terms));
                        x.memory[static_cast<std::size_t>(static_cast<std::ptrdiff_t>(r) * stride + i * step)] =
                            rows[r].back();
                    }
                std::vector<T> got(width + 1, T(-1));
                summit::cpu::fit fits;
                CHECK(few(stride, x.offsets.data(), terms).take_logs(x.memory.data(), width, got.data(), fits));
                CHECK_FALSE(fits.is_good());
                CHECK(got.back() == T(-1));
                for (std::size_t r = 0; r != width; ++r) {
                    CAPTURE(Arch::name(), terms, stride, step, r, got[r]);
                    const auto wanted = support::log_sum_exp_of(rows[r]);
                    const bool is_unknown = support::to_bits(got[r]) == support::to_bits(sum::unknown);
                    // Beside an infinity above and NaN it need not be known; no number may stand there.
                    if (r % 11 == 8 || r % 11 == 9)
                        REQUIRE((is_unknown || wanted.error(got[r]) == 0.0));
                    else if (wanted.is_special || std::abs(wanted.value) > 100.0L)
                        REQUIRE(wanted.accepts(got[r]));
                    else
                        REQUIRE(!is_unknown);
                    // Alone, in all lanes.
                    std::vector<T> copies;
                    std::vector<std::ptrdiff_t> offsets;
                    for (std::ptrdiff_t i = 0; i != terms; ++i) {
                        offsets.push_back(static_cast<std::ptrdiff_t>(copies.size()));
                        copies.insert(copies.end(), few::group, rows[r][static_cast<std::size_t>(i)]);
                    }
                    std::vector<T> alone(few::group);
                    CHECK(few(1, offsets.data(), terms).take_logs(copies.data(), few::group, alone.data(), fits));
                    REQUIRE((support::to_bits(alone[0]) == support::to_bits(got[r]) ||
                             (support::is_nan(alone[0]) && support::is_nan(got[r]))));
                }
            };
            check(terms, 1);
            check(terms + 1, 1);
            check(1, static_cast<std::ptrdiff_t>(width) + 3);
            check(2 * terms, 2);
        }
    });
}

TEMPLATE_TEST_CASE("where results want a reference that have none, the logs of few terms are of no use", "[few_terms]",
                   float, double) {
    using T = TestType;
    support::for_each_architecture<support::fused_architectures>([]<class Arch>(Arch) {
        using few = summit::cpu::few_terms<Arch, T, support::sum_of_few<T, Arch>>;
        for (const std::ptrdiff_t terms : {2, 5, 9}) {
            for (std::size_t place = 0; place != 77; ++place) {
                layout<T> x(77, terms, terms, 1);
                std::vector<T> logs(77);
                CAPTURE(Arch::name(), terms, place);
                const auto take = [&](T first) {
                    x.memory[place * static_cast<std::size_t>(terms)] = first;
                    summit::cpu::fit fits;
                    return few(terms, x.offsets.data(), terms).take_logs(x.memory.data(), 77, logs.data(), fits);
                };
                CHECK_FALSE(take(T(1000)));
                CHECK(take(T(1)));
                CHECK(take(few_near_zero<T, Arch>));
            }
        }
    });
}

TEMPLATE_TEST_CASE("a few results that want a reference are summed relative to one, and the others as they stand",
                   "[few_terms][bits]", float, double) {
    using T = TestType;
    support::for_each_architecture<support::fused_architectures>([]<class Arch>(Arch) {
        using plain = support::sum_of_few<T, Arch>;
        using relative = support::sum_of_few<T, Arch, true>;
        constexpr std::size_t width = 1000;
        for (const std::ptrdiff_t terms : {2, 3, 5, 9, 31}) {
            for (const std::ptrdiff_t rarity : {1, 3, 333}) {
                const auto check = [&](std::ptrdiff_t stride, std::ptrdiff_t step) {
                    layout<T> x(width, terms, stride, step);
                    for (std::size_t r = 0; r < width; r += static_cast<std::size_t>(rarity))
                        for (std::ptrdiff_t i = 0; i != terms; ++i)
                            x.memory[static_cast<std::size_t>(static_cast<std::ptrdiff_t>(r) * stride + i * step)] =
                                far_element<T>(i, r, terms);
                    std::vector<T> want(width), got(width + 1, T(-1));
                    summit::cpu::fit of_relative, of_both;
                    CHECK(summit::cpu::few_terms<Arch, T, relative>(stride, x.offsets.data(), terms)
                              .take_logs(x.memory.data(), width, want.data(), of_relative));
                    CHECK(summit::cpu::few_terms<Arch, T, plain, relative>(stride, x.offsets.data(), terms)
                              .take_logs(x.memory.data(), width, got.data(), of_both));
                    CAPTURE(Arch::name(), terms, rarity, stride, step);
                    // What begins either way had better go on alike.
                    CHECK(of_both.is_good() == (rarity == 333));
                    CHECK(of_relative.is_good() == (rarity == 333));
                    CHECK(got.back() == T(-1));
                    for (std::size_t r = 0; r != width; ++r) {
                        CAPTURE(r, got[r], want[r]);
                        REQUIRE(support::to_bits(got[r]) == support::to_bits(want[r]));
                    }
                };
                check(terms, 1);
                check(terms + 1, 1);
                check(1, static_cast<std::ptrdiff_t>(width) + 3);
                check(2 * terms, 2);
            }
        }
    });
}

// A second sum is relative to the maximum, which may round otherwise.
TEMPLATE_TEST_CASE("a result that a guess was good enough for stays as it is beside one that needs its maximum",
                   "[few_terms][bits]", float, double) {
    using T = TestType;
    support::for_each_architecture<support::fused_architectures>([]<class Arch>(Arch) {
        using few = summit::cpu::few_terms<Arch, T, support::sum_of_few<T, Arch, true>>;
        constexpr std::size_t width = 20000;
        constexpr std::ptrdiff_t terms = 6;
        const T below = T(-1.3) * few_near_zero<T, Arch>;
        std::mt19937_64 random(8);
        std::vector<T> memory;
        for (std::size_t r = 0; r != width; ++r)
            for (std::ptrdiff_t i = 0; i != terms; ++i) {
                const auto unit = static_cast<T>(static_cast<double>(random() >> 40) * 0x1p-24);
                // What the guess is from lies far below the others, these near 0.
                memory.push_back(i < 4 ? below - unit : T(4) * unit + T(1));
            }
        std::vector<std::ptrdiff_t> offsets;
        for (std::ptrdiff_t i = 0; i != terms; ++i) offsets.push_back(i);
        std::vector<T> alone(width), beside(width);
        const few of_rows(terms, offsets.data(), terms);
        summit::cpu::fit fits;
        CHECK(of_rows.take_logs(memory.data(), width, alone.data(), fits));
        CHECK_FALSE(fits.is_good());
        for (std::size_t r = 0; r < width; r += 2) memory[r * static_cast<std::size_t>(terms) + 5] = T(5000);
        CHECK(of_rows.take_logs(memory.data(), width, beside.data(), fits));
        for (std::size_t r = 0; r != width; ++r) {
            CAPTURE(Arch::name(), r);
            if (r % 2 == 0)
                REQUIRE(beside[r] == T(5000));
            else
                REQUIRE(support::to_bits(beside[r]) == support::to_bits(alone[r]));
        }
    });
}
