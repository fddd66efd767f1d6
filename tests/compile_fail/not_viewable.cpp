// expected: summit: no view can be made of this type
// SPDX-License-Identifier: MIT
// A list has no row of elements.
#include <summit/summit.hpp>

#include <list>

int main() {
    const std::list<float> list{1, 2};
    return summit::logsumexp(list).size() == 1;
}
