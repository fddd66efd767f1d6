// SPDX-License-Identifier: MIT
#include "dispatch.hpp"

const char* summit::cpu::dispatched::name() noexcept {
    return with_best([]<class Arch>(Arch) { return Arch::name(); });
}
