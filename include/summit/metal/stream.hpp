// SPDX-License-Identifier: MIT
#pragma once

#include <summit/error.hpp>
#include <summit/metal/reduce.hpp>
#include <summit/stream.hpp>
#include <summit/submission.hpp>
#include <summit/work_queue.hpp>

#include <memory>

namespace summit::inline version0 {

/// Whether this system has a Metal device: without a screen or on a server, it may have none.
[[nodiscard]] inline bool is_available(device::metal) noexcept {
    return failure_of([] {
               const metal::autorelease_pool pool;
               static_cast<void>(metal::shared_device::get("is_available"));
           }) == nullptr;
}

/// Work on Apple's GPU, in order. One thread of this program hands it over, a call at a time, and waits for it: what a
/// call needs from other streams, and what goes wrong, then has the one meaning that it has on the processor. Rejected:
/// several calls under way at once and completion handlers, which are blocks, run on threads of the system's, and must
/// not throw.
template <>
class stream<device::metal> {
public:
    /// throws   std::runtime_error: this system has no Metal device, or the device makes no queue
    stream() : queues_(make_queues()) {}

    /// What a call with device::metal{} does, on the calling thread.
    /// throws   std::runtime_error: no device, not enough memory on it, or the device failed; std::bad_alloc
    template <template <class> class Op, class, class Element>
    static void reduce(const plan& p, const Element* elements, result_t<Element>* results) {
        if constexpr (metal::element_text_check<Element>::passed) {
            const metal::autorelease_pool pool;
            metal::shared_device& on = metal::shared_device::get(metal::algebra<Op>::function);
            metal::reduce<Op>(p, elements, results, on, on.commands());
        }
    }

    /// Queues the reduction as work; `uses` tells its submission which arrays it reads and writes.
    /// throws   as work_queue::push, and nothing is queued
    template <template <class> class Op, class, class Uses, class Element>
    void enqueue(const Uses& uses, const plan& p, const Element* elements, result_t<Element>* results) const {
        if constexpr (metal::element_text_check<Element>::passed)
            queues_->calls.push(uses, [=, on = &queues_->device, commands = queues_->commands.get()] {
                metal::reduce<Op>(p, elements, results, *on, commands);
            });
    }

    /// Blocks until every call made before is done.
    /// throws   the first failure since the last synchronize; and as work_queue::synchronize
    void synchronize() const { queues_->calls.synchronize(); }

private:
    struct queues {
        metal::shared_device& device = metal::shared_device::get("stream");
        metal::reference commands = device.make_commands("stream");
        work_queue calls; // goes first, when all of it is done
    };

    static std::unique_ptr<queues> make_queues() {
        const metal::autorelease_pool pool;
        return std::make_unique<queues>();
    }

    std::unique_ptr<queues> queues_;
};

} // namespace summit::inline version0
