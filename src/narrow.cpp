// SPDX-License-Identifier: MIT
#include <summit/compiled/instances.hpp>

template struct summit::cpu::instances<summit::cpu::default_architecture, summit::cpu::narrow_types>;
