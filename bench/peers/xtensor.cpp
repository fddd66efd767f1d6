// SPDX-License-Identifier: MIT
#include "peer.hpp"

#include <xtensor/xadapt.hpp>
#include <xtensor/xarray.hpp>
#include <xtensor/xmath.hpp>

namespace bench {
namespace {

/// The lazy form: one that stores the terms is slower, and XTENSOR_USE_XSIMD changes neither.
template <class T>
[[nodiscard]] std::unique_ptr<task> prepare_type(const problem& x) {
    // Of the elements, not of the memory they are spread over: adapt compares it with the shape.
    const auto size = static_cast<std::size_t>(x.size());
    const auto a = xt::adapt(x.elements<T>(), size, xt::no_ownership(), x.shape, x.strides);
    return make_task(
        [a, axes = x.axes] {
            const xt::xarray<T> max = xt::amax(a, axes, xt::keep_dims);
            const xt::xarray<T> sum = xt::sum(xt::exp(a - max), axes);
            return xt::xarray<T>(xt::reshape_view(max, sum.shape()) + xt::log(sum));
        },
        [](const xt::xarray<T>& y) { return as_doubles(y.data(), static_cast<std::ptrdiff_t>(y.size())); });
}

class xtensor final : public peer {
public:
    std::string name() const override { return "xtensor"; }
    std::string version() const override {
        return std::to_string(XTENSOR_VERSION_MAJOR) + "." + std::to_string(XTENSOR_VERSION_MINOR) + "." +
               std::to_string(XTENSOR_VERSION_PATCH);
    }
    bool supports(const problem& x) const override { return x.type == element::float32 || x.type == element::float64; }
    std::unique_ptr<task> prepare(const problem& x) override {
        return x.type == element::float64 ? prepare_type<double>(x) : prepare_type<float>(x);
    }
};

[[maybe_unused]] const bool added = add_peer<xtensor>();

} // namespace
} // namespace bench
