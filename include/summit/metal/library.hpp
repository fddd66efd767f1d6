// SPDX-License-Identifier: MIT
#pragma once

#include <summit/metal/objc.hpp>

#include <map>
#include <mutex>

namespace summit::inline version0::metal {

/// A function of a compiled library, ready to run, and what the device allows it.
struct pipeline {
    reference state;
    unsigned_integer most_threads = 0; ///< in a threadgroup
    unsigned_integer width = 0;        ///< threads that run in step
};

/// The system's device, with every library and pipeline made for it so far.
class shared_device {
public:
    /// throws   std::runtime_error, in the name of `function`: there is no device
    [[nodiscard]] static shared_device& get(std::string_view function) {
        // Never destroyed: at the end of the program the frameworks may go first. A device that could not be had is
        // asked for again at the next call.
        static shared_device& only = *new shared_device(function);
        return only;
    }

    [[nodiscard]] id device() const noexcept { return device_.get(); }

    /// Where calls that wait for their results queue up; a stream has a queue of its own.
    [[nodiscard]] id commands() const noexcept { return commands_.get(); }

    [[nodiscard]] reference make_commands(std::string_view function) const {
        return checked(reference(send<id>(device(), "newCommandQueue")), function, "newCommandQueue");
    }

    /// Entry `name` of the library with this source text, compiled on first use.
    /// throws   std::runtime_error, in the name of `function`: the text does not compile, or the device refuses it
    [[nodiscard]] const pipeline& find(std::string_view function, const std::string& source, const char* name) {
        const std::lock_guard lock(mutex_);
        pipeline& found = pipelines_[{source, name}];
        if (!found.state) found = build(function, library(function, source), name);
        return found;
    }

private:
    explicit shared_device(std::string_view function) : device_(MTLCreateSystemDefaultDevice()) {
        if (!device_) throw_metal_error(function, "MTLCreateSystemDefaultDevice", "this system has no Metal device");
        commands_ = make_commands(function);
    }

    [[nodiscard]] id library(std::string_view function, const std::string& source) {
        reference& found = libraries_[source];
        if (!found) {
            const reference options = make("MTLCompileOptions");
            forbid_fast_math(options.get());
            id error = nullptr;
            found =
                checked(reference(send<id, id, id, id*>(device(), "newLibraryWithSource:options:error:", string(source),
                                                        options.get(), &error)),
                        function, "newLibraryWithSource", error);
        }
        return found.get();
    }

    /// Fast math is the default, and takes for granted that there is no NaN and no infinity. Since macOS 15 a mode says
    /// so (MTLMathModeSafe, 0); before, a flag.
    static void forbid_fast_math(id options) {
        if (send<bool, SEL>(options, "respondsToSelector:", sel_registerName("setMathMode:")))
            send<void, long>(options, "setMathMode:", 0);
        else
            send<void, bool>(options, "setFastMathEnabled:", false);
    }

    [[nodiscard]] pipeline build(std::string_view function, id library, const char* name) const {
        const reference entry = checked(reference(send<id, id>(library, "newFunctionWithName:", string(name))),
                                        function, "newFunctionWithName");
        id error = nullptr;
        pipeline made;
        made.state = checked(
            reference(send<id, id, id*>(device(), "newComputePipelineStateWithFunction:error:", entry.get(), &error)),
            function, "newComputePipelineStateWithFunction", error);
        made.most_threads = send<unsigned_integer>(made.state.get(), "maxTotalThreadsPerThreadgroup");
        made.width = send<unsigned_integer>(made.state.get(), "threadExecutionWidth");
        return made;
    }

    reference device_;
    reference commands_;
    std::mutex mutex_;
    std::map<std::string, reference> libraries_;
    std::map<std::pair<std::string, std::string>, pipeline> pipelines_;
};

} // namespace summit::inline version0::metal
