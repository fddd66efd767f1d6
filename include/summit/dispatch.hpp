// SPDX-License-Identifier: MIT
#pragma once

#include <summit/array.hpp>
#include <summit/as_view.hpp>
#include <summit/cpu/run.hpp>
#include <summit/device.hpp>
#include <summit/instruction_set.hpp>
#include <summit/plan.hpp>
#include <summit/stream.hpp>

#include <concepts>
#include <cstddef>
#include <type_traits>
#include <utility>

namespace summit::inline version0::inline SUMMIT_INSTRUCTION_SET {

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

/// `a` as a call on `Where` sees it: a device waits for pending elements, a stream queues its work behind them. An array
/// that is not const is to be overwritten.
template <class Where, class A>
[[nodiscard]] decltype(auto) operand(A& a) {
    if constexpr (is_array<std::remove_const_t<A>> && is_stream<Where>)
        return array_operand(elements_of(a), a.shape());
    else if constexpr (is_array<A>)
        return array_operand(elements_to_overwrite(a), a.shape());
    else if constexpr (is_array<std::remove_const_t<A>>)
        return array_operand(a.data(), a.shape());
    else if constexpr (is_view<std::remove_const_t<A>>)
        return static_cast<const A&>(a);
    else
        return as_view(a);
}

/// The element type of an input, as a forwarding reference sees it: an input is never written to.
template <class A>
using input_element_t = element_t<const std::remove_reference_t<A>>;

/// Whether `A`, as a forwarding reference sees it, can be an input on `Where`, and the error message if it cannot.
template <class A, class Where>
struct input_check : viewable_check<const std::remove_reference_t<A>>, element_check<input_element_t<A>> {
private:
    using type = const std::remove_reference_t<A>;
    // An array's elements stay until the work is over.
    static constexpr bool stays = !is_stream<Where> || is_array<std::remove_cvref_t<A>> || outlives_call<A>;
    static_assert(stays || !viewable<type>,
                  "summit: a stream reads its input after the call, when a temporary is gone: give the input a name");

public:
    static constexpr bool passed = viewable<type> && element<input_element_t<A>> && stays;
};

/// Whether `Out`, as a forwarding reference sees it, can hold results of type Result on `Where`, and the error message if it
/// cannot.
template <class Out, class Result, class Where>
struct output_check : viewable_check<std::remove_reference_t<Out>> {
private:
    using type = std::remove_reference_t<Out>;
    static constexpr bool fits = [] {
        if constexpr (viewable<type>) return std::same_as<decltype(as_view(std::declval<type&>()).data()), Result*>;
        return false;
    }();
    static constexpr bool stays = !is_stream<Where> || outlives_call<Out>;
    static_assert(fits || !viewable<type>, "summit: out must hold mutable elements of the result's type");
    static_assert(stays || !fits,
                  "summit: a stream writes out after the call, when a temporary is gone: give out a name");

public:
    static constexpr bool passed = fits && stays;
};

/// Work on a stream: in <summit/submission.hpp>, which every stream brings along, and a call on a device does without.
template <template <class> class Op, class Arch, class Stream, class A, class Element, class Out, class Result>
// NOLINTNEXTLINE(readability-redundant-declaration): whoever includes that header first has it already
void submit(const Stream& where, const plan& p, const A& a, const Element* elements, Out& out, Result* results);

/// Where the elements of an operand lie.
template <class Operand>
[[nodiscard]] placement placement_of(const Operand& x) noexcept {
    return {x.data(), sizeof(*x.data()), x.shape(), x.strides()};
}

/// Reduces `a`, whose elements lie at `elements`, into `out`, whose elements lie at `results`: before it returns on a
/// device, in its turn on a stream.
template <template <class> class Op, class Arch, class Where, class A, class Element, class Out, class Result>
void dispatch(const Where& where, const plan& p, const A& a, const Element* elements, Out& out, Result* results) {
    if constexpr (is_stream<Where>) {
        submit<Op, Arch>(where, p, a, elements, out, results);
    } else {
        if constexpr (std::same_as<Where, device::cpu>)
            cpu::kernels<Arch>::template run<Op>(p, elements, results);
        else
            stream<Where>::template reduce<Op, Arch>(p, elements, results);
        if constexpr (is_array<Out>) mark_overwritten(out);
    }
}

} // namespace summit::inline version0::inline SUMMIT_INSTRUCTION_SET
