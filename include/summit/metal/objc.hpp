// SPDX-License-Identifier: MIT
#pragma once

#if !__has_include(<objc/message.h>)
#error "summit: <summit/metal.hpp> needs Metal and the Objective-C runtime, which come with Apple's systems"
#endif

#include <summit/error.hpp>

#include <objc/message.h>
#include <objc/runtime.h>

#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#if defined(__OBJC__)
#import <Metal/Metal.h>
#else
extern "C" id MTLCreateSystemDefaultDevice();
#endif

// What the back end needs of Objective-C: typed sends, owned references, autorelease pools. No Objective-C++ and no
// binding library, so that a C++ program needs the system's frameworks alone; no blocks, which g++ does not have.
namespace summit::inline version0::metal {

/// NSUInteger, as the 64-bit systems have it.
using unsigned_integer = unsigned long;

/// MTLSize.
struct grid_size {
    unsigned_integer width;
    unsigned_integer height;
    unsigned_integer depth;
};

#if defined(SUMMIT_METAL_OBSERVE_SENDS)
/// The tests' own: holds the types of a message against the method that will answer it.
template <class Result, class... Arguments>
void observe_send(id receiver, SEL selector);
#endif

/// [receiver selector: arguments…]. Result and Arguments are named at the call and must be the method's own: nothing is
/// converted on the way.
template <class Result, class... Arguments>
Result send(id receiver, const char* selector, std::type_identity_t<Arguments>... arguments) {
    static_assert(!std::is_class_v<Result>, "a struct comes back through another function on x86-64");
    const SEL name = sel_registerName(selector);
#if defined(SUMMIT_METAL_OBSERVE_SENDS)
    observe_send<Result, Arguments...>(receiver, name);
#endif
    const auto untyped = reinterpret_cast<void (*)()>(&objc_msgSend);
    return reinterpret_cast<Result (*)(id, SEL, Arguments...)>(untyped)(receiver, name, arguments...);
}

[[nodiscard]] inline id class_named(const char* name) { return reinterpret_cast<id>(objc_getClass(name)); }

/// An object that this program holds one reference to, or none.
class reference {
public:
    reference() = default;
    /// Takes over the reference that `owned` came with: from new…, alloc or a function named Create.
    explicit reference(id owned) noexcept : object_(owned) {}
    reference(reference&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
    reference& operator=(reference other) noexcept {
        std::swap(object_, other.object_);
        return *this;
    }
    ~reference() {
        if (object_ != nullptr) send<void>(object_, "release");
    }

    [[nodiscard]] id get() const noexcept { return object_; }
    explicit operator bool() const noexcept { return object_ != nullptr; }

private:
    id object_ = nullptr;
};

[[nodiscard]] inline reference make(const char* class_name) {
    return reference(send<id>(send<id>(class_named(class_name), "alloc"), "init"));
}

/// What the system hands out without a reference lives until the innermost pool ends. A thread of a C++ program has no
/// pool of its own: every entry into the back end opens one.
class autorelease_pool {
    reference pool_ = make("NSAutoreleasePool");
};

/// An NSString, of the innermost pool.
[[nodiscard]] inline id string(const std::string& text) {
    return send<id, const char*>(class_named("NSString"), "stringWithUTF8String:", text.c_str());
}

/// What an NSError says; it means something only where the call that set it returned nil.
[[nodiscard]] inline std::string text_of(id error) {
    if (error == nullptr) return "no reason given";
    const id description = send<id>(error, "localizedDescription");
    const char* const text = description == nullptr ? nullptr : send<const char*>(description, "UTF8String");
    return text == nullptr ? "no reason given" : text;
}

/// `function` is the public one, `call` the one that failed.
[[noreturn]] inline void throw_metal_error(std::string_view function, std::string_view call, std::string_view problem) {
    throw_error<std::runtime_error>(
        error_message(function, "device::metal", std::string(call).append(": ").append(problem)));
}

/// `made`, unless that is nil.
[[nodiscard]] inline reference checked(reference made, std::string_view function, std::string_view call,
                                       id error = nullptr) {
    if (!made) throw_metal_error(function, call, text_of(error));
    return made;
}

} // namespace summit::inline version0::metal
