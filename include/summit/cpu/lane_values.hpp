// SPDX-License-Identifier: MIT
#pragma once

#include <summit/cpu/tiles.hpp>
#include <summit/instruction_set.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET {

/// One number for each result of a tile, and room for a vector that begins at any of them.
using lane_values = std::array<double, max_tile_width + 64>;

/// Some results of a tile, a bit for each, and room for a vector that begins at any of them.
class lane_set {
public:
    [[nodiscard]] static constexpr std::size_t size() noexcept { return lanes; }
    [[nodiscard, gnu::always_inline]] bool operator[](std::size_t lane) const noexcept {
        return (words_[lane / 64] >> lane % 64 & 1U) != 0;
    }
    /// Adds those that `mask` says of the lanes from `lane` on.
    [[gnu::always_inline]] void add(std::size_t lane, std::uint64_t mask) noexcept {
        words_[lane / 64] |= mask << lane % 64;
        if (lane % 64 != 0 && mask >> (64 - lane % 64) != 0) words_[lane / 64 + 1] |= mask >> (64 - lane % 64);
    }
    [[gnu::always_inline]] void remove(std::size_t lane) noexcept {
        words_[lane / 64] &= ~(std::uint64_t{1} << lane % 64);
    }
    [[nodiscard]] std::uint64_t word(std::size_t lane) const noexcept { return words_[lane / 64]; }
    [[nodiscard]] std::uint64_t& word(std::size_t lane) noexcept { return words_[lane / 64]; }
    /// Takes out those from `width` on.
    [[gnu::always_inline]] void limit(std::size_t width) noexcept {
        const std::size_t last = width / 64;
        if (last >= words_.size()) return;
        words_[last] &= (std::uint64_t{1} << width % 64) - 1;
        for (std::size_t i = last + 1; i < words_.size(); ++i) words_[i] = 0;
    }
    [[nodiscard, gnu::always_inline]] bool empty() const noexcept {
        std::uint64_t any = 0;
        for (const std::uint64_t word : words_) any |= word;
        return any == 0;
    }
    [[nodiscard]] std::size_t count() const noexcept {
        std::size_t sum = 0;
        for (const std::uint64_t word : words_) sum += static_cast<std::size_t>(std::popcount(word));
        return sum;
    }
    /// The next one from `lane` on; size() if there is none.
    [[nodiscard]] std::size_t next(std::size_t lane) const noexcept {
        for (; lane < size(); lane = (lane / 64 + 1) * 64)
            if (const std::uint64_t left = words_[lane / 64] >> lane % 64; left != 0)
                return lane + static_cast<std::size_t>(std::countr_zero(left));
        return size();
    }

private:
    static constexpr std::size_t lanes = max_tile_width + 64;
    std::array<std::uint64_t, lanes / 64> words_{};
};

} // namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET
