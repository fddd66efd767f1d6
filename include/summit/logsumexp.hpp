// SPDX-License-Identifier: MIT
#pragma once

#include <summit/array.hpp>
#include <summit/as_view.hpp>
#include <summit/dtype.hpp>
#include <summit/plan.hpp>

#if defined(__FAST_MATH__)
#pragma message(                                                                                                       \
    "summit: -ffast-math, where it also sets the hardware so, makes subnormal inputs and results count as 0")
#endif

// g++ before 13 calls its own AVX-512 intrinsics uninitialised wherever they are inlined (its bug 105593).
#if defined(__GNUC__) && __GNUC__ < 13 && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <summit/cpu/architecture.hpp>
#include <summit/cpu/stream.hpp>
#include <summit/op/log_sum_exp.hpp>
#if defined(__GNUC__) && __GNUC__ < 13 && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

namespace summit::inline version0 {

/// log Σ exp(x) over `which` axes of `a`, without overflow, written to elements that the caller owns.
///
/// `out` is anything as_view takes, with elements of type result_t, at any strides; it must not overlap `a`.
/// shape    out has the shape of `a` without the axes, or with extent 1 in their place under keepdims
/// domain   as logsumexp
/// error    as logsumexp
/// cost     as logsumexp, and nothing is allocated
/// async    on device::cpu the results are written when the call returns
/// throws   as logsumexp, and std::invalid_argument: `out` has another shape, or strides that put two results in one place
template <viewable Out, class A, class Where = device::cpu, class Arch = cpu::default_architecture>
    requires viewable<const A>
void logsumexp_into(Out&& out, const A& a, const axes& which = all_axes, bool keepdims = false, const Where& = {}) {
    using element_type = element_t<const A>;
    constexpr bool fits = std::same_as<decltype(as_view(out).data()), result_t<element_type>*>;
    static_assert(fits, "summit::logsumexp_into: out must hold mutable elements of the result's type");
    if constexpr (fits && element_check<element_type>::passed) {
        const auto x = as_view(a);
        const auto y = as_view(out);
        const axis_set selected = select_axes("logsumexp_into", which, x.rank());
        check_result("logsumexp_into", y.shape(), y.strides(), reduced_shape(x.shape(), selected, keepdims));
        const index_list kept = keepdims ? without(y.strides(), selected) : y.strides();
        const plan p = make_plan(x.shape(), x.strides(), selected, kept);
        stream_for<Where>::type::template reduce<op::log_sum_exp, Arch>(p, x.data(), y.data());
    }
}

/// log Σ exp(x) over `which` axes of `a`, without overflow.
///
/// `a` is anything as_view takes: std::vector, std::span, std::array, a C array, array, view, an mdspan-like type.
/// `which` is all_axes, one axis, or several in braces or in any range of integers; negative axes count from the end.
/// shape    x (…) → x without the axes, or with extent 1 in their place under keepdims. The element type stays; integers
///          and bool, promoted before anything else, give float
/// domain   a NaN in a slice → NaN; else a +inf → +inf; all −inf → −inf; nothing to sum → −inf; axes {} → x itself
/// error    float, float16, bfloat16: at most 1 ulp of the result, near 0 too; worst seen 0.74, of some normal terms with
///          the result 0x1.f8f2bep+2. double: at most 2 ulp of max(|result|, 1); worst seen 0.84, at
///          {-0x1.645a958ff1bddp+2, -0x1.645a958ced3e7p+2, 0x1.1c208d8c487bap+0, 0x1.0d0779c205dfap-11}. complex: see
///          op::complex_log_sum_exp
/// cost     reads x once from memory, whatever its strides, and allocates the result alone. Results near 0 (below 4 in
///          float, 2 in double), and complex ones of many terms, are summed twice
/// async    on device::cpu the result is ready when the call returns
/// throws   std::invalid_argument: an axis out of range or named twice; std::bad_alloc
/// source   Blanchard, Higham & Higham, IMA J. Numer. Anal. 41 (2021), doi:10.1093/imanum/draa038
template <class A, class Where = device::cpu, class Arch = cpu::default_architecture>
    requires viewable<const A>
[[nodiscard]] array<result_t<element_t<const A>>> logsumexp(const A& a, const axes& which = all_axes,
                                                            bool keepdims = false, const Where& = {}) {
    using element_type = element_t<const A>;
    const auto x = as_view(a);
    const axis_set selected = select_axes("logsumexp", which, x.rank());
    auto y = array<result_t<element_type>>::uninitialised(reduced_shape(x.shape(), selected, keepdims));
    if constexpr (element_check<element_type>::passed) {
        const index_list kept = row_major_strides(reduced_shape(x.shape(), selected, false));
        const plan p = make_plan(x.shape(), x.strides(), selected, kept);
        stream_for<Where>::type::template reduce<op::log_sum_exp, Arch>(p, x.data(), y.data());
    }
    return y;
}

} // namespace summit::inline version0
