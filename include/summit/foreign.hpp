// SPDX-License-Identifier: MIT
#pragma once

#include <summit/array.hpp>
#include <summit/view.hpp>

#include <concepts>
#include <ranges>
#include <type_traits>
#include <utility>

/// The kinds of foreign types that as_view takes, told by what they say of themselves: no header of theirs is included.
namespace summit::inline version0 {

/// A type that tells more of its geometry than a size, under one of the names that libraries of matrices, tensors and images
/// use. Where its elements lie side by side it may have several dimensions all the same, in an order that nobody tells.
template <class C>
concept has_geometry = requires(C& c) {
    c.rows();
}
|| requires(C& c) { c.rows; }
|| requires(C& c) { c.n_rows; }
|| requires(C& c) { c.nr(); }
|| requires(C& c) { c.numRows(); }
|| requires(C& c) { c.size1(); }
|| requires(C& c) { c.rank(); }
|| requires(C& c) { c.ndim(); }
|| requires(C& c) { c.dimensions(); }
|| requires(C& c) { c.num_dimensions(); }
|| requires(C& c) { c.extents(); }
|| requires(C& c) { c.shape(); }
|| requires(C& c) { c.shape; }
|| requires(C& c) { c.strides(); }
|| requires(C& c) { c.stride(); }
|| requires(C& c) { c.stride(0); };

/// std::vector, std::array, std::span and their like: elements in a row, in one dimension.
template <class C>
concept contiguous_container =
    !std::is_array_v<C> && std::ranges::contiguous_range<C&> && std::ranges::sized_range<C&> && !has_geometry<C>;

/// std::mdspan and its like, whatever its accessor and its layout.
template <class M>
concept mdspan_like = requires(M& m) {
    typename M::element_type;
    typename M::rank_type;
    typename M::accessor_type;
    typename M::mapping_type;
    m.data_handle();
    m.mapping();
    m.accessor();
    m.extent(0);
};

/// What leads to the elements of an mdspan.
template <class M>
using data_handle_of = std::remove_cvref_t<decltype(std::declval<M&>().data_handle())>;

/// A mapping of rank 0 has no strides to ask for.
template <class M>
concept has_strides = (M::rank() == 0) || requires(M& m) {
    m.mapping().stride(0);
};

/// An mdspan whose elements are those that its pointer points to, at strides. An accessor that scales or conjugates them, or
/// loads them as atomics, does not return a reference to them; one with a state may do anything.
template <class M>
concept strided_mdspan = mdspan_like<M> && has_strides<M> && requires(M& m) {
    requires std::is_same_v<typename M::element_type*, data_handle_of<M>>;
    requires std::is_same_v<typename M::element_type&, typename M::accessor_type::reference>;
    requires std::is_empty_v<typename M::accessor_type>;
    m.is_strided();
};

/// A matrix, array or vector of Eigen's, or a block, map, reference or transpose of one: whatever has direct access to
/// elements at strides, and so no expression that is yet to be evaluated.
template <class M>
concept eigen_like = requires(M& m) {
    typename M::Scalar;
    typename M::PlainObject;
    M::IsVectorAtCompileTime;
    requires std::is_pointer_v<decltype(m.data())>;
    requires index_like<decltype(m.rows())>;
    requires index_like<decltype(m.rowStride())>;
    requires index_like<decltype(m.colStride())>;
    requires index_like<decltype(m.innerStride())>;
};

/// A container, an adaptor or a strided view of xtensor's: an address, an offset from it, a shape, and strides in elements.
template <class X>
concept xtensor_like = requires(X& x) {
    requires std::is_pointer_v<decltype(x.data())>;
    requires index_like<decltype(x.data_offset())>;
    requires index_range<decltype(x.shape())>;
    requires index_range<decltype(x.strides())>;
};

/// Whether the elements of a T outlive it. A foreign type says so by std::ranges::enable_borrowed_range. Maps of Eigen's are
/// made from a pointer, and blocks and transposes from an expression; a Ref may own a copy.
template <class T>
inline constexpr bool borrows = std::ranges::enable_borrowed_range<T> || mdspan_like<T>;
template <class T>
inline constexpr bool borrows<view<T>> = true;
template <eigen_like M>
inline constexpr bool borrows<M> = requires(M& m) {
    m.nestedExpression();
}
|| std::constructible_from<M, decltype(std::declval<M&>().data()), std::ptrdiff_t, std::ptrdiff_t>;

/// Whether the elements of an argument, as a forwarding reference sees it, outlive the call.
template <class A>
concept outlives_call = std::is_lvalue_reference_v<A> || borrows<std::remove_cvref_t<A>>;

} // namespace summit::inline version0
