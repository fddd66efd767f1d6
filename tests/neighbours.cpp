// SPDX-License-Identifier: MIT
// A result's bits depend on its own terms alone: not on what its neighbours hold, how many of them there are, how many threads
// share the work, or at which addresses elements and results lie.
#include <summit/logsumexp.hpp>

#include "support/random_case.hpp"

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#ifdef _OPENMP
#include <omp.h>
#endif

namespace {

using support::layout;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

// Unoptimised, or under a sanitiser: fewer lengths and heights.
constexpr std::ptrdiff_t sparse = support::thinning == 1 ? 1 : 9;

template <class T>
T element(double x) {
    return std::isfinite(x) ? support::to_element<T>(x) : static_cast<T>(static_cast<float>(x));
}

template <class T>
using bits_of = typename support::binary_format<T>::bits;

/// Where sums of exp(x) themselves are in range of the type they are computed in, where they cease to be, and far beyond.
template <class T>
std::vector<double> heights() {
    std::vector<double> all{0, 300, -300, 1000, -1000, 5000, -5000};
    const auto add = [&](double first, double last, double step) {
        for (double h = first; h <= last; h += step * (sparse == 1 ? 1 : 4)) all.push_back(h);
    };
    if (sizeof(summit::compute_t<T>) == sizeof(float)) {
        add(-130, -20, 10);
        add(60, 100, 5);
        add(-400, -150, 250);
        add(640, 720, 80);
    } else {
        add(-400, -150, 25);
        add(640, 720, 10);
    }
    return all;
}

/// The elements of a layout, named by result and term. The lowest lies `lead` elements behind an address from the heap.
template <class T>
class elements {
public:
    explicit elements(const layout& way, std::size_t lead = 0)
        : way_(way), results_(way.results()), terms_(way.terms()) {
        const auto within = support::reach_of(way.shape, way.strides);
        memory_.assign(within.size() + lead, element<T>(not_a_number));
        first_ = memory_.data() + lead - within.lowest;
        for (std::ptrdiff_t r = 0; r != results_; ++r)
            for (std::ptrdiff_t k = 0; k != terms_; ++k) offsets_.push_back(way.offset(r, k));
    }
    elements(const elements&) = delete;
    elements& operator=(const elements&) = delete;

    [[nodiscard]] std::ptrdiff_t results() const { return results_; }
    [[nodiscard]] std::ptrdiff_t terms() const { return terms_; }
    [[nodiscard]] T& at(std::ptrdiff_t result, std::ptrdiff_t term) {
        return first_[offsets_[static_cast<std::size_t>(result * terms_ + term)]];
    }
    [[nodiscard]] summit::view<const T> view() const { return {first_, way_.shape, way_.strides}; }

    /// What the elements of another layout are that has as many results of as many terms.
    void copy(elements& other) {
        for (std::ptrdiff_t r = 0; r != results_; ++r)
            for (std::ptrdiff_t k = 0; k != terms_; ++k) at(r, k) = other.at(r, k);
    }

    /// Every result, written side by side.
    [[nodiscard]] std::vector<bits_of<T>> reduced() const {
        std::vector<T> y(static_cast<std::size_t>(results_));
        summit::logsumexp_into(summit::view<T>(y.data(), kept()), view(), way_.which());
        return bits(y, 0, 1);
    }

    /// The same, written `stride` apart, behind an element that is left as it is.
    [[nodiscard]] std::vector<bits_of<T>> reduced_apart(std::ptrdiff_t stride) const {
        summit::index_list strides = summit::row_major_strides(kept());
        for (std::size_t i = 0; i != strides.size(); ++i) strides[i] *= stride;
        const T untouched = element<T>(77.0);
        std::vector<T> y(static_cast<std::size_t>(results_ * stride) + 1, untouched);
        summit::logsumexp_into(summit::view<T>(y.data() + 1, kept(), strides), view(), way_.which());
        std::size_t changed = 0;
        for (std::size_t i = 0; i != y.size(); ++i)
            changed +=
                static_cast<std::size_t>(std::bit_cast<bits_of<T>>(y[i]) != std::bit_cast<bits_of<T>>(untouched));
        CHECK(changed <= static_cast<std::size_t>(results_));
        return bits(y, 1, stride);
    }

    /// Every result, a call for each `group` of them: the only kept axis in slices, of which the last takes what is left.
    [[nodiscard]] std::vector<bits_of<T>> reduced_in_groups(std::ptrdiff_t group) const {
        std::ptrdiff_t axis = 0;
        while ((way_.selected >> axis & 1U) != 0) ++axis;
        std::vector<T> y(static_cast<std::size_t>(results_));
        for (std::ptrdiff_t first = 0; first < results_;) {
            const std::ptrdiff_t last = results_ - first < 2 * group ? results_ : first + group;
            summit::logsumexp_into(summit::view<T>(y.data() + first, {last - first}), view().slice(axis, first, last),
                                   way_.which());
            first = last;
        }
        return bits(y, 0, 1);
    }

    [[nodiscard]] bool has_one_kept_axis() const { return kept().size() == 1; }

private:
    [[nodiscard]] summit::index_list kept() const { return summit::without(way_.shape, way_.selected); }
    [[nodiscard]] std::vector<bits_of<T>> bits(const std::vector<T>& y, std::ptrdiff_t first,
                                               std::ptrdiff_t stride) const {
        std::vector<bits_of<T>> all;
        for (std::ptrdiff_t i = 0; i != results_; ++i)
            all.push_back(std::bit_cast<bits_of<T>>(y[static_cast<std::size_t>(first + i * stride)]));
        return all;
    }

    layout way_;
    std::ptrdiff_t results_;
    std::ptrdiff_t terms_;
    std::vector<T> memory_;
    T* first_ = nullptr;
    std::vector<std::ptrdiff_t> offsets_;
};

/// Terms whose result is about `height`.
template <class T>
void fill(support::random_source& random, elements<T>& x, std::ptrdiff_t result, double height) {
    const double middle = height - std::log(static_cast<double>(x.terms()));
    for (std::ptrdiff_t k = 0; k != x.terms(); ++k) x.at(result, k) = element<T>(middle + 2.0 * random.uniform() - 1.0);
}

/// Terms of the kind that may need another way to sum, or a second one: they must not take their neighbours along.
template <class T>
void fill_otherwise(support::random_source& random, elements<T>& x, std::ptrdiff_t result) {
    constexpr double other_heights[] = {3, 5000, -5000, 0, 1e-6, 89, -90, 720, -740, 300, 1e30};
    const std::size_t kind = random.below(16);
    fill(random, x, result, other_heights[kind % 11]);
    const auto place = static_cast<std::ptrdiff_t>(random.below(static_cast<std::size_t>(x.terms())));
    if (kind == 11) x.at(result, place) = element<T>(not_a_number);
    if (kind == 12) x.at(result, place) = element<T>(infinity);
    if (kind == 13) x.at(result, place) = element<T>(6000);
    if (kind >= 14)
        for (std::ptrdiff_t k = 0; k != x.terms(); ++k)
            if (kind == 14 || k != place) x.at(result, k) = element<T>(-infinity);
}

/// The first result of which the bits differ; -1 if none.
template <class Bits>
std::ptrdiff_t first_difference(const std::vector<Bits>& a, const std::vector<Bits>& b, std::ptrdiff_t first = 0,
                                std::ptrdiff_t step = 1) {
    for (auto i = static_cast<std::size_t>(first); i < a.size(); i += static_cast<std::size_t>(step))
        if (a[i] != b[i]) return static_cast<std::ptrdiff_t>(i);
    return -1;
}

/// Every result of `way` at each height among others of it; then among any others, elsewhere in memory.
template <class T>
void check_neighbours(const layout& way, std::size_t seed) {
    support::random_source random(seed);
    elements<T> x(way), moved(way, 1 + seed % 15);
    for (const double height : heights<T>()) {
        for (std::ptrdiff_t r = 0; r != x.results(); ++r) fill(random, x, r, height);
        const auto alike = x.reduced();
        CAPTURE(way.text(), height);
        if (x.has_one_kept_axis() && x.results() >= 34) CHECK(first_difference(alike, x.reduced_in_groups(17)) == -1);
        for (const std::ptrdiff_t parity : {0, 1}) {
            moved.copy(x);
            for (std::ptrdiff_t r = 1 - parity; r < x.results(); r += 2) fill_otherwise(random, moved, r);
            CHECK(first_difference(alike, moved.reduced_apart(parity + 1), parity, 2) == -1);
        }
    }
}

/// The number of threads and the limit of it, put back at the end.
class threads_at_most {
public:
    explicit threads_at_most(int n) {
#ifdef _OPENMP
        omp_set_num_threads(std::max(n, 1));
#endif
        summit::max_threads(n);
    }
    ~threads_at_most() {
#ifdef _OPENMP
        omp_set_num_threads(given_);
#endif
        summit::max_threads(limit_);
    }
    threads_at_most(const threads_at_most&) = delete;
    threads_at_most& operator=(const threads_at_most&) = delete;

private:
#ifdef _OPENMP
    int given_ = omp_get_max_threads();
#endif
    int limit_ = summit::max_threads();
};

/// Terms of which each third, and so any part of them, may hold another kind.
template <class T>
void fill_in_thirds(support::random_source& random, elements<T>& x, std::ptrdiff_t result, std::size_t kind) {
    constexpr double none = -infinity;
    constexpr double thirds[][3] = {{0, 0, 0},          {30, 30, 30},        {5000, -5000, 0},   {-5000, 5000, -300},
                                    {0, 300, -300},     {-300, -300, -300},  {300, 300, 300},    {none, 300, none},
                                    {none, none, none}, {none, -5000, none}, {5000, none, 4999}, {-5000, -5000, -5000},
                                    {0, -1000, none},   {0, 0, 300},         {-300, 0, 0}};
    constexpr std::size_t count = std::size(thirds);
    const auto& heights_of = thirds[kind % count];
    const double down = kind % 3 == 0 ? std::log(static_cast<double>(x.terms())) : 0.0;
    for (std::ptrdiff_t k = 0; k != x.terms(); ++k)
        x.at(result, k) = element<T>(heights_of[k * 3 / x.terms()] - down + 2.0 * random.uniform() - 1.0);
    if (kind % 17 == 15) x.at(result, x.terms() * 9 / 10) = element<T>(not_a_number);
    if (kind % 17 == 16) x.at(result, x.terms() / 2) = element<T>(infinity);
}

/// Of the kinds that fill_in_thirds knows: one that needs nothing but a sum.
constexpr std::size_t in_range = 1;

/// log Σ exp(x), right to some units of the last place of double.
template <class T>
double log_sum_exp_of(elements<T>& x, std::ptrdiff_t result) {
    const auto number = [&](std::ptrdiff_t k) {
        return static_cast<double>(static_cast<summit::compute_t<T>>(x.at(result, k)));
    };
    double max = -infinity;
    for (std::ptrdiff_t k = 0; k != x.terms(); ++k) {
        if (std::isnan(number(k))) return not_a_number;
        max = std::max(max, number(k));
    }
    if (std::isinf(max)) return max;
    double sum = 0.0;
    for (std::ptrdiff_t begin = 0; begin < x.terms(); begin += 256) {
        double block = 0.0;
        for (std::ptrdiff_t k = begin; k != std::min(begin + 256, x.terms()); ++k)
            if (number(k) - max > -60.0) block += std::exp(number(k) - max);
        sum += block;
    }
    return max + std::log(sum);
}

template <class T>
bool is_right(T got, double want) {
    const auto y = static_cast<double>(static_cast<summit::compute_t<T>>(got));
    if (!std::isfinite(want)) return std::isnan(want) ? std::isnan(y) : y == want;
    // An ulp and a bit, but for what the double above has lost near 0.
    constexpr double ulp = std::max(2.02 * summit::element_traits<T>::epsilon, 0x1p-47);
    return std::abs(y - want) <= ulp * std::abs(want) + 0x1p-47;
}

/// Few results of many terms, which threads share part by part, and many results, which they share tile by tile.
std::vector<layout> large_layouts() {
    std::vector<layout> all;
    const auto add = [&](std::vector<layout> some, std::initializer_list<std::size_t> which) {
        for (const std::size_t i : which) all.push_back(some[i]);
    };
    add(support::row_layouts(1, 150001), {0, 2, 4});
    add(support::row_layouts(3, 66001), {0, 1, 2, 3, 4});
    add(support::row_layouts(7, 30011), {0, 5});
    add(support::column_layouts(17, 9001), {0, 1, 2, 3, 5});
    add(support::column_layouts(255, 521), {1, 3, 4});
    add(support::row_layouts(250, 301), {0, 2, 4});
    add(support::column_layouts(1501, 53), {1, 3, 4});
    add(support::short_layouts(9001, 8), {0, 1, 2});
    add(support::row_layouts(2100, 33), {0, 3});
    return all;
}

} // namespace

TEMPLATE_TEST_CASE("no result depends on what its neighbours hold, or on how many they are", "[logsumexp][bits]", float,
                   double, summit::float16, summit::bfloat16) {
    const auto check = [](std::ptrdiff_t results, std::ptrdiff_t terms, bool all) {
        const auto ways = support::every_layout(results, terms);
        // Rows and columns, and one of the others: of those without repeats.
        std::vector<std::size_t> which{0, 7, 1 + static_cast<std::size_t>(terms) % 14};
        if (all) which = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14};
        for (const std::size_t i : which) check_neighbours<TestType>(ways[i], static_cast<std::size_t>(terms) + i);
    };
    for (std::ptrdiff_t terms = 1; terms <= 72; terms += sparse) check(101, terms, false);
    for (const std::ptrdiff_t terms : {8, 16, 32, 100}) check(150 / sparse, terms, true);
    check(49, 300, false);
    check(35, 1000, false);
}

TEMPLATE_TEST_CASE("rows of a hundred terms and more have the same bits alone and among others", "[logsumexp][bits]",
                   float, double, summit::float16, summit::bfloat16) {
    for (const std::ptrdiff_t terms : {100, 128, 301, 1000}) {
        const auto ways = support::row_layouts(terms < 1000 ? 200 : 50, terms);
        for (const std::size_t i : {std::size_t(0), std::size_t(2)}) {
            support::random_source random(static_cast<std::uint64_t>(terms));
            elements<TestType> x(ways[i]);
            for (const double height : heights<TestType>()) {
                for (std::ptrdiff_t r = 0; r != x.results(); ++r) fill(random, x, r, height);
                CAPTURE(ways[i].text(), height);
                CHECK(first_difference(x.reduced(), x.reduced_in_groups(1)) == -1);
            }
        }
    }
}

TEMPLATE_TEST_CASE("whatever lies in which part of many terms, the result is right and depends on no neighbour and no "
                   "number of threads",
                   "[logsumexp][bits]", float, double, summit::bfloat16) {
    using T = TestType;
    std::size_t number_of_layout = 0;
    for (const auto& way : large_layouts()) {
        if (++number_of_layout % static_cast<std::size_t>(sparse) != 0) continue;
        elements<T> x(way);
        support::random_source random(number_of_layout);
        CAPTURE(way.text());
        // First no result needs anything but a sum, then every one is of a kind of its own; the only result is of each kind.
        for (std::size_t shift = 0; shift != (x.results() < 3 ? 17 : 3); ++shift) {
            std::vector<double> wanted;
            for (std::ptrdiff_t r = 0; r != x.results(); ++r) {
                fill_in_thirds(random, x, r, shift == 0 ? in_range : static_cast<std::size_t>(r) * 5 + shift);
                wanted.push_back(log_sum_exp_of(x, r));
            }
            CAPTURE(shift);
            const auto one_thread = [&] {
                const threads_at_most one(1);
                return x.reduced();
            }();
            for (std::size_t r = 0; r != wanted.size(); ++r) {
                const auto got = std::bit_cast<T>(one_thread[r]);
                if (is_right(got, wanted[r])) continue;
                CAPTURE(r, wanted[r], static_cast<double>(static_cast<summit::compute_t<T>>(got)));
                FAIL_CHECK("a wrong result");
                break;
            }
            {
                const threads_at_most three(3);
                CHECK(first_difference(one_thread, x.reduced()) == -1);
            }
            const threads_at_most one(1);
            for (std::ptrdiff_t r = 1; r < x.results(); r += 2) fill_in_thirds(random, x, r, random.below(17));
            CHECK(first_difference(one_thread, x.reduced(), 0, 2) == -1);
        }
    }
}
