// SPDX-License-Identifier: MIT
// What one writes by hand: the maximum, then the sum of std::exp, result by result.
#include "peer.hpp"

#include "../data.hpp"

#include <cmath>
#include <complex>
#include <type_traits>

namespace bench {
namespace {

/// What one computes an element in.
template <class T>
[[nodiscard]] auto widen(T x) {
    if constexpr (std::is_integral_v<T> || sizeof(T) == 2)
        return static_cast<float>(x);
    else
        return x;
}

template <class T>
[[nodiscard]] auto by_hand(const T* x, const loop& outer, const loop& inner) {
    auto max = std::real(widen(x[0]));
    for (std::ptrdiff_t i = 0; i != outer.extent; ++i)
        for (std::ptrdiff_t j = 0; j != inner.extent; ++j)
            max = std::max(max, std::real(widen(x[i * outer.stride + j * inner.stride])));
    decltype(widen(x[0])) sum = 0;
    for (std::ptrdiff_t i = 0; i != outer.extent; ++i)
        for (std::ptrdiff_t j = 0; j != inner.extent; ++j)
            sum += std::exp(widen(x[i * outer.stride + j * inner.stride]) - max);
    return static_cast<summit::result_t<T>>(max + std::log(sum));
}

class plain_loop final : public peer {
public:
    std::string name() const override { return "loop"; }
    std::string version() const override { return "std::exp, C++ library"; }
    bool supports(const problem&) const override { return true; }

    std::unique_ptr<task> prepare(const problem& x) override {
        return with_elements(x, [&](const auto* elements) {
            using value = summit::result_t<std::remove_cvref_t<decltype(*elements)>>;
            return make_task(
                [elements, l = loops(x)] {
                    std::vector<value> y(static_cast<std::size_t>(l.kept.extent));
                    for (std::ptrdiff_t k = 0; k != l.kept.extent; ++k)
                        y[static_cast<std::size_t>(k)] = by_hand(elements + k * l.kept.stride, l.outer, l.inner);
                    return y;
                },
                [](const auto& y) { return as_doubles(y.data(), std::ssize(y)); });
        });
    }
};

[[maybe_unused]] const bool added = add_peer<plain_loop>();

} // namespace
} // namespace bench
