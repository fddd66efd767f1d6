// SPDX-License-Identifier: MIT
#include <summit/compiled/best_instruction_set.hpp>

const char* summit::cpu::dispatched::name() noexcept {
    return with_best([]<class Arch>(Arch) { return Arch::name(); });
}
