// SPDX-License-Identifier: MIT
#pragma once

#include <summit/array.hpp>
#include <summit/foreign.hpp>
#include <summit/instruction_set.hpp>
#include <summit/view.hpp>

#include <memory>

namespace summit::inline version0::inline SUMMIT_INSTRUCTION_SET {

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

/// A temporary array would be gone before its view is used. So it is below with whatever owns its elements.
template <class T>
view<const T> as_view(const array<T>&&) = delete;

template <class C>
    requires(contiguous_container<std::remove_reference_t<C>>&& outlives_call<C>)
[[nodiscard]] auto as_view(C&& container) {
    return view(std::ranges::data(container), index_list{std::ranges::size(container)});
}

/// float[3] and float[2][3] alike.
template <class T, std::size_t N>
[[nodiscard]] auto as_view(T (&elements)[N]) {
    static_assert(std::rank_v<T[N]> <= max_rank, "summit::as_view: the C array has more dimensions than are supported");
    using element = std::remove_all_extents_t<T>;
    const index_list shape = []<std::size_t... dimension>(std::index_sequence<dimension...>) {
        return index_list{static_cast<std::ptrdiff_t>(std::extent_v<T[N], dimension>)...};
    }
    (std::make_index_sequence<std::rank_v<T[N]>>());
    // A nested array is one block of memory; a pointer to it converts only through void.
    using address = std::conditional_t<std::is_const_v<element>, const void*, void*>;
    return view(static_cast<element*>(static_cast<address>(elements)), shape);
}

/// A mapping may have an offset.
/// throws   std::invalid_argument: a mapping without strides, or an accessor that finds an element elsewhere
template <class M>
    requires strided_mdspan<std::remove_reference_t<M>>
[[nodiscard]] auto as_view(M&& m) {
    using mdspan = std::remove_cvref_t<M>;
    static_assert(mdspan::rank() <= max_rank, "summit::as_view: the mdspan has more dimensions than are supported");
    constexpr typename mdspan::rank_type rank = mdspan::rank();
    index_list shape;
    index_list strides;
    for (auto i = rank; i != 0; --i) shape.push_back(checked_index("as_view", "extent", m.extent(rank - i)));
    if (!m.is_strided())
        throw_invalid_argument("as_view", "mapping",
                               "the elements of shape " + to_string(shape) + " do not lie at strides");
    // A mapping of rank 0 has no strides to ask for.
    if constexpr (rank != 0)
        for (auto i = rank; i != 0; --i) strides.push_back(checked_index("as_view", "stride", m.stride(rank - i)));
    auto* first = m.data_handle();
    if (element_count("as_view", shape) == 0) return view(first, shape, strides);

    const auto mapped = [&](auto offset) {
        if (std::addressof(m.accessor().access(m.data_handle(), static_cast<std::size_t>(offset))) != first + offset)
            throw_invalid_argument("as_view", "accessor",
                                   "the element at offset " + std::to_string(offset) + " lies elsewhere");
        return offset;
    };
    return [&]<std::size_t... i>(std::index_sequence<i...>) {
        static_cast<void>(mapped(m.mapping()(static_cast<typename mdspan::index_type>(shape[i] - 1)...)));
        return view(first + mapped(m.mapping()(static_cast<typename mdspan::index_type>(0 * i)...)), shape, strides);
    }
    (std::make_index_sequence<rank>());
}

/// What is a vector by its type has one dimension, anything else of Eigen's two, in either storage order.
template <class M>
    requires(eigen_like<std::remove_reference_t<M>>&& outlives_call<M>)
[[nodiscard]] auto as_view(M&& m) {
    if constexpr (std::remove_cvref_t<M>::IsVectorAtCompileTime)
        return view(m.data(), index_list{m.size()}, index_list{m.innerStride()});
    else
        return view(m.data(), index_list{m.rows(), m.cols()}, index_list{m.rowStride(), m.colStride()});
}

template <class X>
    requires(xtensor_like<std::remove_reference_t<X>>&& std::is_lvalue_reference_v<X>)
[[nodiscard]] auto as_view(X&& x) {
    const index_list shape(x.shape());
    auto* first = x.data();
    if (element_count("as_view", shape) != 0) first += x.data_offset();
    return view(first, shape, index_list(x.strides()));
}

template <class T>
    requires((contiguous_container<T> || eigen_like<T> || xtensor_like<T>)&&!outlives_call<T>)
view<const T> as_view(T&&)
= delete;

/// Whatever as_view takes: the kinds above, and foreign types whose namespace has an as_view.
template <class A>
concept viewable = requires(A& a) {
    { as_view(a).data() } -> std::convertible_to<const volatile void*>;
    as_view(a).shape();
    as_view(a).strides();
};

/// Whether a view can be made of an A, and the error message if it cannot.
template <class A>
struct viewable_check {
    static constexpr bool passed = viewable<A>;

private:
    static constexpr bool is_mdspan = requires(A & a) { a.data_handle(); };
    static constexpr bool has_proxies = requires {
        typename A::value_type;
        typename A::reference;
        requires std::same_as<typename A::value_type, bool> && std::is_class_v<typename A::reference>;
    };
    static_assert(passed || !is_mdspan,
                  "summit: an mdspan must have its elements where its pointer and its strides say, as "
                  "std::default_accessor finds them");
    static_assert(passed || is_mdspan || !has_geometry<A>,
                  "summit: a matrix or tensor must say where its elements lie: evaluate an expression first, and "
                  "give a type that is not an mdspan, Eigen's or xtensor's an as_view in its namespace");
    static_assert(passed || is_mdspan || has_geometry<A> || !has_proxies,
                  "summit: std::vector<bool> packs its elements into bits, which have no addresses: use "
                  "std::vector<std::uint8_t>");
    static_assert(
        passed || is_mdspan || has_geometry<A> || has_proxies,
        "summit: no view can be made of this type: it must be a summit::array or summit::view, a contiguous range, "
        "a C array, an mdspan, Eigen's or xtensor's, or have an as_view in its namespace");
};

/// The element type of a viewable. Of anything else something to name, so that viewable_check is the only error a user reads.
template <class A>
struct element_of {
    using type = float;
};
template <viewable A>
struct element_of<A> {
    using type = typename decltype(as_view(std::declval<A&>()))::value_type;
};
template <class A>
using element_t = typename element_of<A>::type;

} // namespace summit::inline version0::inline SUMMIT_INSTRUCTION_SET
