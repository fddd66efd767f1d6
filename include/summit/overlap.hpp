// SPDX-License-Identifier: MIT
#pragma once

#include <summit/instruction_set.hpp>
#include <summit/shape.hpp>

#include <algorithm>
#include <array>

namespace summit::inline version0::inline SUMMIT_INSTRUCTION_SET {

/// Whether a sum of strides, each taken a bounded number of times, meets a given distance.
///
/// The search goes from the largest stride to the smallest and keeps to counts from which the smaller ones can still
/// reach the distance. Of strides that come from slicing, striding, reversing and transposing a dense block that is one count
/// or two for each stride. The general question is as hard as packing a knapsack, so the search has a limit.
class stride_sums {
public:
    enum class answer { none, some, undecided };

    /// From 0 to `most` times `stride`.
    void add(std::size_t stride, std::size_t most) {
        if (stride == 0 || most == 0) return;
        std::size_t at = size_;
        for (; at != 0 && terms_[at - 1].stride <= stride; --at)
            if (terms_[at - 1].stride == stride) {
                terms_[at - 1].most += most;
                return;
            }
        // One by one: of a whole move g++ 14 thinks that its length may be negative.
        for (std::size_t i = size_; i != at; --i) terms_[i] = terms_[i - 1];
        terms_[at] = {stride, most, 0};
        ++size_;
    }

    /// Whether some sum is exactly `distance`. The sum of all must fit std::size_t.
    [[nodiscard]] answer meet(std::size_t distance) {
        std::size_t reach = 0;
        for (std::size_t i = size_; i-- != 0;) reach = terms_[i].reach = reach + terms_[i].stride * terms_[i].most;
        steps_ = 0;
        return search(0, distance);
    }

private:
    struct term {
        std::size_t stride;
        std::size_t most;
        std::size_t reach; ///< the largest sum of this stride and the smaller ones
    };

    static constexpr int most_steps = 4096;

    [[nodiscard]] answer search(std::size_t i, std::size_t distance) {
        if (distance == 0) return answer::some;
        if (i == size_ || distance > terms_[i].reach) return answer::none;
        if (++steps_ > most_steps) return answer::undecided;
        const std::size_t stride = terms_[i].stride;
        const std::size_t below = i + 1 == size_ ? 0 : terms_[i + 1].reach;
        const std::size_t least = distance <= below ? 0 : (distance - below + stride - 1) / stride;
        for (std::size_t times = std::min(distance / stride, terms_[i].most) + 1; times-- > least;) {
            const answer found = search(i + 1, distance - times * stride);
            if (found != answer::none) return found;
        }
        return answer::none;
    }

    std::array<term, 2 * max_rank + 1> terms_;
    std::size_t size_ = 0;
    int steps_ = 0;
};

[[nodiscard]] constexpr std::size_t magnitude(std::ptrdiff_t x) noexcept {
    return x < 0 ? std::size_t{0} - static_cast<std::size_t>(x) : static_cast<std::size_t>(x);
}

/// Whether two indices of a view with this shape and these strides lie in one place. Exact for whatever slicing, striding,
/// reversing, transposing and broadcasting make of a dense block; of other strides those too hard to decide count as
/// meeting. The reach of the view must fit std::ptrdiff_t, as that of every summit::view does.
[[nodiscard]] inline bool meets_itself(const index_list& shape, const index_list& strides) {
    std::array<std::size_t, max_rank> order;
    std::size_t count = 0;
    for (std::ptrdiff_t extent : shape)
        if (extent == 0) return false;
    for (std::size_t i = 0; i != shape.size(); ++i) {
        if (shape[i] == 1) continue;
        if (strides[i] == 0) return true;
        std::size_t at = count++;
        for (; at != 0 && magnitude(strides[order[at - 1]]) > magnitude(strides[i]); --at) order[at] = order[at - 1];
        order[at] = i;
    }
    // Two indices that meet differ by some d with Σ dᵢ·strideᵢ = 0 and |dᵢ| < extentᵢ. Of the dimensions where they differ,
    // the one of largest stride may be taken to differ by 1 or more.
    std::size_t reach = 0; // of the smaller strides
    for (std::size_t k = 0; k != count; ++k) {
        const std::size_t stride = magnitude(strides[order[k]]);
        const auto most = static_cast<std::size_t>(shape[order[k]] - 1);
        if (stride <= reach) {
            stride_sums sums;
            sums.add(stride, most - 1);
            for (std::size_t j = 0; j != k; ++j)
                sums.add(magnitude(strides[order[j]]), 2 * static_cast<std::size_t>(shape[order[j]] - 1));
            if (sums.meet(reach - stride) != stride_sums::answer::none) return true;
        }
        reach += stride * most;
    }
    return false;
}

/// Where the elements of a view lie.
struct placement {
    const void* first;
    std::size_t element_size;
    const index_list& shape;
    const index_list& strides;
};

/// Whether two views have a byte in common. Two that are too hard to decide, which takes strides that are no multiples of each
/// other or many dimensions, count as apart: views that have none are never said to have one.
[[nodiscard]] inline bool have_common_bytes(const placement& a, const placement& b) {
    struct interval {
        std::size_t lowest;
        std::size_t bytes;
    };
    bool is_empty = false;
    const auto span = [&](const placement& p) {
        interval all{reinterpret_cast<std::size_t>(p.first), p.element_size};
        for (std::size_t i = 0; i != p.shape.size(); ++i) {
            is_empty = is_empty || p.shape[i] == 0;
            if (p.shape[i] == 0) break;
            const std::size_t reach =
                static_cast<std::size_t>(p.shape[i] - 1) * magnitude(p.strides[i]) * p.element_size;
            all.bytes += reach;
            if (p.strides[i] < 0) all.lowest -= reach;
        }
        return all;
    };
    const interval of_a = span(a);
    const interval of_b = span(b);
    const bool begins_inside = of_a.lowest - of_b.lowest < of_b.bytes || of_b.lowest - of_a.lowest < of_a.bytes;
    if (is_empty || !begins_inside) return false;

    // A byte of a lies at lowest_a + Σ i·stride, one of b at lowest_b + Σ j·stride, where each element adds a stride of 1.
    // With most − j in the place of j, both sums stand on one side.
    stride_sums sums;
    for (const placement* p : {&a, &b}) {
        for (std::size_t i = 0; i != p->shape.size(); ++i)
            sums.add(magnitude(p->strides[i]) * p->element_size, static_cast<std::size_t>(p->shape[i] - 1));
        sums.add(1, p->element_size - 1);
    }
    return sums.meet(of_b.lowest - of_a.lowest + of_b.bytes - 1) == stride_sums::answer::some;
}

} // namespace summit::inline version0::inline SUMMIT_INSTRUCTION_SET
