// SPDX-License-Identifier: MIT
#pragma once

#include <summit/cpu/cursor.hpp>
#include <summit/instruction_set.hpp>

#include <array>
#include <cstddef>
#include <cstring>

namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET {

/// Copies `count` elements each from place(0), place(1), … to what lies `step` apart. Copies::add(from, bytes, to) is how, for
/// that many.
template <class Copies, class T, class Place>
[[gnu::always_inline]] inline void copy_alike(const Place& place, std::size_t places, std::ptrdiff_t count, T* to,
                                              std::ptrdiff_t step) noexcept {
    const std::size_t bytes = static_cast<std::size_t>(count) * sizeof(T);
    for (std::size_t i = 0; i != places; ++i, to += step)
        Copies::add(reinterpret_cast<const std::byte*>(place(i)), bytes, reinterpret_cast<std::byte*>(to));
}

/// `Bytes` from both ends of up to twice as many.
template <std::size_t Bytes>
struct both_ends {
    [[gnu::always_inline]] static void add(const std::byte* from, std::size_t bytes, std::byte* to) noexcept {
        std::memcpy(to, from, Bytes);
        std::memcpy(to + bytes - Bytes, from + bytes - Bytes, Bytes);
    }
};
struct one_by_one {
    [[gnu::always_inline]] static void add(const std::byte* from, std::size_t bytes, std::byte* to) noexcept {
        for (std::size_t i = 0; i != bytes; ++i) to[i] = from[i];
    }
};
struct as_many {
    [[gnu::always_inline]] static void add(const std::byte* from, std::size_t bytes, std::byte* to) noexcept {
        std::memcpy(to, from, bytes);
    }
};

/// Copies `count` ≥ 1 neighbours each from several places. Of few neighbours a call of memcpy takes several times as long.
template <class T, class Place>
inline void copy_neighbours(const Place& place, std::size_t places, std::ptrdiff_t count, T* to,
                            std::ptrdiff_t step) noexcept {
    const std::size_t bytes = static_cast<std::size_t>(count) * sizeof(T);
    if (bytes > 128) return copy_alike<as_many>(place, places, count, to, step);
    if (bytes >= 64) return copy_alike<both_ends<64>>(place, places, count, to, step);
    if (bytes >= 32) return copy_alike<both_ends<32>>(place, places, count, to, step);
    if (bytes >= 16) return copy_alike<both_ends<16>>(place, places, count, to, step);
    if (bytes >= 8) return copy_alike<both_ends<8>>(place, places, count, to, step);
    if (bytes >= 4) return copy_alike<both_ends<4>>(place, places, count, to, step);
    copy_alike<one_by_one>(place, places, count, to, step);
}

/// Copies `count` ≥ 1 neighbours from one place.
template <class T>
inline void copy_neighbours(const T* from, std::ptrdiff_t count, T* to) noexcept {
    copy_neighbours([from](std::size_t) { return from; }, 1, count, to, 0);
}

/// Where some elements lie that are to be brought together: in runs, all elements of which are equally far apart. Listed once
/// for many results whose elements lie alike.
template <std::size_t MostRuns>
class run_list {
public:
    /// The next `count` elements of a nest: at most count / 2 + 1 runs, as each loop has two steps at least.
    void list(cursor& next, std::ptrdiff_t count) noexcept {
        size_ = 0;
        stride_ = next.stride();
        while (count != 0) {
            const std::ptrdiff_t some = count < next.run() ? count : next.run();
            runs_[size_++] = {next.offset(), some, 1};
            next.advance(some);
            count -= some;
        }
        group();
    }

    /// Elements at any offsets: those next to each other make runs.
    void list(const std::ptrdiff_t* offsets, std::size_t count) noexcept {
        size_ = 0;
        stride_ = 1;
        for (std::size_t first = 0, last; first != count; first = last) {
            for (last = first + 1; last != count && offsets[last] - offsets[last - 1] == 1;) ++last;
            runs_[size_++] = {offsets[first], static_cast<std::ptrdiff_t>(last - first), 1};
        }
        group();
    }

    [[nodiscard]] std::size_t size() const noexcept { return size_; }

    /// Copies the elements listed, at their offsets from `from`, side by side.
    template <class T>
    void copy(const T* from, T* to) const noexcept {
        if (stride_ != 1) return copy_strided(from, to);
        for (std::size_t i = 0; i != size_;) {
            const run& first = runs_[i];
            const auto place = [&](std::size_t k) { return from + runs_[i + k].offset; };
            copy_neighbours(place, first.alike, first.count, to, first.count);
            to += static_cast<std::ptrdiff_t>(first.alike) * first.count;
            i += first.alike;
        }
    }

    /// The same for several rows[0], rows[1], …, whose copies begin `step` apart.
    template <class T>
    void copy(const T* const* rows, std::size_t count, T* to, std::ptrdiff_t step) const noexcept {
        for (std::size_t i = 0; i != size_; to += runs_[i++].count) {
            const auto place = [&, offset = runs_[i].offset](std::size_t k) { return rows[k] + offset; };
            copy_neighbours(place, count, runs_[i].count, to, step);
        }
    }

private:
    struct run {
        std::ptrdiff_t offset;
        std::ptrdiff_t count;
        std::size_t alike; ///< how many runs from this one on have as many elements, of the first of them
    };

    void group() noexcept {
        for (std::size_t first = 0, last; first != size_; first = last) {
            for (last = first + 1; last != size_ && runs_[last].count == runs_[first].count;) ++last;
            runs_[first].alike = last - first;
        }
    }

    template <class T>
    void copy_strided(const T* from, T* to) const noexcept {
        for (std::size_t i = 0; i != size_; ++i)
            for (std::ptrdiff_t k = 0; k != runs_[i].count; ++k) *to++ = from[runs_[i].offset + k * stride_];
    }

    std::array<run, MostRuns> runs_;
    std::size_t size_ = 0;
    std::ptrdiff_t stride_ = 1;
};

} // namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET
