// SPDX-License-Identifier: MIT
#pragma once

#include <summit/axes.hpp>
#include <summit/dtype.hpp>
#include <summit/instruction_set.hpp>
#include <summit/overlap.hpp>
#include <summit/shape.hpp>

#include <concepts>

namespace summit::inline version0 {

/// One set bit for each dimension that is reduced.
using axis_set = std::uint32_t;

inline namespace SUMMIT_INSTRUCTION_SET {

[[noreturn, gnu::cold, gnu::noinline]] inline void throw_axis_out_of_range(std::string_view function,
                                                                           std::ptrdiff_t axis, std::size_t rank) {
    throw_invalid_argument(function, "axes",
                           "axis " + std::to_string(axis) + " is out of range for rank " + std::to_string(rank));
}

[[noreturn, gnu::cold, gnu::noinline]] inline void
throw_axis_named_twice(std::string_view function, std::ptrdiff_t axis, const axes& which, std::size_t rank) {
    throw_invalid_argument(function, "axes",
                           "axis " + std::to_string(axis) + " is named twice in " + to_string(which.names()) +
                               " for rank " + std::to_string(rank));
}

/// The dimensions that `which` names in an array of `rank` dimensions.
/// throws   std::invalid_argument, in the name of `function`: an axis out of range, or named twice
inline axis_set select_axes(std::string_view function, const axes& which, std::size_t rank) {
    if (which.is_all()) return (axis_set{1} << rank) - 1;
    const auto count = static_cast<std::ptrdiff_t>(rank);
    axis_set selected = 0;
    for (std::ptrdiff_t axis : which.names()) {
        if (axis < -count || axis >= count) throw_axis_out_of_range(function, axis, rank);
        const axis_set bit = axis_set{1} << (axis < 0 ? axis + count : axis);
        if ((selected & bit) != 0) throw_axis_named_twice(function, axis, which, rank);
        selected |= bit;
    }
    return selected;
}

/// `list`, one entry for each dimension, without the selected ones.
inline index_list without(const index_list& list, axis_set selected) {
    index_list result;
    for (std::size_t i = 0; i != list.size(); ++i)
        if ((selected >> i & 1U) == 0) result.push_back(list[i]);
    return result;
}

/// `shape` without the selected dimensions, or with extent 1 in their place.
inline index_list reduced_shape(const index_list& shape, axis_set selected, bool keepdims) {
    if (!keepdims) return without(shape, selected);
    index_list result = shape;
    for (std::size_t i = 0; i != shape.size(); ++i)
        if ((selected >> i & 1U) != 0) result[i] = 1;
    return result;
}

/// Whether results of `expected` shape can be written through a view of this shape and these strides.
/// throws   std::invalid_argument, in the name of `function`: they cannot
inline void check_result(std::string_view function, const index_list& shape, const index_list& strides,
                         const index_list& expected) {
    if (shape != expected)
        throw_invalid_argument(function, "out",
                               "shape " + to_string(shape) + " where the result has shape " + to_string(expected));
    if (meets_itself(shape, strides))
        throw_invalid_argument(function, "out",
                               "strides " + to_string(strides) + " put several results of shape " + to_string(shape) +
                                   " in one place");
}

/// Whether results can be written through `out` before all elements of `a` are read.
/// throws   std::invalid_argument, in the name of `function`: the two have memory in common
inline void check_apart(std::string_view function, const placement& out, const placement& a) {
    if (have_common_bytes(a, out))
        throw_invalid_argument(function, "out",
                               "shape " + to_string(out.shape) + " with strides " + to_string(out.strides) +
                                   " shares memory with a, of shape " + to_string(a.shape) + " with strides " +
                                   to_string(a.strides));
}

} // namespace SUMMIT_INSTRUCTION_SET

/// One dimension left to walk: how often, and how far each step moves in the input and in the result.
struct loop {
    std::ptrdiff_t extent;
    std::ptrdiff_t stride;
    std::ptrdiff_t result_stride;
};

inline namespace SUMMIT_INSTRUCTION_SET {

/// A loop that stays in place costs nothing wherever it stands; inside it would hide the one worth vectorising.
[[nodiscard]] inline std::ptrdiff_t rank_of(const loop& l) noexcept {
    return l.stride == 0 ? std::numeric_limits<std::ptrdiff_t>::max() : l.stride;
}

/// What loop_nest::sort_and_fold does. Returns how many loops are left of `size`, which is not 0.
[[nodiscard, gnu::noinline]] inline std::size_t sort_and_fold_several(loop* loops, std::size_t size) noexcept {
    for (std::size_t i = 1; i < size; ++i)
        for (std::size_t j = i; j != 0 && rank_of(loops[j - 1]) < rank_of(loops[j]); --j) {
            const loop larger = loops[j];
            loops[j] = loops[j - 1];
            loops[j - 1] = larger;
        }
    std::size_t folded = 0;
    for (std::size_t i = 1; i < size; ++i) {
        loop& outer = loops[folded];
        const loop& inner = loops[i];
        if (outer.stride == inner.stride * inner.extent && outer.result_stride == inner.result_stride * inner.extent)
            outer = {outer.extent * inner.extent, inner.stride, inner.result_stride};
        else
            loops[++folded] = inner;
    }
    return folded + 1;
}

} // namespace SUMMIT_INSTRUCTION_SET

/// Loops from the outermost to the innermost.
class loop_nest {
public:
    [[gnu::always_inline]] loop_nest() = default;

    [[gnu::always_inline]] void push_back(const loop& next) { loops_[size_++] = next; }

    /// Largest step outermost, so that memory is walked as it lies; then neighbours that continue each other become one.
    [[gnu::always_inline]] void sort_and_fold() {
        if (size_ > 1) size_ = sort_and_fold_several(loops_, size_);
    }

    [[nodiscard, gnu::always_inline]] std::size_t size() const noexcept { return size_; }
    [[nodiscard, gnu::always_inline]] bool empty() const noexcept { return size_ == 0; }
    [[nodiscard, gnu::always_inline]] const loop& operator[](std::size_t i) const noexcept { return loops_[i]; }
    [[nodiscard, gnu::always_inline]] const loop& innermost() const noexcept { return loops_[size_ - 1]; }

    /// How many times the body runs: once if there is no loop.
    [[nodiscard, gnu::always_inline]] std::ptrdiff_t count() const noexcept {
        std::ptrdiff_t product = 1;
        for (std::size_t i = 0; i != size_; ++i) product *= loops_[i].extent;
        return product;
    }

private:
    loop loops_[max_rank];
    std::size_t size_ = 0;
};

/// Which way a vector lies: along the terms of one result, or across neighbouring results.
enum class orientation { rows, columns };

/// Below this many terms a vector along a row would be mostly padding.
inline constexpr std::ptrdiff_t short_row = 32;

/// The same for rows of T that are many and in one piece each: it takes longer to close a row than to take the logs of many at
/// once. Complex numbers are not added up that way.
template <class T>
inline constexpr std::ptrdiff_t short_row_of = complex_element<T> ? short_row : 72;

/// What a shape, strides and axes boil down to. Knows no element type and no device.
struct plan {
    loop_nest kept;
    loop_nest reduced;
    std::ptrdiff_t results = 1; ///< how many results there are
    std::ptrdiff_t terms = 1;   ///< how many elements each one is made of, repeats left out
    std::ptrdiff_t repeats = 1; ///< how often each of these stands in the reduction, by strides of 0
    std::ptrdiff_t origin = 0;  ///< offset of the first element walked; every stride is then non-negative
    std::ptrdiff_t result_origin = 0;
    orientation lie = orientation::rows;

    [[gnu::always_inline]] plan() = default;

    /// Whether vectors lie across the results for want of terms, though these may lie side by side.
    [[nodiscard, gnu::always_inline]] bool has_few_terms() const noexcept {
        return lie == orientation::columns &&
               (terms < short_row || reduced.innermost().stride <= kept.innermost().stride);
    }
};

/// Fewer results than this leave lanes of a vector across them idle.
inline constexpr std::ptrdiff_t few_results = 16;

inline namespace SUMMIT_INSTRUCTION_SET {

/// The plan for a view without elements: only the results, if there are any, are walked. Neither the product of the other
/// extents nor the strides of such a view need make sense.
[[gnu::noinline]] inline void plan_nothing(plan& p, const index_list& shape, axis_set selected,
                                           const index_list& result_strides) {
    for (std::size_t i = 0; i != shape.size(); ++i)
        if (shape[i] == 0) ((selected >> i & 1U) == 0 ? p.results : p.terms) = 0;
    std::size_t kept_dimensions = 0;
    for (std::size_t i = 0; i != shape.size(); ++i) {
        if ((selected >> i & 1U) != 0) continue;
        const loop l{shape[i], 0, result_strides[kept_dimensions++]};
        p.results *= l.extent;
        if (l.extent > 1) p.kept.push_back(l);
    }
}

/// Chooses the loops for reducing the `selected` dimensions of a view into results that lie at `result_strides`, one
/// stride for each dimension kept. `short_terms` is the short_row_of<> of their elements.
inline plan make_plan(const index_list& shape, const index_list& strides, axis_set selected,
                      const index_list& result_strides, std::ptrdiff_t short_terms = short_row) {
    plan p;
    for (std::ptrdiff_t extent : shape) {
        if (extent != 0) continue;
        plan_nothing(p, shape, selected, result_strides);
        return p;
    }
    std::size_t kept_dimensions = 0;
    for (std::size_t i = 0; i != shape.size(); ++i) {
        const bool is_kept = (selected >> i & 1U) == 0;
        loop l{shape[i], strides[i], is_kept ? result_strides[kept_dimensions++] : 0};
        if (l.extent == 1) continue;
        if (!is_kept && l.stride == 0) {
            p.repeats *= l.extent;
            continue;
        }
        (is_kept ? p.results : p.terms) *= l.extent;
        if (l.stride < 0) {
            p.origin += (l.extent - 1) * l.stride;
            p.result_origin += (l.extent - 1) * l.result_stride;
            l.stride = -l.stride;
            l.result_stride = -l.result_stride;
        }
        (is_kept ? p.kept : p.reduced).push_back(l);
    }
    p.kept.sort_and_fold();
    p.reduced.sort_and_fold();

    if (p.terms < short_row) {
        p.lie = p.results == 1 ? orientation::rows : orientation::columns;
    } else if (p.results >= few_results) {
        const loop &reduced = p.reduced.innermost(), &kept = p.kept.innermost();
        const bool are_rows = reduced.stride <= kept.stride || kept.stride == 0;
        const bool are_short = p.terms < short_terms && p.repeats == 1 && p.reduced.size() == 1 &&
                               reduced.stride == 1 && kept.stride != 0 && kept.extent >= few_results;
        p.lie = are_rows && !are_short ? orientation::rows : orientation::columns;
    }
    return p;
}

} // namespace SUMMIT_INSTRUCTION_SET

} // namespace summit::inline version0
