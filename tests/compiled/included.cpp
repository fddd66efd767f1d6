// SPDX-License-Identifier: MIT
#include "included.hpp"

#include <summit/summit.hpp>

summit::array<float> included(const summit::view<const float>& x, const std::vector<int>& axes) {
    return summit::logsumexp(x, axes);
}
summit::array<double> included(const summit::view<const double>& x, const std::vector<int>& axes) {
    return summit::logsumexp(x, axes);
}
summit::array<summit::float16> included(const summit::view<const summit::float16>& x, const std::vector<int>& axes) {
    return summit::logsumexp(x, axes);
}
summit::array<float> included(const summit::view<const std::int32_t>& x, const std::vector<int>& axes) {
    return summit::logsumexp(x, axes);
}
summit::array<std::complex<float>> included(const summit::view<const std::complex<float>>& x,
                                            const std::vector<int>& axes) {
    return summit::logsumexp(x, axes);
}
