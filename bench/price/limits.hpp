// SPDX-License-Identifier: MIT
// What no kernel can beat on this machine in this run: reading the data, and computing the exponentials of data in L1.
#pragma once

#include "timing.hpp"

#include <xsimd/xsimd.hpp>

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <vector>

namespace bench {

/// A plain vectorised sum of `bytes` of memory, as integers: whatever they hold, and as fast as floats are added.
[[nodiscard, gnu::noinline]] inline std::uint64_t sum_of_memory(const void* memory, std::size_t bytes) {
    using batch = xsimd::batch<std::uint64_t>;
    constexpr std::size_t streams = 8;
    const auto* words = static_cast<const unsigned char*>(memory);
    std::array<batch, streams> sums;
    sums.fill(batch(0));
    std::size_t i = 0;
    const auto load = [&](std::size_t at) {
        return xsimd::bitwise_cast<std::uint64_t>(xsimd::batch<std::uint8_t>::load_unaligned(words + at));
    };
    for (; i + streams * sizeof(batch) <= bytes; i += streams * sizeof(batch))
        for (std::size_t k = 0; k != streams; ++k) sums[k] += load(i + k * sizeof(batch));
    for (; i + sizeof(batch) <= bytes; i += sizeof(batch)) sums[0] += load(i);
    batch total(0);
    for (const batch& sum : sums) total += sum;
    std::uint64_t rest = xsimd::reduce_add(total);
    for (; i != bytes; ++i) rest += words[i];
    return rest;
}

/// The least arithmetic that an exponential accurate to 2^-22 has been seen to take: sums of exp(x) of floats between -60 and
/// 60, relative to nothing.
///
/// x log2(e) is rounded to eighths by adding a number of which they are the last bits. Those choose one of eight powers of 2
/// from one register, and what is above them goes into its exponent, both with one addition; a polynomial of the argument's
/// rest, 3 terms for |rest| <= ln(2)/16, corrects it.
class exponential_sum {
    using floats = xsimd::batch<float>;
    using words = xsimd::batch<std::uint32_t>;

public:
    /// Where one instruction looks eight floats up by index: AVX-512 and AVX2.
    static constexpr bool available = floats::size == 16 || std::is_base_of_v<xsimd::avx2, xsimd::default_arch>;

    exponential_sum() {
        std::array<std::uint32_t, floats::size> entries;
        for (std::size_t i = 0; i != entries.size(); ++i) {
            const float eighths = static_cast<float>(i % 8) / 8;
            entries[i] = std::bit_cast<std::uint32_t>(std::exp2(eighths)) -
                         (std::bit_cast<std::uint32_t>(rounder + eighths) << exponent_shift);
        }
        powers_ = words::load_unaligned(entries.data());
    }

    /// `n` is a multiple of 64.
    [[nodiscard]] float operator()(const float* x, std::size_t n) const {
        std::array<floats, streams> sums;
        sums.fill(floats(0));
        for (std::size_t i = 0; i != n; i += streams * floats::size)
            for (std::size_t k = 0; k != streams; ++k) sums[k] += exp(floats::load_unaligned(x + i + k * floats::size));
        return xsimd::reduce_add((sums[0] + sums[1]) + (sums[2] + sums[3]));
    }

private:
    static constexpr std::size_t streams = 4;
    static constexpr float rounder = 0x1.8p20F; // numbers near it are 1/8 apart
    static constexpr int exponent_shift = 20;   // an eighth's bit to the place below the exponent's 3 upper ones

    [[nodiscard, gnu::always_inline]] floats exp(floats x) const {
        x = xsimd::max(floats(-60.0F), x);
        const floats shifted = xsimd::fma(x, floats(0x1.715476p0F), floats(rounder));
        const floats rest = xsimd::fma(shifted - floats(rounder), floats(-0x1.62e430p-1F), x);
        const words bits = xsimd::bitwise_cast<std::uint32_t>(shifted);
        const words entry =
            xsimd::bitwise_cast<std::uint32_t>(xsimd::swizzle(xsimd::bitwise_cast<float>(powers_), bits));
        const floats power = xsimd::bitwise_cast<float>(entry + (bits << exponent_shift));
        floats slope = xsimd::fma(floats(0x1.5556p-3F), rest, floats(0x1.0001p-1F));
        slope = xsimd::fma(slope, rest, floats(1.0F));
        return xsimd::fma(power * rest, slope, power);
    }

    words powers_;
};

/// Nanoseconds an element of computing, 0 where that is unknown.
class computing_limit {
public:
    computing_limit() : x_(16384) {
        for (std::size_t i = 0; i != x_.size(); ++i) x_[i] = static_cast<float>(i * 7919 % 16384) / 1024 - 8;
    }

    /// Looks once more. The least so far.
    double again(const patience& p) {
        if constexpr (exponential_sum::available) {
            const exponential_sum sum;
            float got = 0;
            timed call([&] { keep(got = sum(x_.data(), x_.size())); });
            for (int round = 0; round != p.rounds; ++round) call.again(p);
            check(got);
            const double each = call.least() / static_cast<double>(x_.size());
            least_ = least_ == 0 ? each : std::min(least_, each);
        }
        return least_;
    }

private:
    void check(float got) const {
        double sum = 0;
        for (float x : x_) sum += std::exp(double{x});
        if (!(std::abs(got / sum - 1) < 1e-6)) throw std::logic_error("the limit of computing computes something else");
    }

    std::vector<float> x_;
    double least_ = 0;
};

} // namespace bench
