// expected: summit: a matrix or tensor must say where its elements lie
// SPDX-License-Identifier: MIT
// Nor can a result be written to one.
#include <summit/summit.hpp>

#include <vector>

struct tensor : std::vector<float> {
    using vector::vector;
    [[nodiscard]] static std::vector<int> shape() { return {2}; }
};

int main() {
    const float a[2][3] = {};
    tensor y(2);
    summit::logsumexp_into(y, a, 1);
}
