// SPDX-License-Identifier: MIT
// oneDNN has no log-sum-exp. Its log-softmax holds it: lse(x) = x₀ − log_softmax(x)₀, at the price of writing as much as it
// reads.
#include "peer.hpp"

#include <dnnl.hpp>

#include <bit>
#include <cstdint>

namespace bench {
namespace {

[[nodiscard]] float widen(float x) { return x; }
[[nodiscard]] float widen(std::uint16_t bfloat16) { return std::bit_cast<float>(std::uint32_t{bfloat16} << 16); }

template <class T>
class log_softmax {
public:
    log_softmax(const problem& x, const dnnl::engine& engine, const dnnl::stream& stream)
        : l_(x), elements_(x.elements<T>()), stream_(stream) {
        const dnnl::memory::desc layout(
            x.shape, sizeof(T) == 2 ? dnnl::memory::data_type::bf16 : dnnl::memory::data_type::f32, x.strides);
        const dnnl::logsoftmax_forward::desc wanted(dnnl::prop_kind::forward_inference, layout,
                                                    static_cast<int>(x.axes[0]));
        const dnnl::logsoftmax_forward::primitive_desc chosen(wanted, engine);
        input_ = dnnl::memory(layout, engine, const_cast<void*>(x.data));
        output_ = dnnl::memory(layout, engine);
        primitive_ = dnnl::logsoftmax_forward(chosen);
    }

    [[nodiscard]] std::vector<float> operator()() {
        primitive_.execute(stream_, {{DNNL_ARG_SRC, input_}, {DNNL_ARG_DST, output_}});
        stream_.wait();
        const T* logarithms = static_cast<const T*>(output_.get_data_handle());
        std::vector<float> y;
        y.reserve(static_cast<std::size_t>(l_.kept.extent));
        for (std::ptrdiff_t k = 0; k != l_.kept.extent; ++k)
            y.push_back(widen(elements_[k * l_.kept.stride]) - widen(logarithms[k * l_.kept.stride]));
        return y;
    }

private:
    loops l_;
    const T* elements_;
    dnnl::stream stream_;
    dnnl::memory input_, output_;
    dnnl::logsoftmax_forward primitive_;
};

class onednn final : public peer {
public:
    std::string name() const override { return "oneDNN"; }
    std::string version() const override {
        const dnnl_version_t* v = dnnl_version();
        return std::to_string(v->major) + "." + std::to_string(v->minor) + "." + std::to_string(v->patch) +
               " (through log-softmax)";
    }
    bool use_threads(int) override { return true; } // as many as OpenMP has been told
    /// One axis at a time; no double, and no float16 on a processor. A first element of -inf tells nothing, and where
    /// results cancel nothing is left of them in the last bits of a first element of bfloat16.
    bool supports(const problem& x) const override {
        const bool cancels = x.holds == kind::normalised || x.holds == kind::exact;
        return x.axes.size() == 1 && x.holds != kind::half &&
               (x.type == element::float32 || (x.type == element::bfloat16 && !cancels));
    }
    std::unique_ptr<task> prepare(const problem& x) override {
        const auto values = [](const std::vector<float>& y) { return as_doubles(y.data(), std::ssize(y)); };
        if (x.type == element::bfloat16) return make_task(log_softmax<std::uint16_t>(x, engine_, stream_), values);
        return make_task(log_softmax<float>(x, engine_, stream_), values);
    }

private:
    dnnl::engine engine_{dnnl::engine::kind::cpu, 0};
    dnnl::stream stream_{engine_};
};

[[maybe_unused]] const bool added = add_peer<onednn>();

} // namespace
} // namespace bench
