// SPDX-License-Identifier: MIT
#pragma once

#include <summit/cpu/complex.hpp>
#include <summit/cpu/copy.hpp>
#include <summit/cpu/default_arithmetic.hpp>
#include <summit/cpu/threads.hpp>
#include <summit/cpu/tile_reduction.hpp>
#include <summit/cpu/tiles.hpp>
#include <summit/cpu/workspace.hpp>
#include <summit/dtype.hpp>
#include <summit/instruction_set.hpp>
#include <summit/plan.hpp>

#include <algorithm>
#include <cstddef>
#include <new>

namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET {

/// Tile by tile. Not inline, as it would be in the way of what needs no tile.
/// throws   std::bad_alloc, before anything is written
template <class Reduction, class Arch, class Threads, class Element>
[[gnu::noinline]] void reduce_tiles(const plan& p, const Element* elements, result_t<Element>* results) {
    const tiling tiles(p, Reduction::tile_widths);
    // Starting and joining threads takes as long as some ten thousand terms.
    constexpr std::ptrdiff_t worth_sharing = 65536;
    const bool share = tiles.parts() == 1 && p.terms > worth_sharing / p.results;
    // One thread takes all tiles at once, for what they put off to be summed together; of several each takes eight of short
    // rows, or fewer, so that all have some.
    std::ptrdiff_t step = tiles.count();
    if (share) step = p.has_few_terms() ? std::clamp<std::ptrdiff_t>(step / 16, 1, 8) : 1;
    const std::ptrdiff_t shares = (tiles.count() + step - 1) / step;
    const int team = share ? Threads::team(shares) : 1;

    // Either tiles are shared among threads or the parts of each.
    const int part_team = Threads::team(tiles.parts());
    workspace<Arch> memory(workspace_bytes<Reduction>(team) + Reduction::parts_bytes(tiles, part_team));
    const auto parts = Reduction::take_parts(memory, tiles, part_team);
    auto* const first = static_cast<Reduction*>(memory.template take<Reduction>(team));
    // One for each thread, which learns from the tiles that it has seen.
    for (int worker = 0; worker != team; ++worker) ::new (first + worker) Reduction(p, tiles, elements, parts);
    Threads::for_each(shares, team, [&](std::ptrdiff_t i, int worker) {
        const default_arithmetic on_this_thread;
        first[worker].run(i * step, std::min((i + 1) * step, tiles.count()), results);
    });
}

/// What reduces a tile.
template <class Op, class Arch, class Element, class Threads>
struct reduction_of {
    using type = tile_reduction<Op, Arch, Element, Threads>;
};
template <class Op, class Arch, complex_element Element, class Threads>
struct reduction_of<Op, Arch, Element, Threads> {
    using type = complex_reduction<Arch, Element, Threads>;
};

/// Reduces what lies at `elements` into what lies at `results`, as the plan says.
///
/// The plan alone cuts the work into tiles of results, and, where there are few, a tile's terms into parts that are merged in
/// their order: whoever does the work, the same terms meet in the same order.
/// throws   std::bad_alloc, before anything is written
template <class Op, class Arch, class Threads = threads, class Element>
inline void reduce(const plan& p, const Element* elements, result_t<Element>* results) {
    using reduction = typename reduction_of<Op, Arch, Element, Threads>::type;
    if (p.results == 0) return;
    // log(exp(x)) is x, to the last bit; of a complex number it is not.
    if constexpr (!complex_element<Element>)
        if (p.terms == 1 && p.repeats == 1) return copy_elements<Arch, Threads>(p, elements, results);
    if (reduction::reduce_one_row(p, elements, results)) return;
    reduce_tiles<reduction, Arch, Threads>(p, elements, results);
}

} // namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET
