// SPDX-License-Identifier: MIT
#pragma once

#include <summit/array.hpp>
#include <summit/dtype.hpp>
#include <summit/view.hpp>

#include <vector>

/// What the kernels give that a file gets with the headers, here for AVX2 with FMA where there is such a thing: for the types
/// that included.cpp names.
template <class T>
summit::array<summit::result_t<T>> included(const summit::view<const T>& x, const std::vector<int>& axes);
