// expected: summit: an mdspan must have its elements where its pointer and its strides say
// SPDX-License-Identifier: MIT
// A layout in tiles has no strides.
#include <summit/summit.hpp>

#include "../support/mdspan.hpp"

struct tiled {
    [[nodiscard]] static std::ptrdiff_t extent(std::size_t) { return 4; }
    std::ptrdiff_t operator()(std::ptrdiff_t i, std::ptrdiff_t j) const {
        return (i / 2 * 2 + j / 2) * 4 + i % 2 * 2 + j % 2;
    }
    static constexpr bool is_always_strided() { return false; }
    static constexpr bool is_strided() { return false; }
};

int main() {
    const float a[16] = {};
    const support::mdspan<const float, 2, tiled> m(a, {});
    return summit::logsumexp(m, 1).size() == 4;
}
