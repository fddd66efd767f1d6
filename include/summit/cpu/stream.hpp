// SPDX-License-Identifier: MIT
#pragma once

#include <summit/cpu/run.hpp>
#include <summit/dtype.hpp>
#include <summit/plan.hpp>
#include <summit/stream.hpp>
#include <summit/work_queue.hpp>

#include <memory>
#include <utility>

namespace summit::inline version0 {

/// Work on the processor, in the order of the calls, beside the calling thread. A stream that is never used costs no
/// thread. Calls from several threads are safe; a stream moved from may only be assigned to or go.
///
/// Its destructor finishes what was queued. What failed then, and nobody asked for, is forgotten.
template <>
class stream<device::cpu> {
public:
    stream() : queue_(std::make_unique<work_queue>()) {}

    /// The same as device::cpu{}: on the calling thread, and done when it returns.
    template <template <class> class Op, class Arch, class Element>
    static void reduce(const plan& p, const Element* elements, result_t<Element>* results) {
        cpu::kernels<Arch>::template run<Op>(p, elements, results);
    }

    /// The same, queued as `work`.
    /// throws   std::bad_alloc; std::system_error: no thread to be had
    template <template <class> class Op, class Arch, class Element>
    void enqueue(submission work, const plan& p, const Element* elements, result_t<Element>* results) const {
        queue_->push(std::move(work), [=] { reduce<Op, Arch>(p, elements, results); });
    }

    /// Blocks until every call made before is done.
    /// throws   the first failure since the last synchronize
    void synchronize() const { queue_->synchronize(); }

private:
    std::unique_ptr<work_queue> queue_;
};

} // namespace summit::inline version0
