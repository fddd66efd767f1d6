// SPDX-License-Identifier: MIT
#pragma once

#include <summit/cpu/run.hpp>
#include <summit/dtype.hpp>
#include <summit/instruction_set.hpp>
#include <summit/plan.hpp>
#include <summit/stream.hpp>
#include <summit/work_queue.hpp>

namespace summit::inline version0 {

/// Work on the processor, in the order of the calls, beside the calling thread. A stream that is never used costs no
/// thread. Calls from several threads are safe; a stream moved from may only be assigned to or go.
///
/// Its destructor finishes what was queued. What failed then, and nobody asked for, is forgotten.
///
/// In a child of fork() a stream that was used before has no thread: calls on it throw, its destructor does nothing, and
/// arrays that were pending have failed. A stream made in the child works as any other.
template <>
class stream<device::cpu> {
public:
    [[gnu::always_inline]] stream() = default;
    [[gnu::always_inline]] stream(stream&&) noexcept = default;
    [[gnu::always_inline]] stream& operator=(stream&&) noexcept = default;
    [[gnu::always_inline]] ~stream() = default;

    /// The same as device::cpu{}: on the calling thread, and done when it returns.
    template <template <class> class Op, class Arch, class Element>
    [[gnu::always_inline]] static void reduce(const plan& p, const Element* elements, result_t<Element>* results) {
        cpu::kernels<Arch>::template run<Op>(p, elements, results);
    }

    /// Queues the reduction as work; `uses` tells its submission which arrays it reads and writes.
    /// throws   as work_queue::push, and nothing is queued
    template <template <class> class Op, class Arch, class Uses, class Element>
    [[gnu::always_inline]] void enqueue(const Uses& uses, const plan& p, const Element* elements,
                                        result_t<Element>* results) const {
        queue_.push(uses, [=] { reduce<Op, Arch>(p, elements, results); });
    }

    /// Blocks until every call made before is done.
    /// throws   the first failure since the last synchronize; and as work_queue::synchronize
    [[gnu::always_inline]] void synchronize() const { queue_.synchronize(); }

private:
    work_queue queue_;
};

} // namespace summit::inline version0
