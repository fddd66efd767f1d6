// SPDX-License-Identifier: MIT
#pragma once

#include <summit/cpu/lanes.hpp>
#include <summit/dtype.hpp>
#include <summit/instruction_set.hpp>
#include <summit/simd/xsimd.hpp>

#include <array>
#include <cstddef>
#include <utility>

namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET {

// A Pass says how terms are made and added up in one sweep, and in which type: an op has several, for more digits or fewer.

/// Whether results of Element have so few digits that coarse terms are good enough for them.
template <class Pass, class Element>
inline constexpr bool is_coarse = Pass::is_coarse(element_traits<Element>::epsilon);

/// The terms of a single-pass sum as they stand, each in the place of its element. Source is what the elements were before
/// they were packed: it decides how good their terms have to be.
template <class Pass, class Arch, class Element, class Source = Element>
struct plain_terms {
    using batches = lanes<typename Pass::type, Arch, Element>;

    [[nodiscard, gnu::always_inline]] batches operator()(batches x) const noexcept {
        // Through a loop they would go through memory.
#pragma GCC unroll 2
        for (auto& batch : x) batch = Pass::template term<is_coarse<Pass, Source>>(batch);
        return x;
    }
};

/// Whether a pass can sum relative to something.
template <class Pass, class Arch>
inline constexpr bool has_relative_terms = requires {
    typename Pass::template relative_term<false, Arch>;
};

/// The same relative to 2^k, one k to a lane or one for all.
template <class Pass, class Arch, class Element, class Source = Element>
class relative_terms {
    using C = typename Pass::type;
    using term = typename Pass::template relative_term<is_coarse<Pass, Source>, Arch>;
    static constexpr std::size_t parts = parts_of<C, Arch, Element>;

public:
    explicit relative_terms(C k) noexcept : relative_terms(all_of(xsimd::batch<C, Arch>(k))) {}
    [[gnu::always_inline]] explicit relative_terms(const lanes<C, Arch, Element>& k) noexcept
        : terms_(terms_of(k, std::make_index_sequence<parts>{})) {}

    [[nodiscard, gnu::always_inline]] lanes<C, Arch, Element> operator()(lanes<C, Arch, Element> x) const noexcept {
#pragma GCC unroll 2
        for (std::size_t part = 0; part != parts; ++part) x[part] = terms_[part](x[part]);
        return x;
    }

private:
    [[nodiscard]] static lanes<C, Arch, Element> all_of(const xsimd::batch<C, Arch>& k) noexcept {
        lanes<C, Arch, Element> all;
        all.fill(k);
        return all;
    }
    template <std::size_t... Part>
    [[nodiscard, gnu::always_inline]] static std::array<term, parts> terms_of(const lanes<C, Arch, Element>& k,
                                                                              std::index_sequence<Part...>) noexcept {
        return {term(k[Part])...};
    }

    std::array<term, parts> terms_;
};

} // namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET
