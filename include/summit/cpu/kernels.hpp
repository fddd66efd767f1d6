// SPDX-License-Identifier: MIT
#pragma once

#include <summit/cpu/complex.hpp>
#include <summit/cpu/default_arithmetic.hpp>
#include <summit/cpu/reduce.hpp>
#include <summit/cpu/run.hpp>
#include <summit/dtype.hpp>
#include <summit/plan.hpp>

namespace summit::inline version0::cpu {

template <class Arch>
template <template <class> class Op, class Element>
void kernels<Arch>::run(const plan& p, const Element* elements, result_t<Element>* results) {
    const default_arithmetic meanwhile;
    if constexpr (complex_element<Element>)
        reduce_complex<Arch>(p, elements, results);
    else
        reduce<Op<compute_t<Element>>, Arch>(p, elements, results);
}

} // namespace summit::inline version0::cpu
