// expected: summit: an mdspan must have its elements where its pointer and its strides say
// SPDX-License-Identifier: MIT
// An accessor that scales what it reads, as that of std::linalg::scaled does.
#include <summit/summit.hpp>

#include "../support/mdspan.hpp"

struct doubled {
    using element_type = const float;
    using reference = float;
    using data_handle_type = const float*;
    static reference access(data_handle_type p, std::size_t i) { return 2 * p[i]; }
};

int main() {
    const float a[3] = {1, 2, 3};
    const support::mdspan<const float, 1, support::strided<1>, doubled> m(a, {{3}, {1}});
    return summit::logsumexp(m).size() == 1;
}
