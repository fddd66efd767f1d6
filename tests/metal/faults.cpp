// SPDX-License-Identifier: MIT
// Calls of the framework that fail. Each run has one of them fail from its start, named by RIG_FAIL: what was made once is
// kept, and would not be asked for again.
#include "rig/counters.hpp"

#include <summit/metal.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstdlib>
#include <map>
#include <string>

using summit::logsumexp;
using gpu = summit::device::metal;

namespace {

const std::map<std::string, std::string> messages{
    {"device", "MTLCreateSystemDefaultDevice: this system has no Metal device"},
    {"queue", "newCommandQueue: no reason given"},
    {"commands", "commandBuffer: the queue made none"},
    {"encoder", "computeCommandEncoder: the command buffer made none"},
    {"library", "newLibraryWithSource: injected: library"},
    {"function", "newFunctionWithName: no reason given"},
    {"pipeline", "newComputePipelineStateWithFunction: injected: pipeline"},
    {"buffer", "newBufferWithBytesNoCopy: no reason given"},
    {"scratch", "newBufferWithLength: no reason given"},
    {"execution", "MTLCommandBuffer: injected: execution"},
};

/// What a call throws; nothing if it does not.
template <class Call>
std::string failure_of(const Call& call) {
    try {
        call();
    } catch (const std::runtime_error& error) { return error.what(); }
    return {};
}

} // namespace

TEST_CASE("a call that fails is an exception that says which, and leaves nothing behind", "[.fault]") {
    const char* const which = std::getenv("RIG_FAIL");
    REQUIRE(which != nullptr);
    const std::string fault = which;
    const std::string wanted = "device::metal: " + messages.at(fault);
    const bool no_device = fault == "device" || fault == "queue";
    // Long enough to be split.
    const summit::array<float> x({20000});

    CHECK(summit::is_available(gpu{}) != no_device);
    const auto on_device = [&] { static_cast<void>(logsumexp(x, 0, false, gpu{})); };
    CHECK(failure_of(on_device) == "summit::logsumexp: " + wanted);
    const int held = rig_live_objects();
    for (int i = 0; i != 3; ++i) CHECK(failure_of(on_device) == "summit::logsumexp: " + wanted);
    CHECK(rig_live_objects() == held);

    if (no_device) {
        CHECK(failure_of([] { const summit::stream<gpu> s; }) == "summit::stream: " + wanted);
    } else {
        const summit::stream<gpu> s;
        for (int i = 0; i != 3; ++i) {
            const auto y = logsumexp(x, 0, false, s);
            CHECK(failure_of([&] { static_cast<void>(y.item()); }) == "summit::logsumexp: " + wanted);
            CHECK(failure_of([&] { s.synchronize(); }) == "summit::logsumexp: " + wanted);
        }
        unsetenv("RIG_FAIL");
        CHECK(logsumexp(x, 0, false, s).item() == logsumexp(x, 0, false, gpu{}).item());
    }
    unsetenv("RIG_FAIL");

    CHECK(summit::is_available(gpu{}));
    CHECK(logsumexp(x, 0, false, gpu{}).item() > 9.9F);
    const int settled = rig_live_objects();
    {
        const summit::stream<gpu> s;
        for (int i = 0; i != 3; ++i) {
            CHECK(logsumexp(x, 0, false, s).item() > 9.9F);
            CHECK(logsumexp(x, 0, false, gpu{}).item() > 9.9F);
        }
        s.synchronize();
        // Its queue alone.
        CHECK(rig_live_objects() == settled + 1);
    }
    CHECK(rig_live_objects() == settled);
}
