// SPDX-License-Identifier: MIT
#pragma once

#include <summit/metal.hpp>

#include "support/oracle.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace metal_tests {

/// A device and an element type: what each test of results runs for.
template <class Device, class T>
struct target {
    using device = Device;
    using element = T;
};

/// Without a device there is nothing to test.
template <class Device>
void need_device() {
    if (!summit::is_available(Device{})) SKIP("no such device here");
}

/// By how much a sanitiser's run is cut short: it looks at memory, and one round is much like another.
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define METAL_TESTS_SANITISED
#endif
#endif
#if defined(METAL_TESTS_SANITISED)
inline constexpr int shortened = 8;
#else
inline constexpr int shortened = 1;
#endif

/// Units in the last place that a device promises.
template <class Device>
inline constexpr double promised = std::same_as<Device, summit::device::cpu> ? 1.0 : 4.0;

/// Below this, a result that is a difference, of a negative maximum and a logarithm, has on Metal the error that it has
/// here.
inline constexpr double near_zero = 0x1p-7;

/// The error of a result in units of the promise: 1 keeps it. Each term stands `multiplicity` times in the reduction.
template <class Device, class T>
[[nodiscard]] double error_of(const std::vector<T>& terms, summit::result_t<T> got, std::ptrdiff_t multiplicity = 1) {
    using result = summit::result_t<T>;
    using format = support::binary_format<result>;
    const std::vector<std::uint64_t> counts(terms.size(), static_cast<std::uint64_t>(multiplicity));
    const auto wanted = support::exact_log_sum_exp<T>(terms, counts);
    const double ulp = wanted.error(got) / promised<Device>;
    if (std::same_as<Device, summit::device::cpu> || ulp <= 1.0 || wanted.is != support::exact_result::kind::number)
        return ulp;
    const double value = wanted.value.to_double();
    const double smallest_normal = std::ldexp(1.0, format::smallest_exponent);
    // A GPU may take subnormals for 0.
    if (std::abs(value) < smallest_normal && format::magnitude(got) == 0) return 0.0;
    const bool difference = std::all_of(terms.begin(), terms.end(), [](T x) { return static_cast<float>(x) < 0.0F; });
    if (!difference || std::abs(value) >= near_zero || !(std::abs(static_cast<float>(got)) < 1.0F)) return ulp;
    const double at_near_zero = std::ldexp(near_zero, 1 - std::min(format::digits, 24));
    return std::abs(static_cast<double>(static_cast<float>(got)) - value) / (promised<Device> * at_near_zero);
}

/// Where the elements of results lie: term t of result r at offset(r, t).
struct layout {
    std::string name;
    summit::index_list shape;
    summit::index_list strides;
    std::vector<int> reduced;
    std::ptrdiff_t results = 1;
    std::ptrdiff_t terms = 1;

    layout(std::string n, summit::index_list s, summit::index_list step, std::vector<int> which)
        : name(std::move(n)), shape(s), strides(step), reduced(std::move(which)) {
        for (std::size_t i = 0; i != shape.size(); ++i) (is_reduced(i) ? terms : results) *= shape[i];
    }

    [[nodiscard]] bool is_reduced(std::size_t i) const {
        return std::find(reduced.begin(), reduced.end(), static_cast<int>(i)) != reduced.end();
    }

    [[nodiscard]] std::ptrdiff_t offset(std::ptrdiff_t result, std::ptrdiff_t term) const {
        std::ptrdiff_t sum = 0;
        for (std::size_t i = shape.size(); i-- != 0;) {
            std::ptrdiff_t& number = is_reduced(i) ? term : result;
            sum += number % shape[i] * strides[i];
            number /= shape[i];
        }
        return sum;
    }
};

/// Elements in a layout, in a block of memory that ends where they end.
template <class T>
class laid_out {
public:
    explicit laid_out(const layout& l) : layout_(l) {
        std::ptrdiff_t last = 0;
        for (std::size_t i = 0; i != l.shape.size(); ++i) {
            const std::ptrdiff_t reach = std::max<std::ptrdiff_t>(l.shape[i] - 1, 0) * l.strides[i];
            if (reach < 0) first_ -= reach;
            if (reach > 0) last += reach;
        }
        elements_ = std::make_unique<T[]>(static_cast<std::size_t>(first_ + last + 1));
    }

    [[nodiscard]] T& at(std::ptrdiff_t result, std::ptrdiff_t term) {
        return elements_[static_cast<std::size_t>(first_ + layout_.offset(result, term))];
    }

    [[nodiscard]] summit::view<const T> view() const {
        return summit::view<const T>(elements_.get() + first_, layout_.shape, layout_.strides);
    }

    /// Integers as what they are promoted to.
    using term = std::conditional_t<std::integral<T>, float, T>;

    [[nodiscard]] std::vector<term> terms(std::ptrdiff_t result) {
        std::vector<term> all;
        for (std::ptrdiff_t t = 0; t != layout_.terms; ++t) all.push_back(static_cast<term>(at(result, t)));
        return all;
    }

private:
    layout layout_;
    std::ptrdiff_t first_ = 0;
    std::unique_ptr<T[]> elements_;
};

/// Every result of a device, judged: what is wrong with the first that breaks the promise, or nothing. A further reduced
/// dimension of stride 0 makes each term count `multiplicity` times.
template <class Device, class T>
[[nodiscard]] std::string judge(laid_out<T>& elements, const layout& l, std::ptrdiff_t multiplicity = 1) {
    summit::index_list shape = l.shape;
    summit::index_list strides = l.strides;
    std::vector<int> reduced = l.reduced;
    if (multiplicity != 1) {
        reduced.push_back(static_cast<int>(shape.size()));
        shape.push_back(multiplicity);
        strides.push_back(0);
    }
    const summit::view<const T> all(elements.view().data(), shape, strides);
    const auto y = summit::logsumexp(all, reduced, false, Device{});
    if (y.size() != l.results) return "a wrong number of results";
    for (std::ptrdiff_t r = 0; r != l.results; ++r) {
        const double error = error_of<Device>(elements.terms(r), y.data()[r], multiplicity);
        if (!(error <= 1.0))
            return l.name + ", result " + std::to_string(r) + " of " + std::to_string(l.terms) + " terms " +
                   std::to_string(multiplicity) + " times: " + std::to_string(static_cast<float>(y.data()[r])) + ", " +
                   std::to_string(error) + " times the promised error";
    }
    return {};
}

} // namespace metal_tests
