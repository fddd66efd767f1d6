// SPDX-License-Identifier: MIT
#pragma once

#include "kinds.hpp"
#include "problem.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>
#include <span>
#include <type_traits>
#include <vector>

namespace bench {

/// Numbers in [0, 1): Vigna's splitmix64, in full, so that every standard library gives the same. 2^28 take a second.
class random_numbers {
public:
    double next() {
        std::uint64_t z = state_ += 0x9e3779b97f4a7c15U;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
        z ^= z >> 31;
        return static_cast<double>(z >> 11) * 0x1p-53;
    }
    double friendly() { return next() * 20 - 10; }
    double normal() { // Box and Muller's, one of the two
        const double radius = std::sqrt(-2 * std::log(1 - next()));
        return radius * std::cos(2 * std::numbers::pi * next());
    }

private:
    std::uint64_t state_ = 20260101;
};

/// Calls f(offset) for every combination of indices, the last loop's fastest.
template <class F>
void walk(std::span<const loop> loops, F&& f, std::ptrdiff_t offset = 0) {
    if (loops.empty()) return f(offset);
    const auto [extent, stride] = loops.front();
    if (loops.size() == 1)
        for (std::ptrdiff_t i = 0; i != extent; ++i) f(offset + i * stride);
    else
        for (std::ptrdiff_t i = 0; i != extent; ++i) walk(loops.subspan(1), f, offset + i * stride);
}

/// The loops over a problem's results and over the terms of each, of any number of dimensions.
struct nest {
    std::vector<loop> kept, reduced;
    std::ptrdiff_t results = 1, terms = 1;

    explicit nest(const problem& x) {
        for (std::size_t i = 0; i != x.shape.size(); ++i) {
            (x.reduces(i) ? reduced : kept).push_back({x.shape[i], x.strides[i]});
            (x.reduces(i) ? terms : results) *= x.shape[i];
        }
    }
    /// Calls f(pointer to the result's first element, the result's index).
    template <class T, class F>
    void each_result(T* elements, F f) const {
        walk(kept, [&, index = std::ptrdiff_t{0}](std::ptrdiff_t offset) mutable { f(elements + offset, index++); });
    }
    /// Calls f(element, index) for the terms of one result.
    template <class T, class F>
    void each_term(T* first, F f) const {
        walk(reduced, [&, index = std::ptrdiff_t{0}](std::ptrdiff_t offset) mutable { f(first[offset], index++); });
    }
};

/// What log-softmax makes of each result's terms. `Sum` has the digits to sum in; the logarithm is rounded to `Step`
/// before it is taken off.
template <class Sum, class Step, class T>
void normalise(const nest& n, T* elements) {
    using wide = std::conditional_t<sizeof(T) == 2, float, T>;
    n.each_result(elements, [&](T* first, std::ptrdiff_t) {
        auto max = -std::numeric_limits<wide>::infinity();
        n.each_term(first, [&](T x, std::ptrdiff_t) { max = std::max(max, static_cast<wide>(x)); });
        Sum sum = 0;
        n.each_term(first,
                    [&](T x, std::ptrdiff_t) { sum += std::exp(static_cast<Sum>(static_cast<wide>(x)) - Sum{max}); });
        const auto log = static_cast<Step>(std::log(sum));
        n.each_term(first, [&](T& x, std::ptrdiff_t) {
            const Step below = static_cast<Step>(static_cast<wide>(x)) - static_cast<Step>(max); // exact in most cases
            x = static_cast<T>(static_cast<wide>(below - log));
        });
    });
}

/// Where a kind sets one term of a result apart. Anywhere but in the first sixteen of many, where a sample may look.
[[nodiscard]] inline std::ptrdiff_t chosen_term(std::ptrdiff_t result, std::ptrdiff_t terms) {
    const auto scattered = static_cast<std::uint64_t>(result + 1) * 0x9e3779b97f4a7c15U >> 33;
    const std::ptrdiff_t skipped = terms > 64 ? 16 : 0;
    return skipped + static_cast<std::ptrdiff_t>(scattered % static_cast<std::uint64_t>(terms - skipped));
}

/// The friendly terms that causal attention leaves to a result; of few long results they are spread from none to all.
[[nodiscard]] inline std::ptrdiff_t causal_terms(std::ptrdiff_t result, const nest& n) {
    if (n.results >= n.terms) return 1 + result % n.terms;
    return 1 + (2 * result + 1) * n.terms / (2 * n.results);
}

/// False where a kind has nothing to change: every tenth result, where there are fewer.
[[nodiscard]] inline bool applies(kind k, const problem& x) {
    const std::ptrdiff_t results = nest(x).results;
    return k == kind::tenth ? results >= 10 : k == kind::nan ? results > 50 : true;
}

/// False where the elements are the same whatever the shape.
[[nodiscard]] constexpr bool depends_on_shape(kind k) { return k >= kind::tenth && k != kind::tiny; }

/// An element of the friendly kind. Imaginary parts stay within 1 of 0, so that complex sums do not cancel.
template <class T>
[[nodiscard]] T friendly_element(random_numbers& random) {
    if constexpr (requires(T x) { x.imag(); }) {
        const double real = random.friendly();
        return T(static_cast<typename T::value_type>(real),
                 static_cast<typename T::value_type>(random.friendly() / 10));
    } else {
        return static_cast<T>(random.friendly());
    }
}

/// The `x.span()` elements from `elements` on, as `k` says. `T` is the type that x.type names, of floating point.
template <class T>
void fill(kind k, const problem& x, T* elements) {
    constexpr bool narrow = sizeof(T) == 2;
    const bool is_float16 = x.type == element::float16;
    const nest n(x);
    random_numbers random;
    const std::span all(elements, static_cast<std::size_t>(x.span()));
    const auto of_each = [&](auto next) { std::ranges::generate(all, [&] { return static_cast<T>(next()); }); };
    const auto around = [&](double centre) { of_each([&, centre] { return random.friendly() + centre; }); };
    const T minus_infinity(-std::numeric_limits<float>::infinity());

    switch (k) {
    case kind::above_300:
        return around(300);
    case kind::below_300:
        return around(-300);
    case kind::above_1000:
        return around(1000);
    case kind::below_1000:
        return around(-1000);
    case kind::above_1e5:
        return around(is_float16 ? 3e4 : 1e5);
    case kind::below_1e5:
        return around(is_float16 ? -3e4 : -1e5);
    case kind::normal:
        return of_each([&] { return 30 * random.normal(); });
    case kind::half:
        return of_each([&] {
            const double value = random.friendly();
            return random.next() < 0.5 ? -std::numeric_limits<double>::infinity() : value;
        });
    case kind::tiny:
        return of_each([&] { return random.friendly() * (is_float16 ? 6e-8 : 1e-30); });
    default:
        around(0);
    }

    switch (k) {
    case kind::tenth:
        return n.each_result(elements, [&](T* first, std::ptrdiff_t result) {
            if (result % 10 == 9) n.each_term(first, [&](T& e, std::ptrdiff_t) { e = minus_infinity; });
        });
    case kind::nan:
        return n.each_result(elements, [&](T* first, std::ptrdiff_t result) {
            if (result % 100 != 50) return;
            const std::ptrdiff_t chosen = chosen_term(result, n.terms);
            n.each_term(first, [&](T& e, std::ptrdiff_t term) {
                if (term == chosen) e = static_cast<T>(std::numeric_limits<double>::quiet_NaN());
            });
        });
    case kind::causal:
        return n.each_result(elements, [&](T* first, std::ptrdiff_t result) {
            const std::ptrdiff_t seen = causal_terms(result, n);
            n.each_term(first, [&](T& e, std::ptrdiff_t term) {
                if (term >= seen) e = minus_infinity;
            });
        });
    case kind::hidden:
        return n.each_result(elements, [&](T* first, std::ptrdiff_t result) {
            const std::ptrdiff_t chosen = chosen_term(result, n.terms);
            n.each_term(first, [&](T& e, std::ptrdiff_t term) {
                if (term == chosen) e = static_cast<T>(as_double(e) + 5000);
            });
        });
    case kind::ascending:
        return n.each_result(elements, [&](T* first, std::ptrdiff_t) {
            const double step = 2000.0 / static_cast<double>(std::max<std::ptrdiff_t>(n.terms - 1, 1));
            n.each_term(
                first, [&](T& e, std::ptrdiff_t term) { e = static_cast<T>(static_cast<double>(term) * step - 1000); });
        });
    case kind::normalised:
        return normalise<double, std::conditional_t<narrow, float, T>>(n, elements);
    case kind::exact:
        return normalise<std::conditional_t<sizeof(T) == 8, long double, double>,
                         std::conditional_t<sizeof(T) == 8, long double, double>>(n, elements);
    default:
        return;
    }
}

} // namespace bench
