// SPDX-License-Identifier: MIT
#include <summit/summit.hpp>

#include <vector>

double in_one(const std::vector<float>& x) { return double{summit::logsumexp(x).item()}; }
