// SPDX-License-Identifier: MIT
#include "uses.hpp"

const file one = this_file;
