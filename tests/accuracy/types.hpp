// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The Summit authors
#pragma once

#include <summit/dtype.hpp>

#include <cstdint>
#include <tuple>

namespace accuracy {

/// The element types whose values special values are among.
#if defined(__FLT16_MAX__)
using float_types = std::tuple<float, double, summit::float16, summit::bfloat16, _Float16>;
#else
using float_types = std::tuple<float, double, summit::float16, summit::bfloat16>;
#endif

using integer_types = std::tuple<std::int8_t, std::int16_t, std::int32_t, std::int64_t, std::uint8_t, std::uint16_t,
                                 std::uint32_t, std::uint64_t, bool>;

/// All element types but the complex ones.
using types = decltype(std::tuple_cat(float_types{}, integer_types{}));

/// All of those but bool, which std::vector does not keep as such.
using numbers = decltype(std::tuple_cat(
    float_types{}, std::tuple<std::int8_t, std::int16_t, std::int32_t, std::int64_t, std::uint8_t, std::uint64_t>{}));

/// One for each format: the same kernels serve the others.
using formats = std::tuple<float, double, summit::float16, summit::bfloat16>;

/// Those of them that hold shifted terms without rounding them.
using wide_types = std::tuple<float, double>;

} // namespace accuracy
