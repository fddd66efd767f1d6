// SPDX-License-Identifier: MIT
#pragma once

#include <summit/dtype.hpp>
#include <summit/plan.hpp>

namespace summit::inline version0::cpu {

/// The kernels for one instruction set. They are in <summit/cpu/kernels.hpp>, or, for instruction set `dispatched`, in the
/// compiled library.
template <class Arch>
struct kernels {
    /// Reduces what lies at `elements` into what lies at `results`, as the plan says; done when it returns.
    /// cost     allocates nothing
    template <template <class> class Op, class Element>
    static void run(const plan& p, const Element* elements, result_t<Element>* results);
};

} // namespace summit::inline version0::cpu
