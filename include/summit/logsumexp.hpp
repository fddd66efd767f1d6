// SPDX-License-Identifier: MIT
#pragma once

#include <summit/array.hpp>
#include <summit/as_view.hpp>
#include <summit/dispatch.hpp>
#include <summit/dtype.hpp>
#include <summit/instruction_set.hpp>
#include <summit/plan.hpp>

#if defined(SUMMIT_COMPILED)
#include <summit/compiled/dispatched.hpp>
#else
// g++ before 13 calls its own AVX-512 intrinsics uninitialised wherever they are inlined (its bug 105593).
#if defined(__GNUC__) && __GNUC__ < 13 && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <summit/cpu/architecture.hpp>
#include <summit/cpu/kernels.hpp>
#include <summit/op/log_sum_exp.hpp>
#if defined(__GNUC__) && __GNUC__ < 13 && !defined(__clang__)
#pragma GCC diagnostic pop
#endif
#endif

namespace summit::inline version0::inline SUMMIT_INSTRUCTION_SET {

/// log Σ exp(x) over `which` axes of `a`, without overflow, written to elements that the caller owns.
///
/// `out` is anything as_view takes, with elements of type result_t, at any strides; it must not overlap `a`. An overlap is an
/// error where few steps tell it from interleaving, as they do for parts of one matrix; nothing else is refused.
/// shape    out has the shape of `a` without the axes, or with extent 1 in their place under keepdims
/// domain   as logsumexp
/// error    as logsumexp
/// cost     as logsumexp, and on a device nothing else is allocated; a stream allocates what it queues
/// async    on a device the results are written when the call returns. On a stream an `out` that is an array is pending
///          when it returns; of any other `out` only the stream's synchronize() says that it is written. What earlier
///          work on an array `out` failed with is past once the results are written
/// throws   as logsumexp, and std::invalid_argument: `out` has another shape, strides that put two results in one place, or
///          elements that are elements of `a`
template <class Out, class A, class Where = device::cpu, class Arch = cpu::default_architecture>
void logsumexp_into(Out&& out, A&& a, const axes& which = all_axes, keepdims_flag keepdims = false,
                    const Where& where = {}) {
    if constexpr (input_check<A, Where>::passed) {
        using element_type = input_element_t<A>;
        if constexpr (output_check<Out, result_t<element_type>, Where>::passed) {
            const auto& input = a;
            const auto& x = operand<Where>(input);
            const auto& y = operand<Where>(out);
            const axis_set selected = select_axes("logsumexp_into", which, x.rank());
            check_result("logsumexp_into", y.shape(), y.strides(), reduced_shape(x.shape(), selected, keepdims));
            check_apart("logsumexp_into", placement_of(y), placement_of(x));
            const index_list kept = keepdims ? without(y.strides(), selected) : y.strides();
            const plan p = make_plan(x.shape(), x.strides(), selected, kept, short_row_of<element_type>);
            dispatch<op::log_sum_exp, Arch>(where, p, input, x.data(), out, y.data());
        }
    }
}

/// log Σ exp(x) over `which` axes of `a`, without overflow.
///
/// `a` is anything as_view takes: array, view, a contiguous range such as std::vector or std::span, a C array, an mdspan, what
/// has elements at strides of Eigen's and xtensor's, and a type with an as_view in its own namespace.
/// `which` is all_axes, one axis, or several in braces or in any range of integers; negative axes count from the end.
/// `where` is a device, device::cpu{} or device::metal{}, or a stream on one.
/// shape    x (…) → x without the axes, or with extent 1 in their place under keepdims. The element type stays; integers
///          and bool, promoted before anything else, give float
/// domain   a NaN in a slice → NaN; else a +inf → +inf; all −inf → −inf; nothing to sum → −inf; axes {} → x itself,
///          of complex x log exp(x), whose imaginary part lies within π of 0
/// error    float, float16, bfloat16: at most 1 ulp of the result, near 0 too; worst seen 0.75, of 33 numbers with a
///          result near 4. double: at most 2 ulp of max(|result|, 1); worst seen 1.18, of 16 numbers with a result near −2.
///          complex: see op::complex_log_sum_exp. The same bits in every rounding mode, and where the thread flushes
///          subnormal numbers to 0 or traps floating-point exceptions
/// cost     reads x once from memory, whatever its strides, and allocates the result alone. Summed twice are float results
///          near 0 (below 4; where several have 2 to 31 terms, and many rows up to 71, below 1/4 to 2; of more terms
///          float16 below 1/32, bfloat16 below 1/256), double results below 2, and slices with NaN, an infinity above or
///          all far from 0; a third time, in twice the digits and twenty times the time of the
///          first, float results within 2^−26 of 0, as few normalised log-probabilities have. Less than 32 KB of
///          stack; what a call needs beyond that, at most 260 KB and 160 KB for each thread that shares it, the calling
///          thread allocates when it first does and keeps to its end. With OpenMP from 65536 elements on, on as many threads as it gives
///          and max_threads(n) allows; the bits are the same
/// async    on a device the result is ready when the call returns. On a stream it is pending: touching its elements waits,
///          wait() does so aloud, and what the work fails with is thrown there and at the stream's synchronize(). An `a`
///          that is an array may itself be pending, may go, and is read before it is written again; any other `a`, a view
///          of an array too, is the caller's to keep, unchanged, until then. A temporary that owns its elements does not
///          compile there, an array aside
/// throws   std::invalid_argument: an axis out of range or named twice; std::bad_alloc; on a stream std::system_error: no
///          thread to be had, and std::runtime_error: it was used before this process was forked. Then nothing is queued
/// source   Blanchard, Higham & Higham, IMA J. Numer. Anal. 41 (2021), doi:10.1093/imanum/draa038
template <class A, class Where = device::cpu, class Arch = cpu::default_architecture>
[[nodiscard]] array<result_t<input_element_t<A>>> logsumexp(A&& a, const axes& which = all_axes,
                                                            keepdims_flag keepdims = false, const Where& where = {}) {
    using element_type = input_element_t<A>;
    using results = array<result_t<element_type>>;
    if constexpr (input_check<A, Where>::passed) {
        const auto& input = a;
        const auto& x = operand<Where>(input);
        const axis_set selected = select_axes("logsumexp", which, x.rank());
        auto y = results::uninitialised(reduced_shape(x.shape(), selected, keepdims));
        const index_list kept = keepdims ? without(y.strides(), selected) : y.strides();
        const plan p = make_plan(x.shape(), x.strides(), selected, kept, short_row_of<element_type>);
        dispatch<op::log_sum_exp, Arch>(where, p, input, x.data(), y, y.data());
        return y;
    } else {
        return results(index_list{});
    }
}

} // namespace summit::inline version0::inline SUMMIT_INSTRUCTION_SET
