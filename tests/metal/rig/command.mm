// SPDX-License-Identifier: MIT
#include "framework.hpp"

#include <dlfcn.h>

#include <atomic>
#include <chrono>

namespace {

rig::settings settings() {
    rig::settings s;
    const std::string order = rig::variable("RIG_ORDER", "forward");
    s.in = order == "reverse" ? rig::order::reverse : order == "random" ? rig::order::random : rig::order::forward;
    s.seed = std::stoul(rig::variable("RIG_SEED", "1"));
    s.width = static_cast<std::uint32_t>(std::stoul(rig::variable("RIG_WIDTH", "32")));
    s.math_error = std::stoi(rig::variable("RIG_MATH_ERROR", "0"));
    return s;
}

std::atomic<int> jobs_under_way{0};

void work_through(const std::shared_ptr<rig::worker>& w) {
    std::unique_lock lock(w->mutex);
    for (;;) {
        w->changed.wait(lock, [&] { return w->stopped || !w->jobs.empty(); });
        if (w->jobs.empty()) return;
        auto job = std::move(w->jobs.front());
        w->jobs.pop_front();
        lock.unlock();
        job();
        job = nullptr;
        --jobs_under_way;
        lock.lock();
    }
}

} // namespace

// A command buffer goes a little later than it is complete.
void rig::wait_for_jobs() {
    while (jobs_under_way != 0) std::this_thread::yield();
}

@implementation RigQueue
- (id)init {
    self = [super init];
    worker = std::make_shared<rig::worker>();
    worker->thread = std::thread([w = worker] { work_through(w); });
    return self;
}
- (void)dealloc {
    {
        const std::lock_guard lock(worker->mutex);
        worker->stopped = true;
    }
    worker->changed.notify_all();
    // The last reference may go on the worker's own thread, with the last command buffer.
    if (worker->thread.get_id() == std::this_thread::get_id())
        worker->thread.detach();
    else
        worker->thread.join();
    [super dealloc];
}
- (id)commandBuffer {
    if (rig::fails("commands")) return nil;
    RigCommandBuffer* buffer = [[RigCommandBuffer new] autorelease];
    buffer->queue = [self retain];
    return buffer;
}
@end

@implementation RigCommandBuffer
- (void)dealloc {
    if (encoder != nil && status != 0) rig::violation("a command buffer was committed with its encoder open");
    for (id object : kept) [object release];
    [failure release];
    [queue release];
    [super dealloc];
}
- (id)computeCommandEncoder {
    if (rig::fails("encoder")) return nil;
    if (encoder != nil || status != 0) rig::violation("an encoder for a command buffer that is in use");
    encoder = [[RigEncoder new] autorelease];
    encoder->commands = self;
    return encoder;
}
- (void)commit {
    if (status != 0 || encoder != nil) rig::violation("commit twice, or before endEncoding");
    status = 2;
    [self retain];
    auto job = [self] {
        NSAutoreleasePool* pool = [NSAutoreleasePool new];
        std::this_thread::sleep_for(std::chrono::microseconds(std::stoi(rig::variable("RIG_DELAY", "0"))));
        std::string problem = rig::fails("execution") ? "injected: execution" : "";
        for (const rig::launch& launch : launches)
            if (problem.empty()) problem = rig::run(launch, settings());
        if (!problem.empty()) failure = [rig::make_error(@"MTLCommandBufferErrorDomain", problem) retain];
        // What the buffer kept goes before anybody who waits goes on, and counts.
        for (id object : kept) [object release];
        kept.clear();
        {
            const std::lock_guard lock(mutex);
            status = problem.empty() ? 4 : 5;
            changed.notify_all();
        }
        [self release];
        [pool release];
    };
    ++jobs_under_way;
    {
        const std::lock_guard lock(queue->worker->mutex);
        queue->worker->jobs.push_back(std::move(job));
    }
    queue->worker->changed.notify_all();
}
- (void)waitUntilCompleted {
    std::unique_lock lock(mutex);
    if (status == 0) rig::violation("waitUntilCompleted before commit waits for ever");
    changed.wait(lock, [self] { return status == 0 || status >= 4; });
}
- (NSUInteger)status {
    const std::lock_guard lock(mutex);
    return status;
}
- (NSError*)error {
    return failure;
}
@end

@implementation RigEncoder
- (void)dealloc {
    if (!ended) rig::violation("an encoder was let go before endEncoding");
    [super dealloc];
}
- (void)endEncoding {
    if (ended) rig::violation("endEncoding twice");
    ended = YES;
    commands->encoder = nil;
}
- (void)setComputePipelineState:(RigPipeline*)state {
    pipeline = state;
    commands->kept.push_back([state retain]);
}
- (void)setBuffer:(RigBuffer*)buffer offset:(NSUInteger)offset atIndex:(NSUInteger)index {
    if (buffer == nil || index > 30 || offset >= buffer->length) {
        rig::violation("setBuffer: no buffer, a bad index, or an offset outside it");
        return;
    }
    commands->kept.push_back([buffer retain]);
    bound[index] = {buffer->memory + offset, buffer->length - offset};
}
- (void)setBytes:(const void*)bytes length:(NSUInteger)length atIndex:(NSUInteger)index {
    if (length == 0 || length > 4096 || index > 30) rig::violation("setBytes: not 1 to 4096 bytes, or a bad index");
    const char* const from = static_cast<const char*>(bytes);
    commands->bytes.emplace_back(from, from + length);
    bound[index] = {commands->bytes.back().data(), length};
}
- (void)dispatchThreadgroups:(MTLSize)groups threadsPerThreadgroup:(MTLSize)threads {
    const NSUInteger count = threads.width * threads.height * threads.depth;
    const NSUInteger most = pipeline == nil ? 0 : [pipeline maxTotalThreadsPerThreadgroup];
    if (ended || count == 0 || count > most || groups.width * groups.height * groups.depth == 0 ||
        groups.width > 0xffffffff || groups.height > 0xffffffff || groups.depth > 0xffffffff) {
        rig::violation("dispatchThreadgroups: " + std::to_string(count) + " threads where the pipeline takes " +
                       std::to_string(most) + ", an empty grid, one over 32 bits, or after endEncoding");
        return;
    }
    const auto size = [](MTLSize s) {
        return rig::size3{static_cast<std::uint32_t>(s.width), static_cast<std::uint32_t>(s.height),
                          static_cast<std::uint32_t>(s.depth)};
    };
    RigLibrary* const library = pipeline->function->library;
    const rig::kernel_signature& kernel = pipeline->function->signature;
    const std::string entry = "rig_entry_" + kernel.name;
    rig::launch launch{reinterpret_cast<rig::kernel_entry>(dlsym(library->handle, entry.c_str())),
                       std::vector<void*>(31), size(groups), size(threads)};
    for (const rig::parameter& p : kernel.parameters) {
        if (p.attribute != "buffer") continue;
        const auto found = bound.find(static_cast<NSUInteger>(p.index));
        if (found == bound.end()) {
            rig::violation("buffer " + std::to_string(p.index) + " of " + kernel.name + " is not bound");
            return;
        }
        const std::string size_of = "rig_size_" + kernel.name + "_" + std::to_string(p.index);
        if (const auto length = reinterpret_cast<unsigned long (*)()>(dlsym(library->handle, size_of.c_str())))
            if (found->second.second != length() && p.type.find("constant") != std::string::npos)
                rig::violation("buffer " + std::to_string(p.index) + " of " + kernel.name + " has " +
                               std::to_string(found->second.second) + " bytes where the kernel takes " +
                               std::to_string(length()));
        launch.buffers[static_cast<std::size_t>(p.index)] = found->second.first;
    }
    commands->launches.push_back(std::move(launch));
}
@end
