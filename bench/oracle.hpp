// SPDX-License-Identifier: MIT
#pragma once

#include "data.hpp"

#include <cmath>
#include <limits>

namespace bench {

/// The true log Σ exp(x) of some results of a problem.
struct oracle {
    std::vector<std::size_t> index; // which results, in row-major order
    std::vector<long double> value;
};

/// log Σ exp over `outer` and `inner` of what starts at `x`. The exponentials of 16-bit elements are taken in double, others
/// in long double, as is the sum of all, so it errs by far less than an ulp of the result: near 0 too, where what the
/// exponentials lose is what matters.
template <class T>
[[nodiscard]] long double true_logsumexp(const T* x, const loop& outer, const loop& inner) {
    using wide = std::conditional_t<sizeof(T) == 2, double, long double>;
    const auto element = [&](std::ptrdiff_t i, std::ptrdiff_t j) {
        return static_cast<wide>(as_double(x[i * outer.stride + j * inner.stride]));
    };
    wide max = element(0, 0);
    for (std::ptrdiff_t i = 0; i != outer.extent; ++i)
        for (std::ptrdiff_t j = 0; j != inner.extent; ++j) max = std::max(max, element(i, j));
    long double sum = 0;
    for (std::ptrdiff_t i = 0; i != outer.extent; ++i)
        for (std::ptrdiff_t j = 0; j != inner.extent; ++j) sum += std::exp(element(i, j) - max);
    return static_cast<long double>(max) + std::log(sum);
}

/// Results spread evenly over the problem, at least one, of about four million elements in all.
[[nodiscard]] inline oracle true_results(const problem& x) {
    const loops l(x);
    const std::ptrdiff_t affordable = (std::ptrdiff_t{1} << 22) / (l.outer.extent * l.inner.extent);
    const std::ptrdiff_t count = std::clamp(affordable, std::ptrdiff_t{1}, l.kept.extent);
    oracle truth;
    for (std::ptrdiff_t i = 0; i != count; ++i) {
        const std::ptrdiff_t k = i * l.kept.extent / count;
        truth.index.push_back(static_cast<std::size_t>(k));
        truth.value.push_back(
            with_elements(x, [&](const auto* e) { return true_logsumexp(e + k * l.kept.stride, l.outer, l.inner); }));
    }
    return truth;
}

/// How far `got` is from the truth, in spacings of the result's type there; of doubles at 1 where the truth is nearer 0, as
/// the promise is.
[[nodiscard]] inline double ulp_distance(double got, long double truth, element type) {
    constexpr int fraction_bits[] = {23, 52, 10, 7};
    constexpr int lowest_exponent[] = {-126, 0, -14, -126};
    const auto i = static_cast<std::size_t>(type);
    const int exponent = truth == 0 ? lowest_exponent[i] : std::max(std::ilogb(truth), lowest_exponent[i]);
    return static_cast<double>(std::abs(got - truth) / std::ldexp(1.0L, exponent - fraction_bits[i]));
}

/// The worst of a peer's results.
[[nodiscard]] inline double worst_ulp(const std::vector<double>& results, const oracle& truth, element type) {
    double worst = 0;
    for (std::size_t i = 0; i != truth.index.size(); ++i) {
        const double distance = ulp_distance(results[truth.index[i]], truth.value[i], type);
        if (!(distance <= worst)) worst = distance; // a NaN is the worst of all
    }
    return worst;
}

} // namespace bench
