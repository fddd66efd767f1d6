// SPDX-License-Identifier: MIT
#include "peer.hpp"

#include <mlx/mlx.h>

namespace bench {
namespace {

namespace mx = mlx::core;

[[nodiscard]] mx::Dtype dtype(element type) {
    switch (type) {
    case element::float64:
        return mx::float64;
    case element::float16:
        return mx::float16;
    case element::bfloat16:
        return mx::bfloat16;
    case element::int8:
        return mx::int8;
    case element::int32:
        return mx::int32;
    case element::complex64:
        return mx::complex64;
    default:
        return mx::float32;
    }
}

class mlx_ final : public peer {
public:
    mlx_() { mx::set_default_device(mx::Device::cpu); }

    std::string name() const override { return "MLX"; }
    std::string version() const override { return mx::version(); }
    bool supports(const problem& x) const override { return x.type != element::complex128; }

    std::unique_ptr<task> prepare(const problem& x) override {
        // The view is made and evaluated once; the call then builds its own graph each time, as a user's would, and waits
        // for the result.
        const mx::array memory(const_cast<void*>(x.data), {static_cast<int>(x.span())}, dtype(x.type), [](void*) {});
        const mx::array a = mx::as_strided(memory, mx::Shape(x.shape.begin(), x.shape.end()),
                                           mx::Strides(x.strides.begin(), x.strides.end()), 0);
        mx::eval(a);
        return make_task(
            [a, axes = std::vector<int>(x.axes.begin(), x.axes.end())] {
                mx::array y = mx::logsumexp(a, axes);
                y.eval();
                return y;
            },
            [](const mx::array& y) {
                if (y.dtype() == mx::complex64) {
                    mx::array results = mx::contiguous(y);
                    results.eval();
                    return as_doubles(results.data<mx::complex64_t>(), static_cast<std::ptrdiff_t>(results.size()));
                }
                mx::array doubles = mx::contiguous(mx::astype(y, mx::float64));
                doubles.eval();
                return as_doubles(doubles.data<double>(), static_cast<std::ptrdiff_t>(doubles.size()));
            });
    }
};

[[maybe_unused]] const bool added = add_peer<mlx_>();

} // namespace
} // namespace bench
