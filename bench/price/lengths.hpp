// SPDX-License-Identifier: MIT
#pragma once

#include "allowed.hpp"
#include "options.hpp"
#include "subject.hpp"

#include "../cases.hpp"

#include <cstdio>
#include <optional>

namespace bench {

/// Lengths of rows from 2 to 4096: all up to 160, and beyond that around every multiple of 64, with one remainder more that
/// is another for each of them. Under `every`, every one.
[[nodiscard]] inline std::vector<std::ptrdiff_t> row_lengths(bool every) {
    std::vector<std::ptrdiff_t> lengths;
    for (std::ptrdiff_t length = 2; length <= 4096; ++length) {
        const std::ptrdiff_t part = length % 64, other = length / 64 * 23 % 64;
        if (every || length <= 160 || part <= 1 || part == 63 || part % 16 == 0 || part == other)
            lengths.push_back(length);
    }
    return lengths;
}

/// The price of rows of every length, of as many as make a million elements and of one alone, against the cheapest
/// shorter one; of other kinds of data than friendly, against friendly rows of the same length.
class length_table {
public:
    length_table(const options& o, std::FILE* csv) : o_(o), pace_(o.pace()), csv_(csv) {}

    template <class T>
    void of_type(element type) const {
        if (!o_.wants(type)) return;
        for (const bool alone : {false, true}) {
            std::vector<curve<T>> curves = measured<T>(type, alone);
            print(curves, type, alone);
            for (curve<T>& c : curves) summarise(c, curves.front(), type, alone);
        }
    }

private:
    using lengths_list = std::vector<std::ptrdiff_t>;
    static constexpr double most_against_shorter = 1.15;

    [[nodiscard]] static problem rows(element type, std::ptrdiff_t length, bool alone) {
        constexpr std::ptrdiff_t elements = 1 << 20;
        return alone ? contiguous(type, {length}, {0}) : contiguous(type, {elements / length, length}, {1});
    }

    /// The price of one kind of data by length.
    template <class T>
    struct curve {
        using call = decltype(std::declval<const subject<T>&>().call(std::declval<const problem&>()));

        kind which;
        subject<T> data{1 << 20};
        std::vector<problem> problems{};
        std::vector<call> calls{};

        [[nodiscard]] double price(std::size_t i) const {
            return calls[i].least() / static_cast<double>(problems[i].size());
        }
        /// Against the cheapest of those before it.
        [[nodiscard]] double against_shorter(std::size_t i) const {
            double cheapest = price(i);
            for (std::size_t j = 0; j != i; ++j) cheapest = std::min(cheapest, price(j));
            return price(i) / cheapest;
        }
        [[nodiscard]] double against(const curve& friendly, std::size_t i) const {
            return price(i) / friendly.price(i);
        }
        [[nodiscard]] bool dear(const curve& friendly, std::size_t i) const {
            if (which == kind::friendly) return against_shorter(i) > most_against_shorter;
            return against(friendly, i) > allowed(which, problems[i]);
        }
    };

    template <class T>
    [[nodiscard]] std::vector<curve<T>> measured(element type, bool alone) const {
        std::vector<curve<T>> curves;
        curves.reserve(kinds.size());
        const problem all = contiguous(type, {1 << 20}, {0});
        for (const kind_description& k : kinds) {
            if (k.which != kind::friendly && (o_.kinds.empty() || !o_.wants(k.which))) continue;
            curve<T>& c = curves.emplace_back(curve<T>{k.which});
            c.data.fill_with(k.which, all);
            for (std::ptrdiff_t length : row_lengths(o_.every)) {
                c.problems.push_back(rows(type, length, alone));
                c.calls.push_back(c.data.call(c.problems.back()));
            }
        }
        // All lengths before the second sample of any, so that a slow second of the machine makes no hump.
        for (int round = 0; round != pace_.rounds; ++round) sample_all(curves, false);
        for (int round = 0; round != pace_.rounds * pace_.retries; ++round) sample_all(curves, true);
        return curves;
    }

    template <class T>
    void sample_all(std::vector<curve<T>>& curves, bool only_dear) const {
        const curve<T>& friendly = curves.front();
        std::vector<bool> chosen(friendly.problems.size(), true);
        for (std::size_t i = 0; only_dear && i != chosen.size(); ++i)
            chosen[i] = std::ranges::any_of(curves, [&](const curve<T>& c) { return c.dear(friendly, i); });
        for (std::size_t i = 0; i != chosen.size(); ++i)
            for (curve<T>& c : curves) {
                if (!chosen[i]) continue;
                if (depends_on_shape(c.which)) c.data.fill_with(c.which, c.problems[i]);
                c.calls[i].again(pace_);
            }
    }

    template <class T>
    void print(const std::vector<curve<T>>& curves, element type, bool alone) const {
        std::printf("\n%s of %s: ns an element, x the cheapest shorter%s\n%6s", alone ? "One row" : "Rows", name(type),
                    curves.size() > 1 ? ", others x friendly" : "", "length");
        for (const curve<T>& c : curves) std::printf(" %14s", describe(c.which).name);
        std::printf("\n");
        for (std::size_t i = 0; i != curves.front().problems.size(); ++i) {
            const std::ptrdiff_t length = curves.front().problems[i].shape.back();
            std::printf("%6td", length);
            for (const curve<T>& c : curves) {
                const double ratio = c.which == kind::friendly ? c.against_shorter(i) : c.against(curves.front(), i);
                std::printf(" %8.4f %4.2f%c", c.price(i), ratio, c.dear(curves.front(), i) ? '*' : ' ');
                if (csv_ != nullptr)
                    std::fprintf(csv_, "\"%s of %td\",%s,%s,%.6g\n", alone ? "one row" : "rows", length, name(type),
                                 describe(c.which).name, c.price(i));
            }
            std::printf("\n");
        }
    }

    template <class T>
    void summarise(const curve<T>& c, const curve<T>& friendly, element type, bool alone) const {
        std::vector<std::size_t> dear;
        std::size_t worst = 0;
        const auto ratio = [&](std::size_t i) {
            return c.which == kind::friendly ? c.against_shorter(i) : c.against(friendly, i);
        };
        for (std::size_t i = 0; i != c.problems.size(); ++i) {
            if (c.dear(friendly, i)) dear.push_back(i);
            if (ratio(i) > ratio(worst)) worst = i;
        }
        std::printf("%s of %s, %s: %zu of %zu lengths above the limit; the worst %.2f x, at %td\n",
                    alone ? "One row" : "Rows", name(type), describe(c.which).name, dear.size(), c.problems.size(),
                    ratio(worst), c.problems[worst].shape.back());
    }

    const options& o_;
    patience pace_;
    std::FILE* csv_;
};

} // namespace bench
