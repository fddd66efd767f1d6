// SPDX-License-Identifier: MIT
#include "instances.hpp"

template struct summit::cpu::instances<summit::cpu::default_architecture, summit::cpu::narrow_types>;
