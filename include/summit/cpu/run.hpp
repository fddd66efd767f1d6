// SPDX-License-Identifier: MIT
#pragma once

#include <summit/cpu/complex.hpp>
#include <summit/cpu/reduce.hpp>
#include <summit/dtype.hpp>
#include <summit/plan.hpp>

namespace summit::inline version0::cpu {

/// Reduces what lies at `elements` into what lies at `results`, as the plan says; done when it returns.
/// cost     allocates nothing
template <template <class> class Op, class Arch, class Element>
void run(const plan& p, const Element* elements, result_t<Element>* results) {
    if constexpr (complex_element<Element>)
        reduce_complex<Arch>(p, elements, results);
    else
        reduce<Op<compute_t<Element>>, Arch>(p, elements, results);
}

} // namespace summit::inline version0::cpu
