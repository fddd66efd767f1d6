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

/// Elements at the start of a page, so that no run is lucky or unlucky with where they lie.
template <class T>
class page_aligned {
public:
    explicit page_aligned(std::ptrdiff_t count)
        : data_(static_cast<T*>(::operator new(static_cast<std::size_t>(count) * sizeof(T), page))) {}
    page_aligned(const page_aligned&) = delete;
    page_aligned& operator=(const page_aligned&) = delete;
    ~page_aligned() { ::operator delete(data_, page); }

    [[nodiscard]] T* get() const { return data_; }

private:
    static constexpr std::align_val_t page{4096};
    T* data_;
};

/// logsumexp_into for a problem, its operands made beforehand: what is timed is the call.
template <class T>
[[nodiscard]] auto call_on(const problem& x, const T* elements, std::vector<T>& results) {
    const summit::view<const T> input(elements, x.shape, x.strides);
    std::vector<std::ptrdiff_t> kept;
    for (std::size_t i = 0; i != x.shape.size(); ++i)
        if (!x.reduces(i)) kept.push_back(x.shape[i]);
    results.resize(static_cast<std::size_t>(nest(x).results));
    const summit::view<T> output(results.data(), kept);
    return timed([input, output, axes = summit::axes(x.axes)] { summit::logsumexp_into(output, input, axes); });
}

/// The elements of one kind for one problem after the other, in memory that is kept between them.
template <class T>
class subject {
public:
    explicit subject(std::ptrdiff_t most) : elements_(most) {}

    /// A call on `x` with new elements; those of earlier calls are gone.
    [[nodiscard]] auto holding(kind k, const problem& x) {
        fill(k, x, elements_.get());
        return call_on<T>(x, elements_.get(), results_);
    }
    [[nodiscard]] const T* elements() const { return elements_.get(); }

private:
    page_aligned<T> elements_;
    std::vector<T> results_;
};

} // namespace bench
