// SPDX-License-Identifier: MIT
// The read limit: a sum of the same memory, whatever the axes.
#include "peer.hpp"

#include "../data.hpp"
#include "../roofline.hpp"

namespace bench {
namespace {

class sum final : public peer {
public:
    std::string name() const override { return "sum"; }
    std::string version() const override { return ""; }
    bool computes_logsumexp() const override { return false; }
    bool use_threads(int count) override {
        threads_ = count;
#if defined(_OPENMP)
        return true;
#else
        return count == 1;
#endif
    }
    /// Every element from the first to the last, or every second one of them.
    bool supports(const problem& x) const override { return x.span() < 2 * x.size(); }

    std::unique_ptr<task> prepare(const problem& x) override {
        const bool dense = x.span() == x.size();
        return with_elements(x, [&](const auto* of_any_type) {
            const auto* elements = reals(of_any_type);
            const std::ptrdiff_t n = x.span() * (is_complex(x.type) ? 2 : 1);
            return make_task(
                [=, threads = threads_] {
                    return dense ? threaded_sum<1>(elements, n, threads) : threaded_sum<2>(elements, n, threads);
                },
                [](auto y) { return std::vector<double>{static_cast<double>(y)}; });
        });
    }

private:
    template <class T>
    static const T* reals(const T* elements) {
        return elements;
    }
    /// An array of complex numbers is one of their parts, by the standard.
    template <class T>
    static const T* reals(const std::complex<T>* elements) {
        return reinterpret_cast<const T*>(elements);
    }

    int threads_ = 1;
};

[[maybe_unused]] const bool added = add_peer<sum>();

} // namespace
} // namespace bench
