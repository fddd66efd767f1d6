// SPDX-License-Identifier: MIT
// What the device allows, and what does not fit 32 bits.
#include "rig/counters.hpp"
#include "support/oracle.hpp"

#include <summit/metal.hpp>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include <sys/mman.h>

#include <cmath>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <vector>

using summit::logsumexp;
using gpu = summit::device::metal;

namespace {

/// Zeros that take no memory until they are written.
template <class T>
class sparse {
public:
    explicit sparse(std::size_t count)
        : bytes_(count * sizeof(T)),
          memory_(mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)) {}
    sparse(const sparse&) = delete;
    sparse& operator=(const sparse&) = delete;
    ~sparse() { munmap(memory_, bytes_); }
    [[nodiscard]] T* data() const { return memory_ == MAP_FAILED ? nullptr : static_cast<T*>(memory_); }

private:
    std::size_t bytes_;
    void* memory_;
};

constexpr std::ptrdiff_t two_to_31 = std::ptrdiff_t{1} << 31;

} // namespace

TEST_CASE("offsets do not stop at 32 bits", "[metal][rig][limits]") {
    const std::ptrdiff_t far = 2 * two_to_31 + 12345;
    const sparse<std::int8_t> memory(static_cast<std::size_t>(3 * far + 2));
    if (memory.data() == nullptr) SKIP("the system does not hand out so many addresses");
    for (std::ptrdiff_t i = 0; i != 3; ++i) memory.data()[i * far] = static_cast<std::int8_t>(10 * (i + 1));
    const double terms = std::log(std::exp(10.0 - 30.0) + std::exp(20.0 - 30.0) + 1.0) + 30.0;
    const auto reduced = logsumexp(summit::view<const std::int8_t>(memory.data(), {3, 2}, {far, 1}), 0, false, gpu{});
    CHECK(std::abs(static_cast<double>(reduced(0)) - terms) < 1e-5);
    CHECK(std::abs(static_cast<double>(reduced(1)) - std::log(3.0)) < 1e-6);
    const auto kept = logsumexp(summit::view<const std::int8_t>(memory.data(), {3, 2}, {far, 1}), 1, false, gpu{});
    for (std::ptrdiff_t i = 0; i != 3; ++i)
        CHECK(std::abs(static_cast<double>(kept(i)) -
                       (10.0 * static_cast<double>(i + 1) + std::log1p(std::exp(-10.0 * static_cast<double>(i + 1))))) <
              1e-5);
    // Through results that lie as far apart.
    const sparse<float> results(static_cast<std::size_t>(2 * far + 1));
    if (results.data() == nullptr) SKIP("the system does not hand out so many addresses");
    const summit::view<float> out(results.data(), {3}, {far});
    logsumexp_into(out, summit::view<const std::int8_t>(memory.data(), {3, 2}, {far, 1}), 1, false, gpu{});
    for (std::ptrdiff_t i = 0; i != 3; ++i) CHECK(out(i) == kept(i));
}

TEST_CASE("repeats do not stop at 32 bits, and cost nothing", "[metal][rig][limits]") {
    const float one = 1.0F;
    const summit::view<const float> v(&one, {two_to_31, 8}, {0, 0});
    const auto threads = rig_threads();
    CHECK(logsumexp(v, summit::all_axes, false, gpu{}).item() == static_cast<float>(1.0 + 34 * std::log(2.0)));
    CHECK(rig_threads() - threads <= 32);
    // exp(40), rounded: -1.73e-18 is left.
    const float minus_forty = -40.0F;
    const summit::view<const float> near_zero(&minus_forty, {235385266837019985}, {0});
    CHECK(std::abs(logsumexp(near_zero, 0, false, gpu{}).item()) < 0x1p-28F);
}

TEST_CASE("nor do the numbers of results and terms", "[metal][rig][limits]") {
    namespace metal = summit::metal;
    const metal::autorelease_pool pool;
    metal::shared_device& device = metal::shared_device::get("limits");
    const std::string text = metal::library_text<summit::op::log_sum_exp, float>() +
                             "kernel void probe(device long* out [[buffer(0)]], constant geometry& g [[buffer(1)]]) {\n"
                             "    out[0] = offsets_of(g.kept, g.kept_loops, g.results).element;\n"
                             "    out[1] = offsets_of(g.kept, g.kept_loops, g.results).result;\n"
                             "}\n";
    metal::geometry g{};
    g.kept_loops = 3;
    g.kept[0] = {two_to_31, two_to_31, -3};
    g.kept[1] = {two_to_31 * 4, 5, 7};
    g.kept[2] = {11, 2, two_to_31 * 8};
    std::int64_t digits[] = {123456789, two_to_31 + 17, 6};
    g.results = static_cast<std::uint64_t>((digits[0] * g.kept[1].extent + digits[1]) * g.kept[2].extent + digits[2]);
    std::int64_t offsets[2] = {};
    const metal::region out = metal::wrap("limits", device.device(), offsets, sizeof offsets);
    metal::command work("limits", device.commands());
    work.dispatch(device.find("limits", text, "probe"), {&out}, &g, sizeof g, {1, 1, 1}, 1);
    work.run();
    CHECK(offsets[0] == digits[0] * two_to_31 + digits[1] * 5 + digits[2] * 2);
    CHECK(offsets[1] == digits[0] * -3 + digits[1] * 7 + digits[2] * two_to_31 * 8);
}

TEST_CASE("nor does a thread lose digits of very many terms", "[metal][rig][limits]") {
    namespace metal = summit::metal;
    const metal::autorelease_pool pool;
    metal::shared_device& device = metal::shared_device::get("limits");
    const std::string text =
        metal::library_text<summit::op::log_sum_exp, float>() +
        "kernel void probe(device float* result [[buffer(0)]], device const float* elements [[buffer(1)]]) {\n"
        "    state s = identity();\n"
        "    for (uint i = 0; i < 16777216; i += block) {\n"
        "        float x[block];\n"
        "        for (uint k = 0; k < block; ++k) x[k] = elements[(i + k) % 64];\n"
        "        absorb(s, x, block);\n"
        "    }\n"
        "    pair count;\n"
        "    count.high = 1.0f;\n"
        "    count.low = 0.0f;\n"
        "    result[0] = finish(s, count);\n"
        "}\n";
    // Two numbers in turn, whose roundings do not even out, and 64 of which no two are the same.
    for (const float step : {0.0F, 0.011F}) {
        std::vector<float> elements(64);
        double sum = 0.0;
        for (std::size_t i = 0; i != 64; ++i) {
            elements[i] = (i % 2 == 0 ? 0.0F : -0.3F) - step * static_cast<float>(i);
            sum += std::exp(static_cast<double>(elements[i]));
        }
        const double shift = std::log(sum) + 18 * std::log(2.0);
        for (float& x : elements) x = static_cast<float>(static_cast<double>(x) - shift);
        float result = 0.0F;
        const metal::region from = metal::wrap("limits", device.device(), elements.data(), 64 * sizeof(float));
        const metal::region to = metal::wrap("limits", device.device(), &result, sizeof result);
        metal::command work("limits", device.commands());
        work.dispatch(device.find("limits", text, "probe"), {&to, &from}, nullptr, 0, {1, 1, 1}, 1);
        work.run();
        const std::vector<std::uint64_t> counts(64, std::uint64_t{1} << 18);
        const double wanted = support::exact_log_sum_exp<float>(elements, counts).value.to_double();
        CHECK(std::abs(static_cast<double>(result) - wanted) < 0x1p-28);
    }
}

TEST_CASE("more than the device takes in one buffer", "[metal][rig][limits]") {
    const std::vector<float> x(5000);
    setenv("RIG_MOST_BYTES", "16384", 1);
    CHECK_THROWS_WITH(
        logsumexp(x, 0, false, gpu{}),
        Catch::Matchers::ContainsSubstring("maxBufferLength: ") &&
            Catch::Matchers::ContainsSubstring("where the device takes 16384 in one buffer; device::cpu"));
    unsetenv("RIG_MOST_BYTES");
    CHECK(logsumexp(x, 0, false, gpu{}).item() == static_cast<float>(std::log(5000.0)));
}

TEST_CASE("whole pages around any bytes", "[metal][limits]") {
    using summit::metal::whole_pages;
    for (std::size_t page : {4096U, 16384U})
        for (std::size_t first : {0U, 1U, 4095U, 4096U, 16383U, 16384U})
            for (std::size_t bytes : {1U, 2U, 4096U, 16384U, 40000U}) {
                const auto span = whole_pages(first, bytes, page);
                CHECK(span.first % page == 0);
                CHECK(span.bytes % page == 0);
                CHECK(span.first <= first);
                CHECK(first - span.first < page);
                CHECK(first + bytes <= span.first + span.bytes);
                CHECK(span.first + span.bytes < first + bytes + page);
            }
}

TEST_CASE("no library is compiled with fast math", "[metal][rig]") {
    const std::vector<float> x{1.0F, std::nanf(""), HUGE_VALF};
    CHECK(std::isnan(logsumexp(x, 0, false, gpu{}).item()));
    CHECK(rig_fast_libraries() == 0);
}
