// SPDX-License-Identifier: MIT
#pragma once

#include <summit/cpu/load.hpp>
#include <summit/simd/xsimd.hpp>

#include <array>
#include <cstddef>

namespace bench {

/// The sum of n elements in a row, in eight vectors: nothing that reads the data once can be faster. 16-bit elements are
/// converted, as anything that computes with them must. With `step` 2 only the elements at even places count; the ones
/// between come along in the same cache lines, and are added where nobody looks.
template <int step, class T>
[[nodiscard]] inline auto plain_sum(const T* x, std::ptrdiff_t n) {
    using arch = xsimd::default_arch;
    using value = summit::compute_t<T>;
    using batch = xsimd::batch<value, arch>;
    constexpr auto lanes = static_cast<std::ptrdiff_t>(batch::size);
    batch s[8] = {batch(0), batch(0), batch(0), batch(0), batch(0), batch(0), batch(0), batch(0)};
    std::ptrdiff_t i = 0;
    for (; i + 8 * lanes <= n; i += 8 * lanes) {
        s[0] += summit::cpu::load<arch>(x + i);
        s[1] += summit::cpu::load<arch>(x + i + lanes);
        s[2] += summit::cpu::load<arch>(x + i + 2 * lanes);
        s[3] += summit::cpu::load<arch>(x + i + 3 * lanes);
        s[4] += summit::cpu::load<arch>(x + i + 4 * lanes);
        s[5] += summit::cpu::load<arch>(x + i + 5 * lanes);
        s[6] += summit::cpu::load<arch>(x + i + 6 * lanes);
        s[7] += summit::cpu::load<arch>(x + i + 7 * lanes);
    }
    for (; i + lanes <= n; i += lanes) s[0] += summit::cpu::load<arch>(x + i);
    value rest = 0;
    for (; i < n; i += step) rest += static_cast<value>(x[i]);
    const batch total = ((s[0] + s[1]) + (s[2] + s[3])) + ((s[4] + s[5]) + (s[6] + s[7]));
    if constexpr (step == 1) return rest + xsimd::reduce_add(total);
    std::array<value, batch::size> sums;
    total.store_unaligned(sums.data());
    for (std::size_t lane = 0; lane < sums.size(); lane += step) rest += sums[lane];
    return rest;
}

/// The same by several threads, where the data is large enough to pay for waking them.
template <int step, class T>
[[nodiscard]] inline auto threaded_sum(const T* x, std::ptrdiff_t n, int threads) {
#if defined(_OPENMP)
    constexpr std::ptrdiff_t worth_a_thread = 1 << 17; // some 20 microseconds, as long as waking one may take
    if (threads > 1 && n >= worth_a_thread * threads) {
        summit::compute_t<T> sum = 0;
        const std::ptrdiff_t share = (n / threads + 63) / 64 * 64;
#pragma omp parallel for num_threads(threads) schedule(static, 1) reduction(+ : sum)
        for (int t = 0; t < threads; ++t) {
            const std::ptrdiff_t first = t * share;
            sum += plain_sum<step>(x + first, (t + 1 == threads ? n : first + share) - first);
        }
        return sum;
    }
#endif
    static_cast<void>(threads);
    return plain_sum<step>(x, n);
}

} // namespace bench
