// SPDX-License-Identifier: MIT
// Nothing outside the elements is touched, and every element that is a term counts: each layout, with its elements and its
// results next to pages that nobody may touch.
#include <summit/logsumexp.hpp>

#include "support/random_case.hpp"

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <vector>

#if __has_include(<sys/mman.h>)
#include "support/guarded_pages.hpp"

namespace {

using support::layout;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

template <class T>
inline constexpr bool is_complex = false;
template <class T>
inline constexpr bool is_complex<std::complex<T>> = true;

template <class T>
T element(double x) {
    if constexpr (is_complex<T>)
        return {support::to_element<typename T::value_type>(x), 0};
    else if constexpr (std::is_integral_v<T>)
        return support::to_element<T>(x);
    else
        return std::isfinite(x) ? support::to_element<T>(x) : static_cast<T>(static_cast<float>(x));
}

template <class T>
double number(T x) {
    if constexpr (is_complex<T>)
        return static_cast<double>(x.real());
    else if constexpr (sizeof(T) == 2)
        return static_cast<double>(static_cast<float>(x));
    else
        return static_cast<double>(x);
}

constexpr std::size_t sparse = support::thinning == 1 ? 1 : 7;

/// What the elements are like.
enum class kind { near_zero, high, higher, low, lower, nothing, not_numbers, every_result_another, every_term_another };

constexpr kind every_kind[] = {kind::near_zero,
                               kind::high,
                               kind::higher,
                               kind::low,
                               kind::lower,
                               kind::nothing,
                               kind::not_numbers,
                               kind::every_result_another,
                               kind::every_term_another};

/// A term of a result of so many.
double term_of(kind k, std::ptrdiff_t result, std::ptrdiff_t term, std::ptrdiff_t terms) {
    const double noise = static_cast<double>((result * 29 + term * 53) % 97) / 97;
    switch (k) {
    case kind::near_zero:
        return noise * 0x1p-10 - std::log(static_cast<double>(terms));
    case kind::high:
        return 300.0 + noise;
    case kind::higher:
        return 5000.0 + noise;
    case kind::low:
        return -300.0 - noise;
    case kind::lower:
        return -5000.0 - noise;
    case kind::nothing:
        return -infinity;
    case kind::not_numbers:
        return term == result % terms ? not_a_number : noise;
    case kind::every_result_another:
        // So that results next to each other are summed in every way, and a few of many in each.
        return term_of(result % 11 < 5 ? kind::high : every_kind[static_cast<std::size_t>(result % 7)], result, term,
                       terms);
    case kind::every_term_another:
        return (term % 5 == 0 ? 5000.0 : term % 5 == 1 ? -5000.0 : term % 5 == 2 ? -infinity : -300.0) - noise;
    }
    return 0.0;
}

/// log Σ exp of the elements at some offsets, to a few units of the last place of double where they do not cancel.
template <class T>
double log_sum_exp_of(const T* from, const std::ptrdiff_t* offsets, std::size_t terms) {
    double max = -infinity;
    for (std::size_t i = 0; i != terms; ++i) {
        const double x = number(from[offsets[i]]);
        if (std::isnan(x)) return x;
        max = std::max(max, x);
    }
    if (std::isinf(max)) return max;
    double sum = 0.0;
    for (std::size_t i = 0; i != terms; ++i) {
        const double x = number(from[offsets[i]]) - max;
        if (x > -40.0) sum += std::exp(x);
    }
    return max + std::log(sum);
}

template <class R>
bool is_near(R got, double want) {
    if constexpr (is_complex<R>)
        if (!(std::isnan(want) || got.imag() == 0)) return false;
    const double y = number(got);
    if (!std::isfinite(want)) return std::isnan(want) ? std::isnan(y) : y == want;
    constexpr std::size_t bytes = is_complex<R> ? sizeof(R) / 2 : sizeof(R);
    constexpr double digits = bytes == 2 ? 0x1p-7 : bytes == 4 ? 0x1p-20 : 0x1p-40;
    return std::abs(y - want) <= digits * std::max(std::abs(want), 1.0);
}

/// Of any number of results and terms: few and many, around the lengths of vectors.
std::vector<layout> some_layouts() {
    struct size {
        std::ptrdiff_t results, terms;
    };
    std::vector<layout> all;
    for (const auto& [results, terms] :
         {size{1, 2}, {1, 3},   {1, 8},    {1, 31},    {1, 33},    {1, 65},   {1, 1000}, {1, 4097}, {2, 3},   {3, 5},
          {5, 71},    {15, 33}, {16, 40},  {17, 2},    {33, 3},    {50, 45},  {63, 71},  {65, 4},   {65, 72}, {79, 65},
          {130, 7},   {257, 9}, {1025, 2}, {1030, 11}, {1100, 31}, {259, 33}, {3, 1000}, {17, 300}})
        for (auto& way : support::every_layout(results, terms)) all.push_back(std::move(way));
    // A few rows along axis 0.
    for (std::ptrdiff_t rows = 2; rows <= 16; ++rows)
        for (auto& way : support::column_layouts(201, rows)) all.push_back(std::move(way));
    return all;
}

} // namespace

TEMPLATE_TEST_CASE("no layout has anything read or written past either end of memory", "[logsumexp][memory]", float,
                   double, summit::float16, summit::bfloat16, std::complex<float>, std::int8_t) {
    using T = TestType;
    using result = summit::result_t<T>;
    std::size_t number_of_layout = 0;
    for (const auto& way : some_layouts()) {
        // Unoptimised, or under a sanitiser: one in seven, other ones for each type.
        if (++number_of_layout % sparse != sizeof(T) % sparse) continue;
        const std::ptrdiff_t results = way.results(), terms = way.terms();
        std::vector<std::ptrdiff_t> offsets;
        for (std::ptrdiff_t r = 0; r != results; ++r)
            for (std::ptrdiff_t k = 0; k != terms; ++k) offsets.push_back(way.offset(r, k));
        const summit::index_list kept = summit::without(way.shape, way.selected);
        for (const bool at_end : {false, true}) {
            support::between_pages<T> x(way.shape, way.strides, at_end);
            // What is no element would show.
            std::fill(x.all().begin(), x.all().end(), element<T>(std::is_integral_v<T> ? 127.0 : not_a_number));
            support::between_pages<result> y(kept, summit::row_major_strides(kept), at_end);
            for (const kind k : every_kind) {
                if (std::is_integral_v<T> && k != kind::near_zero && k != kind::low) continue;
                T* const first = x.elements().data();
                for (std::size_t i = 0; i != offsets.size(); ++i)
                    first[offsets[i]] = element<T>(term_of(k, static_cast<std::ptrdiff_t>(i) / terms,
                                                           static_cast<std::ptrdiff_t>(i) % terms, terms));
                std::fill(y.all().begin(), y.all().end(), result(77.0F));
                summit::logsumexp_into(y.elements(), x.constant(), way.which());
                std::ptrdiff_t wrong = 0;
                while (wrong != results &&
                       is_near(y.all()[static_cast<std::size_t>(wrong)],
                               log_sum_exp_of(first, &offsets[static_cast<std::size_t>(wrong * terms)],
                                              static_cast<std::size_t>(terms))))
                    ++wrong;
                CAPTURE(way.text(), at_end, static_cast<int>(k), wrong);
                CHECK(wrong == results);
            }
        }
    }
}

#endif
