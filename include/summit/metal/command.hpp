// SPDX-License-Identifier: MIT
#pragma once

#include <summit/metal/buffer.hpp>
#include <summit/metal/library.hpp>

#include <initializer_list>

namespace summit::inline version0::metal {

/// Work for the device under way: filled, sent off and waited for by one thread.
class command {
public:
    command(std::string_view function, id queue) : function_(function), buffer_(send<id>(queue, "commandBuffer")) {
        if (buffer_ == nullptr) throw_metal_error(function_, "commandBuffer", "the queue made none");
        encoder_ = send<id>(buffer_, "computeCommandEncoder");
        if (encoder_ == nullptr) throw_metal_error(function_, "computeCommandEncoder", "the command buffer made none");
    }
    command(const command&) = delete;
    command& operator=(const command&) = delete;
    // An encoder that is let go without this aborts the program.
    ~command() {
        if (encoder_ != nullptr) send<void>(encoder_, "endEncoding");
    }

    /// Adds a kernel on these buffers, and on a copy of `argument`, unless it is null, behind them. Kernels of a command
    /// run one after another, and see what the one before wrote.
    void dispatch(const pipeline& kernel, std::initializer_list<const region*> buffers, const void* argument,
                  std::size_t argument_bytes, const grid_size& groups, unsigned_integer threads) {
        send<void, id>(encoder_, "setComputePipelineState:", kernel.state.get());
        unsigned_integer index = 0;
        for (const region* r : buffers)
            send<void, id, unsigned_integer, unsigned_integer>(encoder_, "setBuffer:offset:atIndex:", r->buffer.get(),
                                                               r->offset, index++);
        if (argument != nullptr)
            send<void, const void*, unsigned_integer, unsigned_integer>(encoder_, "setBytes:length:atIndex:", argument,
                                                                        argument_bytes, index);
        send<void, grid_size, grid_size>(encoder_, "dispatchThreadgroups:threadsPerThreadgroup:", groups,
                                         {threads, 1, 1});
    }

    /// throws   std::runtime_error: the device did not carry it out
    void run() {
        send<void>(std::exchange(encoder_, nullptr), "endEncoding");
        send<void>(buffer_, "commit");
        send<void>(buffer_, "waitUntilCompleted");
        // Only now: a command that failed is complete, too, and its results are whatever the memory held.
        constexpr unsigned_integer failed = 5;
        if (send<unsigned_integer>(buffer_, "status") == failed)
            throw_metal_error(function_, "MTLCommandBuffer", text_of(send<id>(buffer_, "error")));
    }

private:
    std::string_view function_;
    id buffer_;
    id encoder_ = nullptr;
};

} // namespace summit::inline version0::metal
