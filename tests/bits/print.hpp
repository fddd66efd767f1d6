// SPDX-License-Identifier: MIT
#pragma once

#include <summit/summit.hpp>

#include "bits/corpus.hpp"
#include "bits/layouts.hpp"

#include <algorithm>
#include <cinttypes>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <span>

// The architecture to compute with, where it is not to be the compiler's.
#if defined(SUMMIT_BITS_ARCHITECTURE)
using architecture = SUMMIT_BITS_ARCHITECTURE;
#else
using architecture = summit::cpu::default_architecture;
#endif

/// Prints a hash of the bits of many results, a line for each reduction: what two builds print is the same, or one of them
/// breaks the promise.
template <class T>
void print(const char* type) {
    using result = summit::result_t<T>;
    constexpr bool has_own_kernels = std::same_as<T, float> || std::same_as<T, double>;
    for (const auto& l : corpus::every_layout()) {
        corpus::storage<T> elements(l.shape, l.strides);
        const std::size_t size = elements.all().size();
        for (corpus::kind k : corpus::every_kind) {
            // The large ones are there for their size.
            const bool is_telling =
                k == corpus::kind::uniform || k == corpus::kind::normalised || k == corpus::kind::special;
            const bool is_wanted = size <= 2500 || (is_telling && (size <= 25000 || has_own_kernels)) ||
                                   (k == corpus::kind::uniform && !summit::complex_element<T>);
            if (!corpus::has_kind<T>(k) || !is_wanted) continue;
            corpus::fill(k, static_cast<std::uint64_t>(std::max<std::ptrdiff_t>(l.terms(), 1)), elements.all());
            const auto y = summit::logsumexp<summit::view<const T>, summit::device::cpu, architecture>(
                elements.view(), summit::axes(l.axes));
            std::printf("%s %s by %s, axes %s, %s: %016" PRIx64 "\n", type, summit::to_string(l.shape).c_str(),
                        summit::to_string(l.strides).c_str(), summit::to_string(summit::index_list(l.axes)).c_str(),
                        corpus::names[static_cast<std::size_t>(k)],
                        corpus::hash(std::span<const result>(y.begin(), y.end())));
        }
    }
}
