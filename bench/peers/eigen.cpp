// SPDX-License-Identifier: MIT
#include "peer.hpp"

#include <Eigen/Core>

namespace bench {
namespace {

template <class T>
using results = Eigen::Array<T, Eigen::Dynamic, 1>;

/// Blocks that Eigen can vectorise along their columns.
template <class T>
using block = Eigen::Map<const Eigen::Array<T, Eigen::Dynamic, Eigen::Dynamic>, Eigen::Unaligned, Eigen::OuterStride<>>;

/// Each result is the reduction of one block.
template <class T>
[[nodiscard]] results<T> one_by_one(const T* elements, const loops& l) {
    results<T> y(l.kept.extent);
    for (Eigen::Index k = 0; k != y.size(); ++k) {
        const block<T> a(elements + k * l.kept.stride, l.inner.extent, l.outer.extent,
                         Eigen::OuterStride<>(l.outer.stride));
        const T max = a.maxCoeff();
        y[k] = max + std::log((a - max).exp().sum());
    }
    return y;
}

/// All results at once where they lie side by side in memory. Two loops over columns, because the one expression
/// a.colwise() - a.rowwise().maxCoeff() and so on walks along the rows, twenty times slower.
template <class T>
[[nodiscard]] results<T> side_by_side(const T* elements, const loops& l) {
    const block<T> a(elements, l.kept.extent, l.inner.extent, Eigen::OuterStride<>(l.inner.stride));
    results<T> max = a.col(0);
    for (Eigen::Index j = 1; j < a.cols(); ++j) max = max.max(a.col(j));
    results<T> sum = results<T>::Zero(a.rows());
    for (Eigen::Index j = 0; j < a.cols(); ++j) sum += (a.col(j) - max).exp();
    return max + sum.log();
}

template <class T>
[[nodiscard]] std::unique_ptr<task> prepare_type(const problem& x) {
    const loops l(x);
    const auto compute = l.kept.stride == 1 ? side_by_side<T> : one_by_one<T>;
    return make_task([compute, elements = x.elements<T>(), l] { return compute(elements, l); },
                     [](const results<T>& y) { return as_doubles(y.data(), y.size()); });
}

class eigen final : public peer {
public:
    std::string name() const override { return "Eigen"; }
    std::string version() const override {
        return std::to_string(EIGEN_WORLD_VERSION) + "." + std::to_string(EIGEN_MAJOR_VERSION) + "." +
               std::to_string(EIGEN_MINOR_VERSION);
    }
    bool supports(const problem& x) const override {
        const loops l(x);
        return (x.type == element::float32 || x.type == element::float64) &&
               (l.inner.stride == 1 || l.inner.extent == 1 || l.kept.stride == 1);
    }
    std::unique_ptr<task> prepare(const problem& x) override {
        return x.type == element::float64 ? prepare_type<double>(x) : prepare_type<float>(x);
    }
};

[[maybe_unused]] const bool added = add_peer<eigen>();

} // namespace
} // namespace bench
