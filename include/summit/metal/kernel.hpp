// SPDX-License-Identifier: MIT
#pragma once

#include <summit/dtype.hpp>
#include <summit/metal/log_sum_exp.hpp>

#include <string>

// The kernels' text: what the device compiles on first use. One library holds one element type, as a prelude in front of
// the same text for all, so that nobody waits for types that are not used.
namespace summit::inline version0::metal {

template <class T>
struct element_text_check {
    static_assert(!std::same_as<T, double> && !complex_element<T>,
                  "summit: device::metal has no double and no complex elements: use device::cpu for them");
    static constexpr bool passed = !std::same_as<T, double> && !complex_element<T>;
};

/// How elements of T are read and its results written.
template <element T>
[[nodiscard]] std::string element_text() {
    // In bits, though newer systems have a bfloat: the same text then serves the older ones.
    if constexpr (bfloat16_like<T>)
        return R"metal(
typedef ushort element;
typedef ushort result;
inline float widened(element x) { return as_type<float>(uint(x) << 16); }
inline result narrowed(float x) {
    uint bits = as_type<uint>(x);
    if ((bits & 0x7fffffffu) > 0x7f800000u) return ushort(bits >> 16 | 0x40u);
    return ushort((bits + 0x7fffu + (bits >> 16 & 1u)) >> 16);
}
)metal";
    const auto plain = [](std::string_view element, std::string_view result) {
        return std::string("\ntypedef ").append(element).append(" element;\ntypedef ").append(result) +
               " result;\n"
               "inline float widened(element x) { return float(x); }\n"
               "inline result narrowed(float x) { return result(x); }\n";
    };
    if constexpr (float16_like<T>) return plain("half", "half");
    if constexpr (std::same_as<T, float>) return plain("float", "float");
    // bool among them: its object representation is the number.
    constexpr const char* names[2][4] = {{"char", "short", "int", "long"}, {"uchar", "ushort", "uint", "ulong"}};
    return plain(names[std::is_signed_v<T> ? 0 : 1][std::bit_width(sizeof(T)) - 1], "float");
}

/// Terms that a thread absorbs at once, and the most threads that work together on a result: the text says both again.
inline constexpr std::uint64_t block = 8;
inline constexpr std::uint64_t most_threads = 256;

inline constexpr std::string_view text_before_algebra = R"metal(
#if __METAL_VERSION__ >= 320
#pragma METAL fp contract(off)
#endif
enum { block = 8, most_threads = 256 };
)metal";

/// The walk over a plan's loops, the same for every op.
inline constexpr std::string_view text_after_algebra = R"metal(
struct loop { ulong extent; long stride; long result_stride; };

struct geometry {
    ulong results;
    ulong terms;
    ulong share;
    long result_start;
    uint splits;
    uint kept_loops;
    uint reduced_loops;
    uint results_per_group;
    uint threads_per_result;
    uint result_distance;
    uint term_distance;
    float count_high;
    float count_low;
    uint unused;
    loop kept[16];
    loop reduced[16];
};

struct offsets { long element; long result; };

// Division of 64-bit numbers is slow, and few extents need it.
inline ulong quotient(ulong a, ulong b) { return (a | b) >> 32 == 0 ? ulong(uint(a) / uint(b)) : a / b; }

// Where step `index` of a nest of loops lies.
inline offsets offsets_of(constant loop* loops, uint count, ulong index) {
    offsets sum;
    sum.element = 0;
    sum.result = 0;
    for (uint i = count; i > 0; --i) {
        ulong rest = i == 1 ? 0 : quotient(index, loops[i - 1].extent);
        long step = long(index - rest * loops[i - 1].extent * (i == 1 ? 0 : 1));
        sum.element += step * loops[i - 1].stride;
        sum.result += step * loops[i - 1].result_stride;
        index = rest;
    }
    return sum;
}

// What one thread works on: every threads_per_result-th term, from `term` on, of result number `result`.
struct place { ulong result; uint term; bool inside; };

inline place place_of(constant geometry& g, uint3 group, uint3 groups, uint thread_index) {
    place p;
    ulong tile = ulong(group.y) * groups.x + group.x;
    p.result = tile * g.results_per_group + thread_index / g.result_distance % g.results_per_group;
    p.term = thread_index / g.term_distance % g.threads_per_result;
    p.inside = p.result < g.results;
    return p;
}

// Leaves each thread of a result with the state of all its threads.
inline void merge_threads(thread state& s, threadgroup float* max, threadgroup float* high, threadgroup float* low,
                          constant geometry& g, uint thread_index, uint width) {
    uint end = g.term_distance * g.threads_per_result;
    for (uint distance = g.term_distance; distance < end; distance *= 2) {
        state other;
        if (distance < width) {
            other.max = simd_shuffle_xor(s.max, ushort(distance));
            other.high = simd_shuffle_xor(s.high, ushort(distance));
            other.low = simd_shuffle_xor(s.low, ushort(distance));
        } else {
            max[thread_index] = s.max;
            high[thread_index] = s.high;
            low[thread_index] = s.low;
            threadgroup_barrier(mem_flags::mem_threadgroup);
            other.max = max[thread_index ^ distance];
            other.high = high[thread_index ^ distance];
            other.low = low[thread_index ^ distance];
            threadgroup_barrier(mem_flags::mem_threadgroup);
        }
        merge(s, other.max, other.high, other.low);
    }
}

// The state of the terms of split number `split` that fall to this thread.
inline state absorb_terms(device const element* elements, constant geometry& g, place p, uint split) {
    state s = identity();
    ulong begin = split * g.share;
    ulong end = min(begin + g.share, g.terms);
    if (!p.inside) return s;
    elements += offsets_of(g.kept, g.kept_loops, p.result).element;
    ulong step = g.threads_per_result;
    for (ulong first = begin + p.term; first < end; first += block * step) {
        float x[block];
        uint count = 0;
        for (uint i = 0; i < block; ++i) {
            ulong term = first + i * step;
            if (term >= end) continue;
            x[i] = widened(elements[offsets_of(g.reduced, g.reduced_loops, term).element]);
            count = i + 1;
        }
        absorb(s, x, count);
    }
    return s;
}

inline void write_result(device result* results, constant geometry& g, place p, thread const state& s) {
    if (!p.inside || p.term != 0) return;
    long at = g.result_start + offsets_of(g.kept, g.kept_loops, p.result).result;
    pair count;
    count.high = g.count_high;
    count.low = g.count_low;
    results[at] = narrowed(finish(s, count));
}

kernel void reduce(device const element* elements [[buffer(0)]], device result* results [[buffer(1)]],
                   constant geometry& g [[buffer(2)]], uint3 group [[threadgroup_position_in_grid]],
                   uint3 groups [[threadgroups_per_grid]], uint thread_index [[thread_index_in_threadgroup]],
                   uint width [[threads_per_simdgroup]]) {
    threadgroup float max[most_threads];
    threadgroup float high[most_threads];
    threadgroup float low[most_threads];
    place p = place_of(g, group, groups, thread_index);
    state s = absorb_terms(elements, g, p, 0);
    merge_threads(s, max, high, low, g, thread_index, width);
    write_result(results, g, p, s);
}

// A long row: each threadgroup leaves the state of its share, and merge_splits makes one result of them.
kernel void reduce_split(device const element* elements [[buffer(0)]], device float* states [[buffer(1)]],
                         constant geometry& g [[buffer(2)]], uint3 group [[threadgroup_position_in_grid]],
                         uint3 groups [[threadgroups_per_grid]], uint thread_index [[thread_index_in_threadgroup]],
                         uint width [[threads_per_simdgroup]]) {
    threadgroup float max[most_threads];
    threadgroup float high[most_threads];
    threadgroup float low[most_threads];
    place p = place_of(g, group, groups, thread_index);
    state s = absorb_terms(elements, g, p, group.z);
    merge_threads(s, max, high, low, g, thread_index, width);
    if (!p.inside || p.term != 0) return;
    ulong at = (p.result * g.splits + group.z) * 3;
    states[at] = s.max;
    states[at + 1] = s.high;
    states[at + 2] = s.low;
}

kernel void merge_splits(device const float* states [[buffer(0)]], device result* results [[buffer(1)]],
                         constant geometry& g [[buffer(2)]], uint3 group [[threadgroup_position_in_grid]],
                         uint3 groups [[threadgroups_per_grid]], uint thread_index [[thread_index_in_threadgroup]],
                         uint width [[threads_per_simdgroup]]) {
    threadgroup float max[most_threads];
    threadgroup float high[most_threads];
    threadgroup float low[most_threads];
    place p = place_of(g, group, groups, thread_index);
    state s = identity();
    for (uint split = p.term; p.inside && split < g.splits; split += g.threads_per_result) {
        ulong at = (p.result * g.splits + split) * 3;
        merge(s, states[at], states[at + 1], states[at + 2]);
    }
    merge_threads(s, max, high, low, g, thread_index, width);
    write_result(results, g, p, s);
}
)metal";

/// The whole library for elements of T.
template <template <class> class Op, element T>
[[nodiscard]] std::string library_text() {
    std::string text = "#include <metal_stdlib>\nusing namespace metal;\n";
    return text.append(text_before_algebra)
        .append(algebra<Op>::text)
        .append(element_text<T>())
        .append(text_after_algebra);
}

} // namespace summit::inline version0::metal
