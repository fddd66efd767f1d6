// SPDX-License-Identifier: MIT
#pragma once

#include <summit/array.hpp>
#include <summit/dtype.hpp>
#include <summit/view.hpp>

#include <complex>
#include <cstdint>
#include <vector>

/// What the kernels give that a file gets with the headers, here for AVX2 with FMA where there is such a thing.
summit::array<float> included(const summit::view<const float>& x, const std::vector<int>& axes);
summit::array<double> included(const summit::view<const double>& x, const std::vector<int>& axes);
summit::array<summit::float16> included(const summit::view<const summit::float16>& x, const std::vector<int>& axes);
summit::array<float> included(const summit::view<const std::int32_t>& x, const std::vector<int>& axes);
summit::array<std::complex<float>> included(const summit::view<const std::complex<float>>& x,
                                            const std::vector<int>& axes);
