// SPDX-License-Identifier: MIT
#pragma once

#include "../fill.hpp"

namespace bench {

/// What a kind may cost, as a multiple of the friendly price.
///
/// Where the maximum hides from any small sample a second sweep is fair, and where results cancel a sum of more digits.
[[nodiscard]] inline double allowed(kind k, const problem& x) {
    switch (k) {
    case kind::hidden:
    case kind::ascending:
        return 2.5;
    case kind::normalised:
    case kind::exact:
        if (x.type == element::float64) return 3.5;
        if (x.type != element::float32) return 4;
        return nest(x).terms < 72 ? 7 : 5;
    default:
        return 1.3;
    }
}

} // namespace bench
