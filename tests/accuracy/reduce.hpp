// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The Summit authors
#pragma once

#include <summit/array.hpp>
#include <summit/axes.hpp>
#include <summit/dtype.hpp>
#include <summit/shape.hpp>
#include <summit/view.hpp>

namespace accuracy {

// The kernels of all element types take long to compile: two files hold them for all tests.

template <class T>
[[nodiscard]] summit::array<summit::result_t<T>>
logsumexp(const summit::view<const T>& x, const summit::axes& which = summit::all_axes, bool keepdims = false);

template <class T>
void logsumexp_into(const summit::view<summit::result_t<T>>& out, const summit::view<const T>& x,
                    const summit::axes& which, bool keepdims);

} // namespace accuracy
