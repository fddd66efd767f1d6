// SPDX-License-Identifier: MIT
#pragma once

#include "options.hpp"
#include "subject.hpp"

#include "../cases.hpp"

#include <complex>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <type_traits>
#include <vector>

namespace bench {

/// Calls that no kernel is made for: a reduction of nothing, at most 1.5 times what a copy costs; many small dimensions, at
/// most 2.5 times what rows of as many terms cost; pairs of doubles, at most 2 ns an element, and complex<float>, 2.5.
class corner_table {
public:
    corner_table(const options& o, std::FILE* csv) : o_(o), pace_(o.pace()), csv_(csv) {}

    template <class T>
    void of_type(element type) {
        if (!o_.wants(type)) return;
        std::printf("\n%-36s %-14s %9s %9s %7s\n", "ns an element", name(type), "price", "beside", "x");
        const std::vector<std::ptrdiff_t> square{1024, 1024};
        if constexpr (requires(T z) { z.imag(); }) {
            const double most = type == element::complex64 ? 2.5 : unlimited;
            alone<T>(contiguous(type, square, {1}), most);
            alone<T>(contiguous(type, square, {0}), most);
        } else {
            beside_copy<T>(contiguous(type, square, {}));
            beside_copy<T>(contiguous(type, {1024, 1, 1024}, {1}));
            if (!std::is_floating_point_v<T>) return;
            alone<T>(contiguous(type, {2000000, 2}, {1}), type == element::float64 ? 2 : unlimited);
            for (std::ptrdiff_t chosen = 1; chosen != 1 << 6; ++chosen)
                beside_rows<T>(subset(type, {7, 7, 7, 7, 7, 7}, chosen));
            for (std::ptrdiff_t chosen = 1; chosen != 1 << 3; ++chosen) {
                beside_rows<T>(subset(type, {17, 33, 65}, chosen));
                beside_rows<T>(subset(type, {100, 100, 100}, chosen));
            }
        }
    }

    void summary() const { std::printf("\n%d of %d above their limit\n", dear_, cells_); }

private:
    /// Reduced over the dimensions whose bits are set.
    [[nodiscard]] static problem subset(element type, const std::vector<std::ptrdiff_t>& shape, std::ptrdiff_t chosen) {
        std::vector<std::ptrdiff_t> axes;
        for (std::size_t i = 0; i != shape.size(); ++i)
            if ((chosen >> i & 1) != 0) axes.push_back(static_cast<std::ptrdiff_t>(i));
        return contiguous(type, shape, axes);
    }

    template <class T>
    struct operands {
        page_aligned<T> elements;
        page_aligned<summit::result_t<T>> results;

        explicit operands(const problem& x) : elements(x.span()), results(nest(x).results) {
            random_numbers random;
            for (std::ptrdiff_t i = 0; i != x.span(); ++i) elements.get()[i] = friendly_element<T>(random);
        }
        [[nodiscard]] auto call(const problem& x) const {
            return call_on(x, static_cast<const T*>(elements.get()), results.get());
        }
    };

    template <class T>
    void alone(const problem& x, double most) {
        if (!o_.wants(x)) return;
        const operands<T> o(x);
        auto call = o.call(x);
        for (int round = 0; round != pace_.rounds; ++round) call.again(pace_);
        const double each = call.least() / static_cast<double>(x.size());
        print(x, each, each > most);
    }

    template <class T>
    void beside_copy(const problem& x) {
        if (!o_.wants(x)) return;
        const operands<T> o(x);
        timed copy([&o, n = x.span()] {
            const T* from = o.elements.get();
            summit::result_t<T>* to = o.results.get();
            for (std::ptrdiff_t i = 0; i != n; ++i) {
                if constexpr (std::is_integral_v<T>)
                    to[i] = static_cast<summit::result_t<T>>(from[i]); // which std::copy does with a warning
                else
                    to[i] = from[i];
            }
        });
        against(x, o.call(x), copy, 1.5);
    }

    /// Rows of as many terms, of as many elements: whatever lies where, it is as many exponentials.
    template <class T>
    void beside_rows(const problem& x) {
        if (!o_.wants(x)) return;
        const nest n(x);
        const operands<T> o(x);
        against(x, o.call(x), o.call(contiguous(x.type, {n.results, n.terms}, {1})), 2.5);
    }

    template <class Call, class Other>
    void against(const problem& x, Call call, Other other, double most) {
        for (int attempt = 0; attempt <= pace_.retries && (attempt == 0 || call.least() > most * other.least());
             ++attempt)
            for (int round = 0; round != pace_.rounds; ++round) {
                call.again(pace_);
                other.again(pace_);
            }
        const auto elements = static_cast<double>(x.size());
        const double ratio = call.least() / other.least();
        print(x, call.least() / elements, ratio > most, other.least() / elements, ratio);
    }

    void print(const problem& x, double each, bool is_dear, double other = 0, double ratio = 0) {
        std::printf("%-36s %-14s %9.4f", x.description.c_str(), name(x.type), each);
        if (other == 0)
            std::printf(" %17s", "");
        else
            std::printf(" %9.4f %7.2f", other, ratio);
        std::printf("%s\n", is_dear ? "*" : "");
        ++cells_;
        dear_ += is_dear;
        if (csv_ != nullptr) std::fprintf(csv_, "\"%s\",%s,corner,%.6g\n", x.description.c_str(), name(x.type), each);
    }

    static constexpr double unlimited = std::numeric_limits<double>::infinity();
    const options& o_;
    patience pace_;
    std::FILE* csv_;
    int cells_ = 0, dear_ = 0;
};

} // namespace bench
