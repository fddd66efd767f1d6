// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The Summit authors
//
// Bytes become a type, a view, axes and a result of the caller's: whatever they are, logsumexp returns what the law of
// the special values and a plain sum say, throws one of the documented errors, and touches nothing beside its arguments.
#include <summit/logsumexp.hpp>

#include "support/random_case.hpp"

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>
#include <stdexcept>

namespace {

/// Hands out the fuzzer's bytes, and zeros when there are none left.
class byte_source {
public:
    byte_source(const std::uint8_t* data, std::size_t size) : data_(data), size_(size) {}

    [[nodiscard]] std::uint8_t byte() {
        if (size_ == 0) return 0;
        --size_;
        return *data_++;
    }
    template <class T>
    [[nodiscard]] T value() {
        std::array<std::uint8_t, sizeof(T)> bytes{};
        for (auto& one : bytes) one = byte();
        T made;
        if constexpr (std::same_as<T, bool>)
            made = (bytes[0] & 1U) != 0;
        else
            std::memcpy(&made, bytes.data(), sizeof(T));
        return made;
    }
    [[nodiscard]] bool empty() const { return size_ == 0; }

private:
    const std::uint8_t* data_;
    std::size_t size_;
};

[[noreturn]] void fail(const char* what, const support::layout& layout) {
    std::fprintf(stderr, "fuzz: %s: %s\n", what, layout.text().c_str());
    std::abort();
}

/// A plain sum: enough to see a wrong element, and no more is asked here. Two thousand equal terms added in double would
/// already be further off than the tolerance.
template <class T>
void check(const std::vector<support::listed<T>>& terms, summit::result_t<T> got, const support::layout& layout) {
    using result = summit::result_t<T>;
    using format = support::binary_format<result>;
    bool nan = false;
    bool infinite = false;
    double max = -std::numeric_limits<double>::infinity();
    for (const auto x : terms) {
        const double value = static_cast<double>(static_cast<summit::compute_t<T>>(x));
        nan = nan || std::isnan(value);
        infinite = infinite || value == std::numeric_limits<double>::infinity();
        if (value > max) max = value;
    }
    const auto bits = format::magnitude(got);
    if (nan) {
        if (!format::is_nan(got)) fail("a NaN was lost", layout);
    } else if (infinite) {
        if (format::of(got) != format::infinity) fail("+inf was lost", layout);
    } else if (std::isinf(max)) {
        if (format::of(got) != (format::infinity | format::sign)) fail("-inf was lost", layout);
    } else {
        long double sum = 0.0L;
        for (const auto x : terms) sum += std::exp(static_cast<double>(static_cast<summit::compute_t<T>>(x)) - max);
        const double wanted = static_cast<double>(max + std::log(sum));
        const double largest =
            support::real::of(format::from(static_cast<typename format::bits>(format::infinity - 1))).to_double();
        if (bits >= format::infinity) {
            if (format::is_nan(got) || wanted < largest) fail("a special value out of nothing", layout);
            return;
        }
        const double value = support::real::of(got).to_double();
        const double unit = std::exp2(1 - format::digits);
        const double tolerance = std::max(std::abs(wanted), std::max(std::abs(max), 1.0)) * std::max(2.0 * unit, 1e-14);
        if (!(std::abs(value - wanted) <= tolerance)) fail("a wrong result", layout);
    }
}

template <class T>
void run(byte_source& bytes) {
    using result = summit::result_t<T>;
    using format = support::binary_format<result>;

    support::layout layout;
    const std::size_t rank = bytes.byte() % 7;
    std::size_t room = 2000;
    const std::uint8_t style = bytes.byte();
    for (std::size_t i = 0; i != rank; ++i) {
        std::size_t extent = bytes.byte();
        if ((style & 1U) != 0) extent %= 9;
        if (extent > room) extent = room;
        if (extent != 0) room /= extent;
        layout.shape.push_back(static_cast<std::ptrdiff_t>(extent));
    }
    layout.strides = summit::row_major_strides(layout.shape);
    if ((style & 2U) != 0)
        for (std::size_t i = 0; i != rank; ++i) layout.strides[i] = static_cast<std::int8_t>(bytes.byte());
    if ((style & 4U) != 0)
        for (std::size_t i = 0; i != rank; ++i) layout.strides[i] = -layout.strides[i];
    layout.selected = bytes.byte() & ((summit::axis_set{1} << rank) - 1);
    layout.keepdims = (style & 8U) != 0;

    // Axes as they come: out of range and named twice too.
    std::vector<int> names;
    bool valid = true;
    if ((style & 16U) != 0) {
        layout.selected = 0;
        for (std::size_t count = bytes.byte() % 5; count != 0; --count) {
            const int name = static_cast<std::int8_t>(bytes.byte()) % 8;
            names.push_back(name);
            const int from_front = name < 0 ? name + static_cast<int>(rank) : name;
            if (from_front < 0 || from_front >= static_cast<int>(rank) || (layout.selected >> from_front & 1U) != 0)
                valid = false;
            else
                layout.selected |= summit::axis_set{1} << from_front;
        }
    } else {
        for (std::size_t i = 0; i != rank; ++i)
            if ((layout.selected >> i & 1U) != 0)
                names.push_back(static_cast<int>(i) - ((style & 32U) != 0 ? static_cast<int>(rank) : 0));
    }

    support::exact_span<T> place(layout.shape, layout.strides);
    const std::uint8_t palette = bytes.byte();
    for (T& x : std::span(place.begin(), place.size())) {
        x = bytes.value<T>();
        // Whole bit patterns are seldom of one size; numbers near each other are what a sum is about.
        if ((palette & 1U) != 0)
            x = support::to_element<T>(static_cast<double>(static_cast<std::int8_t>(bytes.byte())) / 4.0);
    }

    if (!valid) {
        try {
            static_cast<void>(summit::logsumexp(place.constant(), names, layout.keepdims));
        } catch (const std::invalid_argument&) { return; }
        fail("bad axes were taken", layout);
    }
    const auto got = summit::logsumexp(place.constant(), names, layout.keepdims);
    const auto shape = summit::reduced_shape(layout.shape, layout.selected, layout.keepdims);
    if (got.shape() != shape) fail("another shape", layout);
    const auto slices = support::slices_of<T>(place.constant(), layout.selected);
    if (slices.size() != static_cast<std::size_t>(got.size())) fail("another size", layout);
    for (std::size_t i = 0; i != slices.size(); ++i) check<T>(slices[i], got.data()[i], layout);

    // The caller's result: dense with gaps, or wherever the bytes say, which must then be refused or be right.
    summit::index_list strides = shape;
    const std::uint8_t out_style = bytes.byte();
    std::ptrdiff_t stride = 1 + (out_style & 3U);
    for (std::size_t i = shape.size(); i-- != 0;) {
        strides[i] = (out_style & 4U) != 0 ? -stride : stride;
        stride *= std::max<std::ptrdiff_t>(shape[i], 1);
    }
    summit::index_list out_shape = shape;
    if ((out_style & 0x38U) == 0x38U && !shape.empty()) out_shape[0] += 1;
    if ((out_style & 0xc0U) == 0xc0U)
        for (std::size_t i = 0; i != shape.size(); ++i)
            if ((bytes.byte() & 1U) != 0) strides[i] = static_cast<std::int8_t>(bytes.byte());
    support::exact_span<result> out(out_shape, strides);
    constexpr auto untouched = static_cast<typename format::bits>(format::infinity + 5);
    std::fill(out.begin(), out.end(), format::from(untouched));
    bool refused = false;
    try {
        summit::logsumexp_into(out.elements(), place.constant(), names, layout.keepdims);
    } catch (const std::invalid_argument&) { refused = true; }
    const bool overlapping = support::meets_itself(out_shape, strides);
    if (out_shape != shape) {
        if (!refused) fail("a result of another shape was taken", layout);
        return;
    }
    if (refused) {
        if (!overlapping) fail("a good result was refused", layout);
        for (const result& value : std::span(out.begin(), out.size()))
            if (format::of(value) != untouched) fail("refused, and written to", layout);
        return;
    }
    if (overlapping) fail("results in one place were taken", layout);
    std::size_t at = 0;
    const auto view = out.elements();
    support::for_each_index(shape, [&](const summit::index_list& index) {
        const auto there = view.data()[support::offset_of(index, strides)];
        const auto here = got.data()[at++];
        if (format::of(there) != format::of(here)) fail("logsumexp_into differs", layout);
    });
    std::size_t written = 0;
    for (const result& value : std::span(out.begin(), out.size()))
        if (format::of(value) != untouched) ++written;
    if (written > at) fail("written beside the results", layout);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    byte_source bytes(data, size);
    switch (bytes.byte() % 8) {
    case 0:
        run<double>(bytes);
        break;
    case 1:
        run<summit::float16>(bytes);
        break;
    case 2:
        run<summit::bfloat16>(bytes);
        break;
    case 3:
        run<std::int8_t>(bytes);
        break;
    case 4:
        run<std::int64_t>(bytes);
        break;
    case 5:
        run<bool>(bytes);
        break;
    default:
        run<float>(bytes);
        break;
    }
    return 0;
}
