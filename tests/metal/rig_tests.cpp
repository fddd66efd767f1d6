// SPDX-License-Identifier: MIT
// What the rig must notice, one kernel for each: a rig that lets them pass proves nothing of the library's.
#include <summit/metal.hpp>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

using Catch::Matchers::ContainsSubstring;

namespace {

namespace metal = summit::metal;

/// Runs a kernel named `k` on buffer 0, and returns what the device says went wrong.
std::string run(const std::string& source, std::vector<float>& memory, unsigned long groups, unsigned long threads) {
    const metal::autorelease_pool pool;
    try {
        metal::shared_device& device = metal::shared_device::get("rig");
        const metal::pipeline& kernel =
            device.find("rig", "#include <metal_stdlib>\nusing namespace metal;\n" + source, "k");
        const metal::region region = metal::wrap("rig", device.device(), memory.data(), memory.size() * sizeof(float));
        metal::command work("rig", device.commands());
        work.dispatch(kernel, {&region}, nullptr, 0, {groups, 1, 1}, threads);
        work.run();
    } catch (const std::runtime_error& error) { return error.what(); }
    return {};
}

/// A kernel with this body.
std::string kernel(const std::string& body, const std::string& before = "") {
    return before +
           "kernel void k(device float* x [[buffer(0)]], uint i [[thread_index_in_threadgroup]],\n"
           "              uint g [[threadgroup_position_in_grid]], uint lane [[thread_index_in_simdgroup]]) {\n" +
           body + "\n}\n";
}

/// What is wrong with running `body` on a group of 64 threads; its messages end in the line, the fifth and on.
std::string problem_of(const std::string& body) {
    std::vector<float> memory(64, 1.0F);
    return run(kernel(body), memory, 1, 64);
}

const std::string through_memory = "threadgroup float t[64];\n t[i] = float(i);\n"
                                   "BARRIER\n x[i] = t[63 - i];";

std::vector<float> reversed(const std::string& barrier) {
    std::vector<float> memory(64);
    std::string body = through_memory;
    body.replace(body.find("BARRIER"), 7, barrier);
    CHECK(run(kernel(body), memory, 1, 64) == "");
    return memory;
}

} // namespace

TEST_CASE("the rig: a barrier that is missing shows in the results", "[metal][rig]") {
    std::vector<float> wanted(64);
    for (std::size_t i = 0; i != 64; ++i) wanted[i] = static_cast<float>(63 - i);
    CHECK(reversed("threadgroup_barrier(mem_flags::mem_threadgroup);") == wanted);
    CHECK(reversed("") != wanted);
}

TEST_CASE("the rig: threads that do not wait together", "[metal][rig]") {
    CHECK_THAT(problem_of("if (i < 32) threadgroup_barrier(mem_flags::mem_threadgroup);"),
               ContainsSubstring("a threadgroup_barrier that thread 32 does not reach") &&
                   ContainsSubstring("line 5]"));
    CHECK_THAT(problem_of("if (i > 3) return;\n threadgroup_barrier(mem_flags::mem_threadgroup);"),
               ContainsSubstring("a threadgroup_barrier that thread 4 does not reach") && ContainsSubstring("line 6]"));
    CHECK_THAT(problem_of("if (lane < 16) x[i] = simd_shuffle_xor(x[i], ushort(1));"),
               ContainsSubstring("elsewhere while its simdgroup exchanges values at line 5"));
    CHECK_THAT(problem_of("if (lane < 16) x[i] = simd_shuffle_xor(x[i], ushort(1));\n"
                          "else x[i] = simd_shuffle_xor(x[i], ushort(2));"),
               ContainsSubstring("elsewhere while its simdgroup exchanges values"));
    CHECK(problem_of("if (i < 32) x[i] = simd_shuffle_xor(x[i], ushort(1));") == "");
}

TEST_CASE("the rig: memory that nobody wrote is NaN, and there is no more than the device has", "[metal][rig]") {
    std::vector<float> memory(64);
    CHECK(run(kernel("threadgroup float t[64];\n x[i] = t[i] == t[i] ? 1.0f : 2.0f;"), memory, 1, 64) == "");
    CHECK(memory == std::vector<float>(64, 2.0F));
    CHECK_THAT(problem_of("threadgroup float t[9000];\n t[i] = 1.0f;\n x[i] = t[i];"),
               ContainsSubstring("threadgroup memory of 36000 bytes"));
    CHECK_THAT(problem_of("x[i] = simd_shuffle_xor(x[i], ushort(32)) == 1.0f ? 1.0f : 2.0f;"), ContainsSubstring(""));
}

TEST_CASE("the rig: what is not Metal's language does not compile", "[metal][rig][compile]") {
    const auto refused = [](const std::string& body, const std::string& why, const std::string& before = "") {
        std::vector<float> memory(64);
        INFO(body);
        CHECK_THAT(run(kernel(body, before), memory, 1, 64),
                   ContainsSubstring("newLibraryWithSource") && ContainsSubstring(why));
    };
    refused("double d = 1; x[i] = d;", "poisoned");
    refused("x[i] = std::exp(x[i]);", "poisoned");
    refused("x[i] = simd_shuffle_xor(ulong(i), ushort(1));", "at most 32 bits");
    refused("threadgroup float t[64];\n device float* p = t;\n p[i] = 1.0f;", "cannot initialize a variable of type");
    refused("thread float* p = x;\n p[i] = 1.0f;", "cannot initialize a variable of type");
    refused("f(x);", "address space", "inline void f(threadgroup float* p) { *p = 1.0f; }\n");
    refused("constant float* p = (constant float*)x;\n p[i] = 1.0f;", "read-only");
    refused("x[i] = 1.0f;", "no parameter of type 'uint' has the attribute 'thread_colour'",
            "kernel void other(uint c [[thread_colour]]) {}\n");
}

TEST_CASE("the rig: accesses that only a sanitiser sees", "[.unseen]") {
    std::vector<float> memory(64);
    SECTION("two threadgroups write one element") { CHECK(run(kernel("x[i] = float(g);"), memory, 2, 64) == ""); }
    SECTION("a barrier that orders no memory") { reversed("threadgroup_barrier(mem_flags::mem_none);"); }
    SECTION("beyond a buffer") { CHECK(run(kernel("x[64 + i] = 1.0f;"), memory, 1, 64) == ""); }
    SECTION("beyond threadgroup memory") {
        CHECK(problem_of("threadgroup float t[64];\n t[i + 1] = 1.0f;\n x[i] = t[i];") == "");
    }
}

TEST_CASE("the rig: a kernel that another translator wrote", "[.translated]") {
    std::ifstream file(std::getenv("RIG_TRANSLATED"));
    const std::string source{std::istreambuf_iterator<char>(file), {}};
    const metal::autorelease_pool pool;
    metal::shared_device& device = metal::shared_device::get("rig");
    std::vector<float> elements(1000);
    double sum = 0.0;
    for (std::size_t i = 0; i != elements.size(); ++i) {
        elements[i] = std::sin(static_cast<float>(i)) * 5.0F;
        sum += std::exp(static_cast<double>(elements[i]));
    }
    float result = 0.0F;
    const metal::region from = metal::wrap("rig", device.device(), elements.data(), elements.size() * sizeof(float));
    const metal::region to = metal::wrap("rig", device.device(), &result, sizeof result);
    metal::command work("rig", device.commands());
    work.dispatch(device.find("rig", source, "main0"), {&from, &to}, nullptr, 0, {1, 1, 1}, 256);
    work.run();
    CHECK(std::abs(static_cast<double>(result) - std::log(sum)) < 1e-5);
}
