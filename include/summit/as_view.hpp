// SPDX-License-Identifier: MIT
#pragma once

#include <summit/array.hpp>
#include <summit/view.hpp>

namespace summit::inline version0 {

/// std::vector, std::array, std::span and their like: elements in a row, found through data() and size().
template <class C>
concept contiguous_container = requires(C& container) {
    typename C::value_type;
    requires std::is_pointer_v<decltype(container.data())>;
    requires index_like<decltype(container.size())>;
}
&&!requires(C & container) { container.strides(); };

/// std::mdspan and its like: a rank, and an extent and a stride for each dimension.
template <class M>
concept mdspan_like = requires(M& m) {
    requires std::is_pointer_v<decltype(m.data_handle())>;
    requires index_like<decltype(m.rank())>;
    requires index_like<decltype(m.extent(0))>;
    requires index_like<decltype(m.stride(0))>;
};

/// What others own, seen as a view: no element is copied, and the owner must outlive the view. A foreign tensor joins in
/// by an as_view of its own, in its own namespace.
template <class T>
[[nodiscard]] view<T> as_view(const view<T>& v) {
    return v;
}

template <class T>
[[nodiscard]] view<const T> as_view(const array<T>& a) {
    return view<const T>(a.data(), a.shape(), a.strides());
}

template <class T>
[[nodiscard]] view<T> as_view(array<T>& a) {
    return view<T>(a.data(), a.shape(), a.strides());
}

template <contiguous_container C>
[[nodiscard]] auto as_view(C& container) {
    const auto size = container.size();
    return view(container.data(), index_list(std::array{size}));
}

/// float[3] and float[2][3] alike.
template <class T, std::size_t N>
[[nodiscard]] auto as_view(T (&elements)[N]) {
    using element = std::remove_all_extents_t<T>;
    const index_list shape = []<std::size_t... dimension>(std::index_sequence<dimension...>) {
        return index_list{static_cast<std::ptrdiff_t>(std::extent_v<T[N], dimension>)...};
    }
    (std::make_index_sequence<std::rank_v<T[N]>>());
    // A nested array is one block of memory; a pointer to it converts only through void.
    using address = std::conditional_t<std::is_const_v<element>, const void*, void*>;
    return view(static_cast<element*>(static_cast<address>(elements)), shape);
}

template <mdspan_like M>
[[nodiscard]] auto as_view(M& m) {
    index_list shape;
    index_list strides;
    for (std::size_t i = 0; i != static_cast<std::size_t>(m.rank()); ++i) {
        const auto dimension = static_cast<decltype(m.rank())>(i);
        shape.push_back(checked_index("as_view", "extent", m.extent(dimension)));
        strides.push_back(checked_index("as_view", "stride", m.stride(dimension)));
    }
    return view(m.data_handle(), shape, strides);
}

/// Whatever as_view takes: the kinds above, and foreign types whose namespace has an as_view.
template <class A>
concept viewable = requires(A& a) {
    { as_view(a).data() } -> std::convertible_to<const volatile void*>;
    as_view(a).shape();
    as_view(a).strides();
};

/// The element type of a viewable.
template <viewable A>
using element_t = typename decltype(as_view(std::declval<A&>()))::value_type;

} // namespace summit::inline version0
