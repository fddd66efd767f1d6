// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The Summit authors
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>

namespace support {

/// Random numbers that are the same on every platform, which the standard's distributions are not.
class random_source {
public:
    explicit random_source(std::uint64_t seed) : engine_(seed) {}

    [[nodiscard]] std::uint64_t bits() { return engine_(); }
    /// In [0, bound).
    [[nodiscard]] std::size_t below(std::size_t bound) { return static_cast<std::size_t>(engine_() % bound); }
    [[nodiscard]] bool one_in(std::size_t n) { return below(n) == 0; }
    /// In [0, 1).
    [[nodiscard]] double uniform() { return static_cast<double>(engine_() >> 11) * 0x1p-53; }
    [[nodiscard]] double between(double low, double high) { return low + (high - low) * uniform(); }
    /// Mean 0, deviation 1, by Box and Muller.
    [[nodiscard]] double normal() {
        const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
        return radius * std::cos(6.283185307179586 * uniform());
    }

private:
    std::mt19937_64 engine_;
};

} // namespace support
