// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The Summit authors
#pragma once

#include "support/random_case.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <span>
#include <string>
#include <vector>

namespace accuracy {

/// Inputs of one kind: how to fill the terms of one sum. Values are drawn as doubles and rounded to the element type.
struct family {
    std::string name;
    std::function<void(support::random_source&, std::span<double>)> fill;
    /// What log Σ exp is shifted to before the terms are rounded, where that is asked for.
    bool shifted = false;
    double target = 0.0;
};

/// Where the terms of T lie in the lanes of a sum, and what one lane rounds.
template <class T>
struct chain {
    static constexpr bool wide = std::same_as<T, double>;
    static constexpr std::size_t stripe = wide ? 16 : 32; ///< elements that meet different partial sums
    static constexpr double half_unit = wide ? 0x1p-53 : 0x1p-24;
};

template <class Draw>
[[nodiscard]] auto each(Draw draw) {
    return [draw](support::random_source& random, std::span<double> x) {
        for (double& value : x) value = draw(random);
    };
}

/// Subtracts log Σ exp, so that what is left are the logarithms of probabilities.
inline void normalise(std::span<double> x, double target = 0.0) {
    const double max = *std::max_element(x.begin(), x.end());
    double sum = 0.0;
    for (double value : x) sum += std::exp(value - max);
    const double shift = target - (max + std::log(sum));
    for (double& value : x) value += shift;
}

template <class T>
[[nodiscard]] std::vector<family> families() {
    using support::random_source;
    using terms = std::span<double>;
    constexpr bool is_double = std::same_as<T, double>;
    double largest = 1e6;
    if constexpr (!std::integral<T>) {
        using format = support::binary_format<T>;
        largest = support::real::of(format::from(static_cast<typename format::bits>(format::infinity - 1))).to_double();
    }

    std::vector<family> all;
    const auto add = [&](std::string name, std::function<void(random_source&, terms)> fill) {
        all.push_back({std::move(name), std::move(fill)});
    };
    add("zeros", each([](random_source&) { return 0.0; }));
    add("uniform", each([](random_source& r) { return r.uniform(); }));
    for (double scale : {1e-6, 0.01, 1.0, 10.0, 100.0, 1000.0})
        add("normal of scale " + std::to_string(scale).substr(0, 8),
            each([=](random_source& r) { return scale * r.normal(); }));
    add("wide uniform", each([](random_source& r) { return r.between(-80.0, 80.0); }));
    for (double huge : {20.0, 90.0, 1000.0})
        add("one of " + std::to_string(static_cast<int>(huge)) + " among small ones", [=](random_source& r, terms x) {
            for (double& value : x) value = r.between(-5.0, 5.0);
            x[r.below(x.size())] = huge;
        });
    add("sorted upwards", [](random_source& r, terms x) {
        const double range = r.between(1.0, 60.0);
        for (double& value : x) value = r.between(-range, range);
        std::sort(x.begin(), x.end());
    });
    add("sorted downwards", [](random_source& r, terms x) {
        const double range = r.between(1.0, 60.0);
        for (double& value : x) value = r.between(-range, range);
        std::sort(x.begin(), x.end(), std::greater<>());
    });
    add("rising by blocks", [](random_source& r, terms x) {
        const double step = r.between(0.0, 0.01);
        for (std::size_t i = 0; i != x.size(); ++i) x[i] = step * static_cast<double>(i) + r.normal();
    });
    add("alternating", [](random_source& r, terms x) {
        const double size = r.between(0.0, 30.0);
        for (std::size_t i = 0; i != x.size(); ++i) x[i] = i % 2 == 0 ? size : -size;
    });
    add("geometric", [](random_source& r, terms x) {
        const double step = r.between(0.0, 2.0);
        for (std::size_t i = 0; i != x.size(); ++i) x[i] = -step * static_cast<double>(i);
    });
    add("offset 1e4", each([](random_source& r) { return 1e4 + r.normal(); }));
    add("offset -1e4", each([](random_source& r) { return -1e4 + r.normal(); }));
    for (double switches : {256.0, 2048.0})
        for (double sign : {1.0, -1.0})
            add("around " + std::to_string(static_cast<int>(sign * switches)), [=](random_source& r, terms x) {
                const double middle = sign * switches + r.between(-1.0, 1.0) * (r.one_in(2) ? 1.0 : 1e-3);
                const double scale = r.one_in(2) ? 1.0 : 1e-3;
                for (double& value : x) value = middle - scale * std::abs(r.normal());
            });
    add("largest and lowest", each([=](random_source& r) { return r.one_in(2) ? largest : -largest; }));
    add("all lowest", each([=](random_source&) { return -largest; }));
    add("any exponent", each([=](random_source& r) {
            return (r.one_in(2) ? 1.0 : -1.0) * std::exp2(r.between(-140.0, std::log2(largest)));
        }));
    add("subnormal", [](random_source& r, terms x) {
        using limits = std::numeric_limits<double>;
        const double unit = is_double ? limits::denorm_min() : 0x1p-149;
        const double scale = unit * std::exp2(r.between(0.0, is_double ? 52.0 : 23.0));
        for (double& value : x) value = scale * r.between(-1.0, 1.0);
    });
    add("all equal", [](random_source& r, terms x) {
        const double value = (r.one_in(2) ? 1.0 : -1.0) * std::exp2(r.between(-30.0, 12.0));
        std::fill(x.begin(), x.end(), value);
    });
    add("0 and equal ones below", [](random_source& r, terms x) {
        const double value = -std::exp2(r.between(-26.0, 6.5));
        std::fill(x.begin(), x.end(), value);
        x[r.below(x.size())] = 0.0;
    });
    add("roundings of one sign", [](random_source& r, terms x) {
        // In each lane a 1, then terms that round it the same way again and again.
        const double c[] = {0.501, 0.999, 1.001, 1.499, 2.501, 3.001, 5.001, 0.251};
        const double below =
            std::log(c[r.below(std::size(c))] * chain<T>::half_unit * std::exp2(static_cast<double>(r.below(4))));
        const double head = r.one_in(2) ? 0.0 : r.between(-5.0, 5.0);
        const bool late = r.one_in(3);
        for (std::size_t i = 0; i != x.size(); ++i) {
            const std::size_t row = i / chain<T>::stripe % 8;
            x[i] = head + (row == (late ? 7 : 0) ? 0.0 : below);
        }
    });
    add("equal in each lane, scale by lane", [](random_source& r, terms x) {
        std::vector<double> lane(chain<T>::stripe);
        for (double& value : lane) value = r.between(-0.7, 0.7);
        for (std::size_t i = 0; i != x.size(); ++i) x[i] = lane[i % lane.size()];
    });
    add("0 beside -40 to -20", [](random_source& r, terms x) {
        for (double& value : x) value = r.between(-40.0, -20.0);
        x[r.below(x.size())] = 0.0;
    });
    add("0 beside far below", [](random_source& r, terms x) {
        const double depth = is_double ? 740.0 : 100.0;
        for (double& value : x) value = -r.between(0.3, 1.0) * depth;
        x[r.below(x.size())] = 0.0;
    });
    add("tiny maximum beside far below", [](random_source& r, terms x) {
        for (double& value : x) value = r.between(-60.0, -10.0);
        x[r.below(x.size())] = (r.one_in(2) ? 1.0 : -1.0) * std::exp(r.between(-60.0, -10.0));
    });
    add("log of equal probabilities",
        [](random_source&, terms x) { std::fill(x.begin(), x.end(), -std::log(static_cast<double>(x.size()))); });
    add("log of peaked probabilities", [](random_source& r, terms x) {
        const double rest = std::exp2(r.between(-60.0, -0.1));
        std::fill(x.begin(), x.end(), std::log(rest / static_cast<double>(std::max<std::size_t>(x.size() - 1, 1))));
        x[r.below(x.size())] = std::log1p(-rest);
    });
    for (double scale : {0.1, 1.0, 5.0, 30.0})
        add("log softmax of scale " + std::to_string(scale).substr(0, 4), [=](random_source& r, terms x) {
            for (double& value : x) value = scale * r.normal();
            normalise(x);
        });
    for (double size : {0.0,  1e-8, 1.5e-8, 2e-8, 4e-8, 1e-6, 1e-4,  1e-3, 0.03, 0.5, 1.0,
                        1.99, 2.0,  2.01,   3.0,  3.99, 4.0,  4.001, 4.01, 5.0,  7.99})
        for (double sign : {1.0, -1.0}) {
            char name[64];
            std::snprintf(name, sizeof name, "lse shifted to %g", sign * size);
            all.push_back({name,
                           [](random_source& r, terms x) {
                               const std::size_t kind = r.below(5);
                               const double scale = std::exp2(r.between(-8.0, 5.0));
                               for (double& value : x)
                                   value = kind == 0   ? 0.0
                                           : kind == 1 ? r.uniform()
                                           : kind == 2 ? -scale * r.uniform()
                                                       : scale * r.normal();
                               if (kind == 4) x[r.below(x.size())] += 20.0;
                           },
                           true, sign * size});
            if (size == 0.0) break;
        }
    return all;
}

/// The terms of one sum, rounded to T.
template <class T>
void draw(const family& from, support::random_source& random, std::span<T> to) {
    std::vector<double> terms(to.size());
    from.fill(random, terms);
    if (from.shifted) normalise(terms, from.target);
    for (std::size_t i = 0; i != to.size(); ++i) to[i] = support::to_element<T>(terms[i]);
}

} // namespace accuracy
