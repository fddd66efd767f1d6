// SPDX-License-Identifier: MIT
#pragma once

#include <summit/array.hpp>
#include <summit/as_view.hpp>
#include <summit/cpu/run.hpp>
#include <summit/device.hpp>
#include <summit/plan.hpp>
#include <summit/stream.hpp>

#include <concepts>
#include <cstddef>
#include <type_traits>
#include <utility>

namespace summit::inline version0 {

template <class A>
inline constexpr bool is_view = false;
template <class T>
inline constexpr bool is_view<view<T>> = true;

/// An array as a call sees it. A view would check once more what an array is known to be.
template <class T>
class array_operand {
public:
    array_operand(T* elements, const index_list& shape)
        : data_(elements), shape_(shape), strides_(row_major_strides(shape)) {}

    [[nodiscard]] T* data() const noexcept { return data_; }
    [[nodiscard]] const index_list& shape() const noexcept { return shape_; }
    [[nodiscard]] const index_list& strides() const noexcept { return strides_; }
    [[nodiscard]] std::size_t rank() const noexcept { return shape_.size(); }

private:
    T* data_;
    const index_list& shape_;
    index_list strides_;
};

/// `a` as a call on `Where` sees it: a device waits for pending elements, a stream queues its work behind them.
template <class Where, class A>
[[nodiscard]] decltype(auto) operand(A& a) {
    if constexpr (is_array<std::remove_const_t<A>> && is_stream<Where>)
        return array_operand(elements_of(a), a.shape());
    else if constexpr (is_array<std::remove_const_t<A>>)
        return array_operand(a.data(), a.shape());
    else if constexpr (is_view<std::remove_const_t<A>>)
        return std::as_const(a);
    else
        return as_view(a);
}

/// Work on a stream: in <summit/submission.hpp>, which every stream brings along, and a call on a device does without.
template <template <class> class Op, class Arch, class Stream, class A, class Element, class Out, class Result>
void submit(const Stream& where, const plan& p, const A& a, const Element* elements, Out& out, Result* results);

/// Reduces `a`, whose elements lie at `elements`, into `out`, whose elements lie at `results`: before it returns on a
/// device, in its turn on a stream.
template <template <class> class Op, class Arch, class Where, class A, class Element, class Out, class Result>
void dispatch(const Where& where, const plan& p, const A& a, const Element* elements, Out& out, Result* results) {
    if constexpr (is_stream<Where>)
        submit<Op, Arch>(where, p, a, elements, out, results);
    else if constexpr (std::same_as<Where, device::cpu>)
        cpu::kernels<Arch>::template run<Op>(p, elements, results);
    else
        stream<Where>::template reduce<Op, Arch>(p, elements, results);
}

} // namespace summit::inline version0
