// SPDX-License-Identifier: MIT
#pragma once

#include <summit/view.hpp>

#include "support/layouts.hpp"
#include "support/ulp.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace support {

/// Elements of any shape at any strides; NaN lies in every gap and on both sides, so that a read out of place shows in
/// the result, and a write out of place in the guards.
template <class T>
class guarded {
    // More than any vector is long, and a NaN that no arithmetic makes.
    static constexpr std::size_t guard = 128;
    static constexpr T nan = from_bits<T>(static_cast<bits_of<T>>(infinity_bits<T> + 42));

public:
    /// The lowest address lies `lead` elements behind a boundary of 64 bytes.
    guarded(const summit::index_list& shape, const summit::index_list& strides, std::size_t lead = 0)
        : shape_(shape), strides_(strides) {
        const reach within = reach_of(shape, strides);
        constexpr std::size_t boundary = 64 / sizeof(T);
        storage_.assign(within.size() + 2 * guard + lead + boundary, nan);
        const std::size_t past = reinterpret_cast<std::uintptr_t>(storage_.data()) % 64 / sizeof(T);
        first_ = boundary - past + guard + lead + static_cast<std::size_t>(-within.lowest);
    }

    guarded(const guarded&) = delete;
    guarded& operator=(const guarded&) = delete;

    [[nodiscard]] summit::view<T> elements() { return {storage_.data() + first_, shape_, strides_}; }
    [[nodiscard]] summit::view<const T> constant() { return elements(); }

    /// Whether everything around the elements is as it was.
    template <class ForEach>
    [[nodiscard]] bool guards_intact(const ForEach& for_each) {
        std::vector<bool> inside(storage_.size(), false);
        for_each(elements(), [&](T& element) { inside[static_cast<std::size_t>(&element - storage_.data())] = true; });
        for (std::size_t i = 0; i != storage_.size(); ++i)
            if (!inside[i] && to_bits(storage_[i]) != to_bits(nan)) return false;
        return true;
    }

private:
    std::vector<T> storage_;
    summit::index_list shape_;
    summit::index_list strides_;
    std::size_t first_ = 0;
};

} // namespace support
