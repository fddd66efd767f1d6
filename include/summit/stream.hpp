// SPDX-License-Identifier: MIT
#pragma once

#include <summit/device.hpp>

#include <concepts>

namespace summit::inline version0 {

/// An in-order queue of work on one device. Each back end specialises it.
template <class Device>
class stream {
    static_assert(!std::same_as<Device, device::metal>,
                  "summit: device::metal has no back end in this file: include <summit/metal.hpp>");
    static_assert(
        !std::same_as<Device, device::cpu>,
        "summit: a stream on device::cpu comes with <summit/cpu/stream.hpp>, and so with <summit/summit.hpp>");
    static_assert(std::same_as<Device, device::metal> || std::same_as<Device, device::cpu>,
                  "summit: where to run must be device::cpu{}, device::metal{} or a stream on one of them");

public:
    // Here so that the line above is the only error a user reads.
    template <template <class> class, class, class... Arguments>
    static void reduce(const Arguments&...);
    template <template <class> class, class, class... Arguments>
    static void enqueue(const Arguments&...);
    static void synchronize();
};

/// The stream that `Where`, a device tag or a stream, stands for.
template <class Where>
struct stream_for {
    using type = stream<Where>;
};

template <class Device>
struct stream_for<stream<Device>> {
    using type = stream<Device>;
};

/// Whether `Where` is a stream: calls on it return at once.
template <class Where>
inline constexpr bool is_stream = std::same_as<Where, typename stream_for<Where>::type>;

} // namespace summit::inline version0
