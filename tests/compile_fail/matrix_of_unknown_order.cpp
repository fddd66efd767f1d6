// expected: summit: a matrix or tensor must say where its elements lie
// SPDX-License-Identifier: MIT
// A matrix whose elements lie side by side, by rows or by columns: it is no row of six.
#include <summit/summit.hpp>

#include <vector>

struct matrix : std::vector<float> {
    using vector::vector;
    [[nodiscard]] int rows() const { return 2; }
    [[nodiscard]] int cols() const { return 3; }
};

int main() {
    const matrix m{1, 2, 3, 4, 5, 6};
    return summit::logsumexp(m, 0).size() == 3;
}
