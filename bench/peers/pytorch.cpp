// SPDX-License-Identifier: MIT
#include "peer.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <torch/csrc/api/include/torch/version.h>

#include <cstdlib>
#include <string_view>

namespace bench {
namespace {

[[nodiscard]] at::ScalarType scalar_type(element type) {
    switch (type) {
    case element::float64:
        return at::kDouble;
    case element::float16:
        return at::kHalf;
    case element::bfloat16:
        return at::kBFloat16;
    default:
        return at::kFloat;
    }
}

/// The instruction set that its kernels were chosen for, of which no header tells.
[[nodiscard]] std::string capability() {
    constexpr std::string_view before = "CPU capability usage: ";
    const std::string config = at::show_config();
    const std::size_t start = config.find(before);
    if (start == std::string::npos) return "unknown instruction set";
    const std::size_t first = start + before.size();
    return config.substr(first, config.find('\n', first) - first);
}

class pytorch final : public peer {
public:
    // It leaves AVX-512 unused unless told otherwise, before its first call, and does not ask the processor then.
    pytorch() {
#if defined(__x86_64__)
        if (__builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw") &&
            __builtin_cpu_supports("avx512dq"))
            setenv("ATEN_CPU_CAPABILITY", "avx512", 0);
#endif
    }

    std::string name() const override { return "PyTorch"; }
    std::string version() const override { return std::string(TORCH_VERSION) + " (" + capability() + ")"; }
    bool use_threads(int count) override {
        at::set_num_threads(count);
        return true;
    }
    bool supports(const problem& x) const override {
        if (x.type == element::float16) return TORCH_VERSION_MAJOR >= 2;
        return x.type == element::float32 || x.type == element::float64 || x.type == element::bfloat16;
    }

    std::unique_ptr<task> prepare(const problem& x) override {
        // from_blob takes no const pointer; nothing writes here.
        const at::Tensor a = at::from_blob(const_cast<void*>(x.data), x.shape, x.strides, scalar_type(x.type));
        return make_task([a, axes = x.axes] { return at::logsumexp(a, axes); },
                         [](const at::Tensor& y) {
                             const at::Tensor doubles = y.to(at::kDouble);
                             return as_doubles(doubles.data_ptr<double>(), doubles.numel());
                         });
    }
};

[[maybe_unused]] const bool added = add_peer<pytorch>();

} // namespace
} // namespace bench
