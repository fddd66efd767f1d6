// SPDX-License-Identifier: MIT
#include "counters.hpp"
#include "framework.hpp"

#include <dlfcn.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace rig {

namespace {
std::atomic<int> live{0};
std::atomic<int> fast_libraries{0};
} // namespace

void violation(const std::string& what) {
    std::fprintf(stderr, "rig: violation: %s\n", what.c_str());
    std::abort();
}

NSError* make_error(NSString* domain, const std::string& text) {
    NSString* description = [NSString stringWithUTF8String:text.c_str()];
    return [NSError errorWithDomain:domain
                               code:1
                           userInfo:[NSDictionary dictionaryWithObject:description forKey:NSLocalizedDescriptionKey]];
}

} // namespace rig

extern "C" int rig_live_objects() {
    rig::wait_for_jobs();
    return rig::live;
}
extern "C" unsigned long rig_threads() { return rig::threads_run(); }
extern "C" int rig_fast_libraries() { return rig::fast_libraries; }

@implementation RigObject
- (id)init {
    ++rig::live;
    return [super init];
}
- (void)dealloc {
    --rig::live;
    [super dealloc];
}
@end

@implementation MTLCompileOptions
- (id)init {
    self = [super init];
    fast = YES; // as in Metal
    return self;
}
- (void)setFastMathEnabled:(BOOL)enabled {
    fast = enabled;
}
- (void)setMathMode:(NSInteger)mode {
    fast = mode != 0;
}
- (BOOL)respondsToSelector:(SEL)selector {
    if (sel_isEqual(selector, @selector(setMathMode:)) && rig::variable("RIG_OLD_SYSTEM") == "1") return NO;
    return [super respondsToSelector:selector];
}
@end

@implementation RigLibrary
- (void)dealloc {
    if (handle != nullptr) dlclose(handle);
    [super dealloc];
}
- (id)newFunctionWithName:(NSString*)name {
    if (rig::fails("function")) return nil;
    for (const auto& kernel : kernels) {
        if (kernel.name != [name UTF8String]) continue;
        RigFunction* function = [RigFunction new];
        function->signature = kernel;
        function->library = [self retain];
        return function;
    }
    return nil;
}
@end

@implementation RigFunction
- (void)dealloc {
    [library release];
    [super dealloc];
}
@end

@implementation RigPipeline
- (void)dealloc {
    [function release];
    [super dealloc];
}
- (NSUInteger)maxTotalThreadsPerThreadgroup {
    return std::stoul(rig::variable("RIG_MOST_THREADS", "1024"));
}
- (NSUInteger)threadExecutionWidth {
    return std::stoul(rig::variable("RIG_WIDTH", "32"));
}
@end

@implementation RigBuffer
- (void)dealloc {
    if (owned) free(memory);
    [super dealloc];
}
- (void*)contents {
    return memory;
}
@end

@interface RigDevice : RigObject
@end

@implementation RigDevice
- (NSUInteger)maxBufferLength {
    return std::stoul(rig::variable("RIG_MOST_BYTES", "1099511627776"));
}
- (id)newCommandQueue {
    return rig::fails("queue") ? nil : [RigQueue new];
}
- (id)newBufferWithLength:(NSUInteger)length options:(NSUInteger)options {
    if (length == 0) rig::violation("newBufferWithLength: 0");
    if (options != 0) rig::violation("a buffer that is not shared");
    if (length == 0 || length > [self maxBufferLength] || rig::fails("scratch")) return nil;
    RigBuffer* buffer = [RigBuffer new];
    buffer->memory = static_cast<char*>(malloc(length));
    buffer->length = length;
    buffer->owned = YES;
    memset(buffer->memory, 0xff, length);
    return buffer;
}
- (id)newBufferWithBytesNoCopy:(void*)bytes
                        length:(NSUInteger)length
                       options:(NSUInteger)options
                   deallocator:(id)deallocator {
    const NSUInteger page = static_cast<NSUInteger>(sysconf(_SC_PAGESIZE));
    if (length == 0 || length % page != 0 || reinterpret_cast<NSUInteger>(bytes) % page != 0)
        rig::violation("newBufferWithBytesNoCopy: not whole pages");
    if (options != 0 || deallocator != nil) rig::violation("newBufferWithBytesNoCopy: not shared, or a deallocator");
    if (length > [self maxBufferLength] || rig::fails("buffer")) return nil;
    RigBuffer* buffer = [RigBuffer new];
    buffer->memory = static_cast<char*>(bytes);
    buffer->length = length;
    return buffer;
}
- (id)newLibraryWithSource:(NSString*)source options:(MTLCompileOptions*)options error:(NSError**)error {
    // Metal may set an error beside a library that it returns: nobody may take that for a failure.
    *error = rig::make_error(@"MTLLibraryErrorDomain", "a warning");
    RigLibrary* library = [RigLibrary new];
    const std::string text = [source UTF8String];
    for (char c : text)
        if ((c & 0x80) != 0) rig::violation("the library's source is not ASCII");
    rig::compiled made{nullptr, "injected: library"};
    const bool fast_math = options == nil || options->fast;
    if (fast_math) ++rig::fast_libraries;
    if (!rig::fails("library")) made = rig::compile(text, fast_math, library->kernels);
    library->handle = made.handle;
    if (made.handle != nullptr) return library;
    *error = rig::make_error(@"MTLLibraryErrorDomain", made.messages);
    [library release];
    return nil;
}
- (id)newComputePipelineStateWithFunction:(RigFunction*)function error:(NSError**)error {
    if (rig::fails("pipeline") || function == nil) {
        *error = rig::make_error(@"AGXMetal", "injected: pipeline");
        return nil;
    }
    RigPipeline* pipeline = [RigPipeline new];
    pipeline->function = [function retain];
    return pipeline;
}
@end

extern "C" id MTLCreateSystemDefaultDevice() { return rig::fails("device") ? nil : [RigDevice new]; }
