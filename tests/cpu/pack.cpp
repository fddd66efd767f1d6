// SPDX-License-Identifier: MIT
#include <summit/cpu/pack.hpp>

#include "support/architectures.hpp"
#include "support/guarded.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <vector>

namespace {

/// Packs 0, 1, 2, … that lie `stride` apart, NaN in between, and looks at every element and at both ends.
template <class Arch, class To, class From>
bool packs(std::ptrdiff_t stride, std::ptrdiff_t count) {
    support::guarded<From> source({std::max<std::ptrdiff_t>(count, 1)}, {stride});
    const auto from = source.elements();
    for (std::ptrdiff_t i = 0; i != count; ++i) from(i) = static_cast<From>(stride == 0 ? 7 : i);
    std::vector<To> to(static_cast<std::size_t>(count) + 2, To(-1));
    summit::cpu::pack<Arch>(static_cast<const From*>(from.data()), stride, count, to.data() + 1);
    bool right = to.front() == To(-1) && to.back() == To(-1);
    for (std::ptrdiff_t i = 0; i != count; ++i)
        right = right && to[static_cast<std::size_t>(i) + 1] == static_cast<To>(stride == 0 ? 7 : i);
    return right;
}

/// Strides at which a gather's index of 32 bits, counted in elements or in bytes, would no longer do.
template <class Arch, class T>
bool packs_far_apart(std::ptrdiff_t stride) {
    constexpr std::ptrdiff_t count = 17;
    const auto span = static_cast<std::size_t>((count - 1) * stride + 1);
    // Zeroed pages are only made when touched: seventeen of them.
    const std::unique_ptr<T, decltype(&std::free)> memory(static_cast<T*>(std::calloc(span, sizeof(T))), &std::free);
    if (memory == nullptr) return true;
    for (std::ptrdiff_t i = 0; i != count; ++i) memory.get()[i * stride] = static_cast<T>(i + 1);
    std::vector<T> to(count);
    summit::cpu::pack<Arch>(static_cast<const T*>(memory.get()), stride, count, to.data());
    bool right = true;
    for (std::ptrdiff_t i = 0; i != count; ++i)
        right = right && to[static_cast<std::size_t>(i)] == static_cast<T>(i + 1);
    return right;
}

} // namespace

TEST_CASE("packing copies every element from any stride, and nothing else", "[pack]") {
    support::for_each_architecture<support::architectures>([]<class Arch>(Arch) {
        for (std::ptrdiff_t stride : {1, 2, 3, 0, 17, 1000}) {
            for (std::ptrdiff_t count = 0; count != 70; ++count) {
                CAPTURE(Arch::name(), stride, count);
                REQUIRE(packs<Arch, float, float>(stride, count));
                REQUIRE(packs<Arch, double, double>(stride, count));
                REQUIRE(packs<Arch, double, float>(stride, count));
            }
        }
    });
}

TEST_CASE("packing reaches as far as memory does", "[pack]") {
    support::for_each_architecture<support::architectures>([]<class Arch>(Arch) {
        for (std::ptrdiff_t stride : {std::ptrdiff_t{1} << 23, (std::ptrdiff_t{1} << 24) + 1}) {
            CAPTURE(Arch::name(), stride);
            CHECK(packs_far_apart<Arch, float>(stride));
            CHECK(packs_far_apart<Arch, double>(stride));
        }
    });
}
