// SPDX-License-Identifier: MIT
#pragma once

#include "allowed.hpp"
#include "layouts.hpp"
#include "limits.hpp"
#include "options.hpp"
#include "subject.hpp"

#include <cstdio>

namespace bench {

/// Counts cells above what they may cost.
struct tally {
    int cells = 0, above_1_3 = 0, above_allowed = 0;
    double worst = 0;
    std::string worst_cell{};

    void count(double ratio, double most, const std::string& cell) {
        ++cells;
        above_1_3 += ratio > 1.3;
        above_allowed += ratio > most;
        if (ratio > worst) {
            worst = ratio;
            worst_cell = cell;
        }
    }
};

/// One line for each layout and type, printed as it is measured: the limits, the friendly price, and of every other kind
/// its price and that as a multiple of the friendly one.
class price_table {
public:
    price_table(const options& o, std::FILE* csv) : o_(o), pace_(o.pace()), csv_(csv) {
        for (int i = 0; i != 5; ++i) computing_.again(pace_);
    }

    template <class T>
    void of_type(element type) {
        if (!o_.wants(type)) return;
        const std::vector<problem> all = layouts(type);
        std::ptrdiff_t most = 0;
        for (const problem& x : all)
            if (o_.wants(x)) most = std::max(most, x.span());
        if (most == 0) return;
        subject<T> friendly(most), other(most);
        head();
        for (const problem& x : all)
            if (o_.wants(x)) line(x, friendly, other);
    }

    void summary() {
        std::printf("\nComputing exponentials of floats in L1: %.4f ns an element\n\n", computing_.again(pace_));
        std::printf("%-11s %6s %8s %8s  worst\n", "kind", "cells", "> 1.3", "> limit");
        tally sum;
        for (const kind_description& k : kinds) {
            const tally& t = tallies_[static_cast<std::size_t>(k.which)];
            if (t.cells == 0) continue;
            std::printf("%-11s %6d %8d %8d  %.2f %s\n", k.name, t.cells, t.above_1_3, t.above_allowed, t.worst,
                        t.worst_cell.c_str());
            sum.cells += t.cells;
            sum.above_1_3 += t.above_1_3;
            sum.above_allowed += t.above_allowed;
        }
        std::printf("%-11s %6d %8d %8d\n", "all", sum.cells, sum.above_1_3, sum.above_allowed);
    }

private:
    void head() const {
        std::printf("\n%-41s %-8s %6s %6s %7s", "ns an element, and x friendly", "type", "read", "comp.", "x limit");
        for (const kind_description& k : kinds)
            if (k.which == kind::friendly || o_.wants(k.which))
                std::printf(k.which == kind::friendly ? " %8s" : " %14s", k.name);
        std::printf("\n");
    }

    template <class T>
    void line(const problem& x, subject<T>& friendly, subject<T>& other) {
        const double elements = static_cast<double>(x.size());
        friendly.fill_with(kind::friendly, x);
        auto base = friendly.call(x);
        const auto bytes = static_cast<std::size_t>(x.span()) * sizeof(T);
        timed read([bytes, data = friendly.elements()] { keep(sum_of_memory(data, bytes)); });
        for (int round = 0; round != pace_.rounds; ++round) {
            read.again(pace_);
            base.again(pace_);
        }
        const double computing = computing_.again(pace_), reading = read.least() / elements;
        std::printf("%-41s %-8s %6.4f ", x.description.c_str(), name(x.type), reading);
        // What computing doubles takes at least is not known.
        if (computing == 0 || x.type == element::float64)
            std::printf("%6s %7s", "-", "-");
        else
            std::printf("%6.4f %7.2f", computing, base.least() / elements / std::max(reading, computing));
        std::printf(" %8.4f", base.least() / elements);
        std::fflush(stdout);
        record(x, kind::friendly, base.least() / elements);
        record(x, "reading", reading);
        record(x, "computing", computing);
        for (const kind_description& k : kinds)
            if (k.which != kind::friendly && o_.wants(k.which)) cell(k.which, x, friendly, other);
        std::printf("\n");
    }

    /// Beside the friendly price of the same moments, so that neither a slow second nor a fast one comes into the ratio.
    template <class T>
    void cell(kind k, const problem& x, subject<T>& friendly, subject<T>& other) {
        if (!applies(k, x)) {
            std::printf(" %14s", "-");
            return;
        }
        other.fill_with(k, x);
        auto base = friendly.call(x);
        auto call = other.call(x);
        const double most = allowed(k, x);
        double ratio = 0;
        for (int attempt = 0; attempt <= pace_.retries && (attempt == 0 || ratio > most); ++attempt) {
            for (int round = 0; round != pace_.rounds; ++round) {
                base.again(pace_);
                call.again(pace_);
            }
            ratio = call.least() / base.least();
        }
        const double each = call.least() / static_cast<double>(x.size());
        std::printf(" %8.4f %4.*f%c", each, ratio < 10 ? 2 : 1, ratio, ratio > most ? '*' : ' ');
        std::fflush(stdout);
        record(x, k, each);
        tallies_[static_cast<std::size_t>(k)].count(ratio, most, x.description + " " + name(x.type));
    }

    void record(const problem& x, kind k, double each) const { record(x, describe(k).name, each); }
    void record(const problem& x, const char* what, double each) const {
        if (csv_ != nullptr) std::fprintf(csv_, "\"%s\",%s,%s,%.6g\n", x.description.c_str(), name(x.type), what, each);
    }

    const options& o_;
    patience pace_;
    std::FILE* csv_;
    computing_limit computing_;
    std::array<tally, kinds.size()> tallies_{};
};

} // namespace bench
