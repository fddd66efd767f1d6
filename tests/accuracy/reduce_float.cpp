// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The Summit authors
#include "accuracy/reduce_definitions.hpp"

namespace accuracy {

template struct instantiations<float_types>;

} // namespace accuracy
