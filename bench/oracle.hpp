// SPDX-License-Identifier: MIT
#pragma once

#include "data.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <type_traits>
#include <vector>

namespace bench {

/// The true log Σ exp(x) of some results of a problem; of complex ones the parts, one by one.
struct oracle {
    std::vector<std::size_t> index; // which results, in row-major order
    std::vector<long double> value;
    std::vector<long double> scale; // whose spacing is the ulp: the value, or the magnitude of both parts
};

/// log Σ exp over `outer` and `inner` of what starts at `x`. The exponentials of narrow elements are taken in double, others
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
    if (std::isinf(max)) return max;
    long double sum = 0;
    for (std::ptrdiff_t i = 0; i != outer.extent; ++i)
        for (std::ptrdiff_t j = 0; j != inner.extent; ++j) sum += std::exp(element(i, j) - max);
    return static_cast<long double>(max) + std::log(sum);
}

/// Relative to nothing: friendly elements fit.
template <class T>
[[nodiscard]] std::complex<long double> true_logsumexp(const std::complex<T>* x, const loop& outer, const loop& inner) {
    std::complex<long double> sum = 0;
    for (std::ptrdiff_t i = 0; i != outer.extent; ++i)
        for (std::ptrdiff_t j = 0; j != inner.extent; ++j)
            sum += std::exp(std::complex<long double>(x[i * outer.stride + j * inner.stride]));
    return std::log(sum);
}

/// Results spread evenly over the problem, at least one, of about two million elements in all.
[[nodiscard]] inline oracle true_results(const problem& x) {
    const loops l(x);
    const std::ptrdiff_t affordable = (std::ptrdiff_t{1} << 21) / (l.outer.extent * l.inner.extent);
    const std::ptrdiff_t count = std::clamp(affordable, std::ptrdiff_t{1}, l.kept.extent);
    oracle truth;
    const auto add = [&](std::ptrdiff_t index, long double value, long double scale) {
        truth.index.push_back(static_cast<std::size_t>(index));
        truth.value.push_back(value);
        truth.scale.push_back(scale);
    };
    for (std::ptrdiff_t i = 0; i != count; ++i) {
        const std::ptrdiff_t k = i * l.kept.extent / count;
        with_elements(x, [&](const auto* e) {
            const auto result = true_logsumexp(e + k * l.kept.stride, l.outer, l.inner);
            if constexpr (requires { result.imag(); }) {
                add(2 * k, result.real(), std::abs(result));
                add(2 * k + 1, result.imag(), std::abs(result));
            } else {
                add(k, result, result);
            }
        });
    }
    return truth;
}

/// The spacing of a problem's results at `scale`; of doubles at 1 where that is nearer 0, as the promise is. Integers have
/// floats for results.
[[nodiscard]] inline long double ulp_at(long double scale, element type) {
    constexpr int fraction_bits[] = {23, 52, 10, 7, 23, 23, 23, 52};
    constexpr int lowest_exponent[] = {-126, 0, -14, -126, -126, -126, -126, 0};
    const auto i = static_cast<std::size_t>(type);
    const int exponent = scale == 0 ? lowest_exponent[i] : std::max(std::ilogb(scale), lowest_exponent[i]);
    return std::ldexp(1.0L, exponent - fraction_bits[i]);
}

/// The worst of a peer's results. Those so near 0 that the oracle itself is unsure of hundredths of an ulp do not count:
/// a few in a million of floats that cancel.
[[nodiscard]] inline double worst_ulp(const std::vector<double>& results, const oracle& truth, element type) {
    const long double unsure = is_16_bit(type) ? 0x1p-50L : 0x1p-60L;
    double worst = 0;
    for (std::size_t i = 0; i != truth.index.size(); ++i) {
        const double got = results[truth.index[i]];
        if (got == truth.value[i]) continue; // infinities too
        const long double ulp = ulp_at(truth.scale[i], type);
        if (unsure > ulp / 100) continue;
        const auto distance = static_cast<double>(std::abs(got - truth.value[i]) / ulp);
        if (!(distance <= worst)) worst = distance; // a NaN is the worst of all
    }
    return worst;
}

} // namespace bench
