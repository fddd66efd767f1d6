// SPDX-License-Identifier: MIT
#pragma once

#include <summit/cpu/default_arithmetic.hpp>
#include <summit/cpu/reduce.hpp>
#include <summit/cpu/run.hpp>
#include <summit/dtype.hpp>
#include <summit/instruction_set.hpp>
#include <summit/plan.hpp>

namespace summit::inline version0::cpu {

inline namespace SUMMIT_INSTRUCTION_SET {

/// What kernels<Arch>::run does.
template <template <class> class Op, class Arch, class Element>
void run(const plan& p, const Element* elements, result_t<Element>* results) {
    const default_arithmetic meanwhile;
    reduce<Op<compute_t<Element>>, Arch>(p, elements, results);
}

} // namespace SUMMIT_INSTRUCTION_SET

// Inlined, as files for one Arch may still differ in what else they are compiled for: AVX2 with BMI2 and without.
template <class Arch>
template <template <class> class Op, class Element>
[[gnu::always_inline]] inline void kernels<Arch>::run(const plan& p, const Element* elements,
                                                      result_t<Element>* results) {
    cpu::run<Op, Arch>(p, elements, results);
}

} // namespace summit::inline version0::cpu
