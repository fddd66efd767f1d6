// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <type_traits>
#include <utility>

namespace support {

/// As much of std::mdspan as C++20 compilers without it need, with the standard's names and types.
template <class T>
struct default_accessor {
    using element_type = T;
    using reference = T&;
    using data_handle_type = T*;
    static constexpr reference access(data_handle_type p, std::size_t i) { return p[i]; }
};

/// A mapping with extents, strides and an offset.
template <std::size_t Rank>
struct strided {
    std::array<int, Rank> extents = {};
    std::array<int, Rank> steps = {};
    int offset = 0;

    [[nodiscard]] int extent(std::size_t i) const { return extents[i]; }
    [[nodiscard]] int stride(std::size_t i) const { return steps[i]; }
    [[nodiscard]] static constexpr bool is_always_strided() { return true; }
    [[nodiscard]] static constexpr bool is_strided() { return true; }
    template <class... Index>
    [[nodiscard]] int operator()(Index... index) const {
        int at = offset;
        std::size_t i = 0;
        ((at += static_cast<int>(index) * steps[i++]), ...);
        static_cast<void>(i);
        return at;
    }
};

template <class T, std::size_t Rank, class Mapping = strided<Rank>, class Accessor = default_accessor<T>>
class mdspan {
public:
    using element_type = T;
    using value_type = std::remove_cv_t<T>;
    using index_type = int;
    using size_type = unsigned;
    using rank_type = std::size_t;
    using mapping_type = Mapping;
    using accessor_type = Accessor;
    using data_handle_type = typename Accessor::data_handle_type;
    using reference = typename Accessor::reference;

    mdspan(data_handle_type first, Mapping mapping, Accessor accessor = {})
        : first_(first), mapping_(std::move(mapping)), accessor_(std::move(accessor)) {}

    [[nodiscard]] static constexpr rank_type rank() { return Rank; }
    [[nodiscard]] index_type extent(rank_type i) const { return static_cast<index_type>(mapping_.extent(i)); }
    [[nodiscard]] index_type stride(rank_type i) const { return mapping_.stride(i); }
    [[nodiscard]] bool is_strided() const { return mapping_.is_strided(); }
    [[nodiscard]] const data_handle_type& data_handle() const { return first_; }
    [[nodiscard]] const mapping_type& mapping() const { return mapping_; }
    [[nodiscard]] const accessor_type& accessor() const { return accessor_; }

private:
    data_handle_type first_;
    mapping_type mapping_;
    accessor_type accessor_;
};

} // namespace support
