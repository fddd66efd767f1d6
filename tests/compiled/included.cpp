// SPDX-License-Identifier: MIT
#include "included.hpp"

#include <summit/summit.hpp>

#include <complex>
#include <cstdint>

template <class T>
summit::array<summit::result_t<T>> included(const summit::view<const T>& x, const std::vector<int>& axes) {
    return summit::logsumexp(x, axes);
}

template summit::array<float> included(const summit::view<const float>&, const std::vector<int>&);
template summit::array<double> included(const summit::view<const double>&, const std::vector<int>&);
template summit::array<summit::float16> included(const summit::view<const summit::float16>&, const std::vector<int>&);
template summit::array<float> included(const summit::view<const std::int32_t>&, const std::vector<int>&);
template summit::array<std::complex<float>> included(const summit::view<const std::complex<float>>&,
                                                     const std::vector<int>&);
