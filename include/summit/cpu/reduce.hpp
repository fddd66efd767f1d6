// SPDX-License-Identifier: MIT
#pragma once

#include <summit/cpu/default_arithmetic.hpp>
#include <summit/cpu/threads.hpp>
#include <summit/cpu/tile_reduction.hpp>
#include <summit/cpu/tiles.hpp>
#include <summit/dtype.hpp>
#include <summit/plan.hpp>

#include <algorithm>
#include <cstddef>

namespace summit::inline version0::cpu {

/// Tile by tile. Not inline, as its stack would be in the way of what needs no tile.
template <class Op, class Arch, class Threads, class Element>
[[gnu::noinline]] void reduce_tiles(const plan& p, const Element* elements, result_t<Element>* results) noexcept {
    using reduction = tile_reduction<Op, Arch, Element, Threads>;
    const tiling tiles(p, reduction::tile_widths);
    // Starting and joining threads takes as long as some ten thousand terms.
    constexpr std::ptrdiff_t worth_sharing = 65536;
    const bool share = tiles.parts() == 1 && p.terms > worth_sharing / p.results;
    // One thread takes all tiles at once, for what they put off to be summed together; of several each takes eight of short
    // rows, or fewer, so that all have some.
    std::ptrdiff_t step = tiles.count();
    if (share) step = p.has_few_terms() ? std::clamp<std::ptrdiff_t>(step / 16, 1, 8) : 1;
    Threads::for_each((tiles.count() + step - 1) / step, share, [&](std::ptrdiff_t i) {
        const default_arithmetic on_this_thread;
        reduction(p, tiles, elements).run(i * step, std::min((i + 1) * step, tiles.count()), results);
    });
}

/// Reduces what lies at `elements` into what lies at `results`, as the plan says.
///
/// The plan alone cuts the work into tiles of results, and, where there are few, a tile's terms into parts that are merged in
/// their order: whoever does the work, the same terms meet in the same order.
template <class Op, class Arch, class Threads = threads, class Element>
inline void reduce(const plan& p, const Element* elements, result_t<Element>* results) noexcept {
    if (p.results == 0 || tile_reduction<Op, Arch, Element, Threads>::reduce_one_row(p, elements, results)) return;
    reduce_tiles<Op, Arch, Threads>(p, elements, results);
}

} // namespace summit::inline version0::cpu
