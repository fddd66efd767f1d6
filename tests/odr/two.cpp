// SPDX-License-Identifier: MIT
#include "uses.hpp"

const file two = this_file;
