// SPDX-License-Identifier: MIT
#pragma once

#include <summit/metal/buffer.hpp>
#include <summit/metal/command.hpp>
#include <summit/metal/kernel.hpp>
#include <summit/metal/library.hpp>
#include <summit/plan.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

namespace summit::inline version0::metal {

/// The kernels' argument: a plan, and how threads share its work. The text says its members again, in the same order:
/// the size is held here, every member's place by the tests.
struct geometry {
    std::uint64_t results;
    std::uint64_t terms;
    std::uint64_t share; ///< terms of each split
    std::int64_t result_start;
    std::uint32_t splits; ///< threadgroups that share a result
    std::uint32_t kept_loops;
    std::uint32_t reduced_loops;
    std::uint32_t results_per_group;
    std::uint32_t threads_per_result;
    // How far apart in a threadgroup the threads of neighbouring results, and of neighbouring terms, stand.
    std::uint32_t result_distance;
    std::uint32_t term_distance;
    // How often each term counts: the sum of these two.
    float count_high;
    float count_low;
    std::uint32_t unused;
    std::array<loop, max_rank> kept;
    std::array<loop, max_rank> reduced;

    [[nodiscard]] std::uint64_t threads() const { return std::uint64_t{results_per_group} * threads_per_result; }
    [[nodiscard]] std::uint64_t tiles() const { return (results + results_per_group - 1) / results_per_group; }
};
static_assert(max_rank == 16 && sizeof(loop) == 24 && sizeof(geometry) == 72 + 32 * sizeof(loop),
              "summit: the text of the Metal kernels has this layout");
static_assert(sizeof(geometry) <= 4096, "summit: setBytes takes no more");

/// Stores how often each term counts, below 2^63, to 48 bits. The relative error of the count is an absolute error of
/// the result, of which 2^-28 is allowed near 0: the 24 bits of one float are too few.
inline void set_count(geometry& g, std::uint64_t count) {
    g.count_high = static_cast<float>(count);
    g.count_low = static_cast<float>(static_cast<std::int64_t>(count - static_cast<std::uint64_t>(g.count_high)));
}

/// The elements, or results, that a plan touches: `before` the one it starts from, that one, and `after` it.
struct reach {
    std::int64_t before = 0;
    std::int64_t after = 0;

    void add(std::int64_t extent, std::int64_t stride) { (stride < 0 ? before : after) += (extent - 1) * stride; }
    [[nodiscard]] std::size_t count() const { return static_cast<std::size_t>(after - before) + 1; }
};

/// Gives each result of `terms` terms as many threads as have a block to absorb, up to all of a threadgroup, and the
/// rest of the threadgroup to further results. Neighbouring threads read neighbouring terms if `along_terms`, and
/// neighbouring results' terms otherwise.
inline void share_threads(geometry& g, std::uint64_t terms, bool along_terms, const pipeline& on) {
    const std::uint64_t most = std::bit_floor(std::min<std::uint64_t>(most_threads, on.most_threads));
    const std::uint64_t useful = std::bit_ceil(std::max<std::uint64_t>(1, (terms + block - 1) / block));
    const std::uint64_t results = std::bit_ceil(std::min(g.results, most));
    // Across results a row of threads in step reads one run of memory; more of them help less than more terms at once.
    const std::uint64_t across = along_terms ? 1 : std::min({results, std::bit_floor<std::uint64_t>(on.width), most});
    const std::uint64_t threads = std::min(most / across, useful);
    g.threads_per_result = static_cast<std::uint32_t>(threads);
    g.results_per_group = static_cast<std::uint32_t>(std::min(results, most / threads));
    g.result_distance = along_terms ? g.threads_per_result : 1;
    g.term_distance = along_terms ? 1 : g.results_per_group;
}

/// Splits results whose threadgroups alone would leave the device idle.
inline void share_terms(geometry& g) {
    constexpr std::uint64_t enough_groups = 256;
    constexpr std::uint64_t fewest_blocks = 4; ///< of each thread
    const std::uint64_t row = g.threads_per_result * block;
    const std::uint64_t rows = (g.terms + row - 1) / row;
    const std::uint64_t wanted = (enough_groups + g.tiles() - 1) / g.tiles();
    const std::uint64_t splits = std::clamp<std::uint64_t>(rows / fewest_blocks, 1, wanted);
    // Whole rows of blocks, which may leave nothing for the last splits: those go.
    const std::uint64_t rows_each = (rows + splits - 1) / splits;
    g.share = rows_each * row;
    g.splits = rows == 0 ? 1 : static_cast<std::uint32_t>((rows + rows_each - 1) / rows_each);
}

/// Reduces on `queue`, and returns when the results are written. Elements are read where they lie.
template <template <class> class Op, class Element>
void reduce(const plan& p, const Element* elements, result_t<Element>* results, shared_device& on, id queue) {
    if (p.results == 0) return;
    constexpr std::string_view function = algebra<Op>::function;
    const autorelease_pool pool;

    geometry g{};
    reach read;
    reach written;
    const auto copy = [&](const loop_nest& nest, std::array<loop, max_rank>& loops) {
        for (std::size_t i = 0; i != nest.size(); ++i) {
            loops[i] = nest[i];
            read.add(nest[i].extent, nest[i].stride);
            written.add(nest[i].extent, nest[i].result_stride);
        }
        return static_cast<std::uint32_t>(nest.size());
    };
    g.kept_loops = copy(p.kept, g.kept);
    g.reduced_loops = copy(p.reduced, g.reduced);
    g.results = static_cast<std::uint64_t>(p.results);
    g.terms = static_cast<std::uint64_t>(p.terms);
    set_count(g, static_cast<std::uint64_t>(p.repeats));
    g.result_start = -written.before;

    static const std::string text = library_text<Op, Element>();
    const auto kernel = [&](const char* name) -> const pipeline& { return on.find(function, text, name); };
    const bool along_terms =
        p.kept.empty() || (!p.reduced.empty() && (p.kept.innermost().stride == 0 ||
                                                  p.reduced.innermost().stride <= p.kept.innermost().stride));
    share_threads(g, g.terms, along_terms, kernel("reduce"));
    share_terms(g);

    const region to =
        wrap(function, on.device(), results + p.result_origin + written.before, written.count() * sizeof(*results));
    // Nothing is read where there is nothing to sum, but a buffer must be bound.
    const bool empty = p.terms == 0;
    const region from =
        empty ? scratch(function, on.device(), sizeof(Element))
              : wrap(function, on.device(), elements + p.origin + read.before, read.count() * sizeof(Element));
    command work(function, queue);
    const auto dispatch = [&](const char* name, const region& in, const region& out, std::uint64_t splits) {
        // Tiles in two dimensions, either of which may have no more than 32 bits of threads.
        const std::uint64_t columns = std::min<std::uint64_t>(g.tiles(), 1U << 16);
        work.dispatch(kernel(name), {&in, &out}, &g, sizeof g, {columns, (g.tiles() + columns - 1) / columns, splits},
                      g.threads());
    };
    if (g.splits == 1) {
        dispatch("reduce", from, to, 1);
        work.run();
        return;
    }
    share_threads(g, g.terms, along_terms, kernel("reduce_split"));
    share_terms(g);
    const region states = scratch(function, on.device(), g.results * g.splits * 3 * sizeof(float));
    dispatch("reduce_split", from, states, g.splits);
    share_threads(g, g.splits, true, kernel("merge_splits"));
    dispatch("merge_splits", states, to, 1);
    work.run();
}

} // namespace summit::inline version0::metal
