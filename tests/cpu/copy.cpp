// SPDX-License-Identifier: MIT
#include <summit/cpu/architecture.hpp>
#include <summit/cpu/copy.hpp>
#include <summit/cpu/threads.hpp>

#include "support/guarded_pages.hpp"
#include "support/layouts.hpp"
#include "support/random_source.hpp"

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>
#include <vector>

namespace {

using architecture = summit::cpu::default_architecture;
using summit::index_list;
using support::between_pages;
using support::random_source;

/// On several threads that follow one another, the last pieces first.
struct backwards {
    [[nodiscard]] static int team(std::ptrdiff_t count) noexcept { return count > 3 ? 3 : 1; }
    template <class Body>
    static void for_each(std::ptrdiff_t count, int, const Body& body) {
        while (count-- != 0) body(count, 0);
    }
};

struct copied_layout {
    index_list shape, strides, result_strides;
};

/// Contiguous, in pieces, strided, reversed, repeated, turned, and in more dimensions than a block has; on either side.
std::vector<copied_layout> layouts() {
    return {
        {{}, {}, {}},
        {{1}, {5}, {7}},
        {{1000}, {1}, {1}},
        {{1000}, {-1}, {1}},
        {{777}, {3}, {1}},
        {{777}, {1}, {2}},
        {{50}, {0}, {1}},
        {{41, 7}, {9, 1}, {7, 1}},
        {{41, 7}, {7, 1}, {12, 1}},
        {{67, 45}, {1, 67}, {45, 1}},
        {{67, 45}, {45, 1}, {-1, -80}},
        {{33, 64}, {64, 1}, {2, 70}},
        {{33, 40}, {1, 0}, {40, 1}},
        {{33, 40}, {0, 1}, {40, 1}},
        {{7, 5, 6, 3}, {1, 7, -36, 250}, {90, 18, 3, 1}},
        {{3, 35, 2, 34}, {3000, 80, 40, 1}, {2400, 1, 40, 70}},
    };
}

template <class T>
void fill_with_bits(std::span<T> all, random_source& random) {
    if constexpr (std::is_same_v<T, bool>)
        for (T& x : all) x = random.one_in(2);
    else // every kind of number, NaN of every payload and −0 among them
        for (T& x : all) {
            std::uint64_t bits = random.bits();
            if (random.one_in(4)) bits |= std::uint64_t{0x7ff} << 52;
            if (random.one_in(8)) bits = std::uint64_t{1} << (8 * sizeof(T) - 1);
            std::memcpy(&x, &bits, sizeof x);
        }
}

/// Calls use(offset, result_offset) for every element.
template <class Use>
void for_each_element(const copied_layout& way, const Use& use) {
    std::ptrdiff_t count = 1;
    for (std::ptrdiff_t extent : way.shape) count *= extent;
    for (std::ptrdiff_t i = 0; i != count; ++i) {
        std::ptrdiff_t offset = 0, result_offset = 0, left = i;
        for (std::size_t k = way.shape.size(); k-- != 0; left /= way.shape[k]) {
            offset += left % way.shape[k] * way.strides[k];
            result_offset += left % way.shape[k] * way.result_strides[k];
        }
        use(offset, result_offset);
    }
}

template <class T>
std::vector<std::byte> bytes_of(std::span<const T> all) {
    const auto bytes = std::as_bytes(all);
    return {bytes.begin(), bytes.end()};
}

/// Whether all elements are copied, each as `expected` says, between pages that nobody may touch, and nothing else is written.
template <class Threads, class T, class Expected>
bool copies(const copied_layout& way, bool at_end, const Expected& expected) {
    using result = summit::result_t<T>;
    random_source random(20261128);
    between_pages<T> elements(way.shape, way.strides, at_end);
    between_pages<result> results(way.shape, way.result_strides, at_end), wanted(way.shape, way.result_strides, at_end);
    fill_with_bits(elements.all(), random);
    fill_with_bits(results.all(), random);
    std::memcpy(wanted.all().data(), results.all().data(), results.all().size_bytes());
    const T* const from = elements.elements().data();
    for_each_element(way, [&](std::ptrdiff_t offset, std::ptrdiff_t result_offset) {
        const result x = expected(from[offset]);
        std::memcpy(wanted.elements().data() + result_offset, &x, sizeof x);
    });
    const auto p = summit::make_plan(way.shape, way.strides, 0, way.result_strides);
    summit::cpu::copy_elements<architecture, Threads>(p, from, results.elements().data());
    return bytes_of<result>(results.all()) == bytes_of<result>(wanted.all());
}

} // namespace

TEMPLATE_TEST_CASE("numbers are copied to the last bit, from and to any strides", "[copy]", float, double,
                   summit::float16, summit::bfloat16) {
    const auto itself = [](TestType x) { return x; };
    for (const auto& way : layouts())
        for (bool at_end : {false, true}) {
            CAPTURE(summit::to_string(way.shape), summit::to_string(way.strides), at_end);
            CHECK(copies<summit::cpu::threads, TestType>(way, at_end, itself));
        }
}

TEMPLATE_TEST_CASE("integers are copied as the nearest floats", "[copy]", std::int8_t, std::uint8_t, std::int16_t,
                   std::uint16_t, std::int32_t, std::uint32_t, std::int64_t, std::uint64_t, bool) {
    const auto nearest = [](TestType x) { return static_cast<float>(x); };
    for (const auto& way : layouts())
        for (bool at_end : {false, true}) {
            CAPTURE(summit::to_string(way.shape), summit::to_string(way.strides), at_end);
            CHECK(copies<summit::cpu::threads, TestType>(way, at_end, nearest));
        }
}

TEMPLATE_TEST_CASE("many elements are copied by several threads", "[copy]", float, std::int8_t) {
    const auto as_result = [](TestType x) { return static_cast<float>(x); };
    const std::vector<copied_layout> large{{{600'011}, {1}, {1}},
                                           {{600'011}, {2}, {1}},
                                           {{1100, 601}, {601, 1}, {1, 1100}},
                                           {{90'000, 7}, {8, 1}, {7, 1}},
                                           {{7, 310, 313}, {313, 7 * 313, 1}, {310 * 313, 313, 1}}};
    for (const auto& way : large) {
        CAPTURE(summit::to_string(way.shape), summit::to_string(way.strides));
        CHECK(copies<backwards, TestType>(way, true, as_result));
        CHECK(copies<summit::cpu::threads, TestType>(way, false, as_result));
    }
}
