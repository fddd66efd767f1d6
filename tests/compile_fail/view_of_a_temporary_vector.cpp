// expected: deleted function
// expected: as_view
// SPDX-License-Identifier: MIT
// So is the vector.
#include <summit/summit.hpp>

#include <vector>

int main() {
    const auto v = summit::as_view(std::vector<float>(3));
    return v.size() == 3;
}
