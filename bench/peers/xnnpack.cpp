// SPDX-License-Identifier: MIT
// XNNPACK exports no log-sum-exp, but the static library of its kernels holds the two of which its softmax is made: the
// maximum of a row, and the sum of exp(x − max), which it also stores.
#include "peer.hpp"

#include <algorithm>
#include <array>
#include <cmath>

// No installed header declares them. Sizes are in bytes; these kernels read no parameters.
extern "C" {
using xnn_rmax = void(std::size_t size, const float* x, float* max, const void* parameters);
using xnn_sum_exp = void(std::size_t size, const float* x, const float* max, float* terms, float* sum,
                         const void* parameters);
xnn_rmax xnn_f32_rmax_ukernel__avx512f_u64_acc4, xnn_f32_rmax_ukernel__avx_u32_acc4;
xnn_sum_exp xnn_f32_raddstoreexpminusmax_ukernel__avx512f_rr2_p5_u64_acc2,
    xnn_f32_raddstoreexpminusmax_ukernel__avx2_rr2_p5_u32_acc2;
}

namespace bench {
namespace {

#if defined(__AVX512F__)
constexpr bool usable = true;
constexpr const char* kernels = "its AVX-512 kernels";
constexpr auto* row_max = xnn_f32_rmax_ukernel__avx512f_u64_acc4;
constexpr auto* sum_exp = xnn_f32_raddstoreexpminusmax_ukernel__avx512f_rr2_p5_u64_acc2;
#elif defined(__AVX2__) && defined(__FMA__)
constexpr bool usable = true;
constexpr const char* kernels = "its AVX2 kernels";
constexpr auto* row_max = xnn_f32_rmax_ukernel__avx_u32_acc4;
constexpr auto* sum_exp = xnn_f32_raddstoreexpminusmax_ukernel__avx2_rr2_p5_u32_acc2;
#else
constexpr bool usable = false;
constexpr const char* kernels = "no kernels for this instruction set";
constexpr xnn_rmax* row_max = nullptr;
constexpr xnn_sum_exp* sum_exp = nullptr;
#endif

/// The terms, which nobody wants, go block by block to the same few kilobytes, so that the stores stay in L1.
[[nodiscard]] float logsumexp_of_row(const float* x, std::ptrdiff_t length) {
    constexpr std::ptrdiff_t block = 4096;
    alignas(64) std::array<float, block + 64> terms;
    float max;
    row_max(static_cast<std::size_t>(length) * sizeof(float), x, &max, nullptr);
    float total = 0;
    for (std::ptrdiff_t first = 0; first < length; first += block) {
        float sum;
        const auto size = static_cast<std::size_t>(std::min(block, length - first)) * sizeof(float);
        sum_exp(size, x + first, &max, terms.data(), &sum, nullptr);
        total += sum;
    }
    return max + std::log(total);
}

class xnnpack final : public peer {
public:
    std::string name() const override { return "XNNPACK"; }
    std::string version() const override { return kernels; } // its header has no number
    bool supports(const problem& x) const override {
        const loops l(x);
        return usable && x.type == element::float32 && l.outer.extent == 1 &&
               (l.inner.stride == 1 || l.inner.extent == 1);
    }
    std::unique_ptr<task> prepare(const problem& x) override {
        return make_task(
            [elements = x.elements<float>(), l = loops(x)] {
                std::vector<float> y(static_cast<std::size_t>(l.kept.extent));
                for (std::ptrdiff_t k = 0; k != l.kept.extent; ++k)
                    y[static_cast<std::size_t>(k)] = logsumexp_of_row(elements + k * l.kept.stride, l.inner.extent);
                return y;
            },
            [](const auto& y) { return as_doubles(y.data(), std::ssize(y)); });
    }
};

[[maybe_unused]] const bool added = add_peer<xnnpack>();

} // namespace
} // namespace bench
