// SPDX-License-Identifier: MIT
#pragma once

#include "compile.hpp"
#include "machine.hpp"

#import <Foundation/Foundation.h>

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

// A Metal framework on GNUstep: answers the selectors that the library sends, compiles its kernels with clang, and runs
// them on the machine. What Metal's own validation would stop ends the program.

namespace rig {

void violation(const std::string& what);
void wait_for_jobs();
[[nodiscard]] NSError* make_error(NSString* domain, const std::string& text);

struct worker {
    std::mutex mutex;
    std::condition_variable changed;
    std::deque<std::function<void()>> jobs;
    bool stopped = false;
    std::thread thread;
};

} // namespace rig

typedef struct {
    NSUInteger width, height, depth;
} MTLSize;

/// Counts itself while it lives.
@interface RigObject : NSObject
@end

@interface MTLCompileOptions : RigObject {
@public
    BOOL fast;
}
@end

@interface RigLibrary : RigObject {
@public
    std::vector<rig::kernel_signature> kernels;
    void* handle;
}
@end

@interface RigFunction : RigObject {
@public
    rig::kernel_signature signature;
    RigLibrary* library;
}
@end

@interface RigPipeline : RigObject {
@public
    RigFunction* function;
}
- (NSUInteger)maxTotalThreadsPerThreadgroup;
@end

@interface RigBuffer : RigObject {
@public
    char* memory;
    NSUInteger length;
    BOOL owned;
}
@end

@interface RigQueue : RigObject {
@public
    std::shared_ptr<rig::worker> worker;
}
@end

@class RigEncoder;

@interface RigCommandBuffer : RigObject {
@public
    RigQueue* queue;
    RigEncoder* encoder;
    std::vector<rig::launch> launches;
    std::deque<std::vector<char>> bytes;
    std::vector<id> kept;
    std::mutex mutex;
    std::condition_variable changed;
    NSUInteger status;
    NSError* failure;
}
@end

@interface RigEncoder : RigObject {
@public
    RigCommandBuffer* commands;
    RigPipeline* pipeline;
    std::map<NSUInteger, std::pair<char*, NSUInteger>> bound;
    BOOL ended;
}
@end
