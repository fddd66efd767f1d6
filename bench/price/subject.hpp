// SPDX-License-Identifier: MIT
// The call whose price is asked for. Through public headers alone, so that this program measures older trees too.
#pragma once

#include "../fill.hpp"
#include "timing.hpp"

#include <summit/summit.hpp>

#include <memory>
#include <new>
#include <vector>

namespace bench {

/// Memory from the start of a page on, so that no run is lucky or unlucky with where its elements lie.
template <class T>
class page_aligned {
public:
    explicit page_aligned(std::ptrdiff_t count)
        : data_(static_cast<T*>(::operator new(static_cast<std::size_t>(count) * sizeof(T), page))) {}

    [[nodiscard]] T* get() const { return data_.get(); }

private:
    static constexpr std::align_val_t page{4096};
    struct release {
        void operator()(T* data) const { ::operator delete(data, page); }
    };
    std::unique_ptr<T, release> data_;
};

/// logsumexp_into for a problem, its operands made beforehand: what is timed is the call.
template <class T, class Result>
[[nodiscard]] auto call_on(const problem& x, const T* elements, Result* results) {
    const summit::view<const T> input(elements, x.shape, x.strides);
    std::vector<std::ptrdiff_t> kept;
    for (std::size_t i = 0; i != x.shape.size(); ++i)
        if (!x.reduces(i)) kept.push_back(x.shape[i]);
    const summit::view<Result> output(results, kept);
    return timed([input, output, axes = summit::axes(x.axes)] { summit::logsumexp_into(output, input, axes); });
}

/// Memory for the elements and results of one problem after the other. What is never written takes none.
template <class T>
class subject {
public:
    explicit subject(std::ptrdiff_t most) : elements_(most), results_(most) {}

    void fill_with(kind k, const problem& x) const { fill(k, x, elements_.get()); }
    /// A call that reduces what the memory holds each time, and not what it held when the call was made.
    [[nodiscard]] auto call(const problem& x) const { return call_on(x, elements(), results_.get()); }
    [[nodiscard]] const T* elements() const { return elements_.get(); }

private:
    page_aligned<T> elements_, results_;
};

} // namespace bench
