// SPDX-License-Identifier: MIT
#include "peer.hpp"

#include "../data.hpp"

#include <summit/summit.hpp>

#if defined(_OPENMP)
#include <omp.h>
#endif

namespace bench {
namespace {

/// The library that all of this is about.
class ours final : public peer {
public:
    std::string name() const override { return "logsumexp"; }
    std::string version() const override {
        return std::to_string(SUMMIT_VERSION_MAJOR) + "." + std::to_string(SUMMIT_VERSION_MINOR) + "." +
               std::to_string(SUMMIT_VERSION_PATCH) + " (" + summit::cpu::default_architecture::name() + ")";
    }
    bool use_threads(int count) override {
#if defined(_OPENMP)
        omp_set_num_threads(count);
        return true;
#else
        return count == 1;
#endif
    }
    bool supports(const problem&) const override { return true; }

    std::unique_ptr<task> prepare(const problem& x) override {
        return with_elements(x, [&](const auto* elements) {
            const summit::view view(elements, x.shape, x.strides);
            return make_task([view, axes = summit::axes(x.axes)] { return summit::logsumexp(view, axes); },
                             [](const auto& y) { return as_doubles(y.data(), y.size()); });
        });
    }
};

[[maybe_unused]] const bool added = add_peer<ours>();

} // namespace
} // namespace bench
