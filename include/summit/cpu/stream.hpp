// SPDX-License-Identifier: MIT
#pragma once

#include <summit/cpu/complex.hpp>
#include <summit/cpu/reduce.hpp>
#include <summit/dtype.hpp>
#include <summit/stream.hpp>

namespace summit::inline version0 {

/// Work on the processor: done by the calling thread, complete when a call returns.
template <>
class stream<device::cpu> {
public:
    /// cost     allocates nothing
    template <template <class> class Op, class Arch, class Element>
    static void reduce(const plan& p, const Element* elements, result_t<Element>* results) noexcept {
        if constexpr (complex_element<Element>)
            cpu::reduce_complex<Arch>(p, elements, results);
        else
            cpu::reduce<Op<compute_t<Element>>, Arch>(p, elements, results);
    }
};

} // namespace summit::inline version0
