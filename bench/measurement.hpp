// SPDX-License-Identifier: MIT
#pragma once

#include "cases.hpp"
#include "oracle.hpp"
#include "peers/peer.hpp"

#include <algorithm>
#include <map>

namespace bench {

/// A problem with what all of its rows share, made when the first of them runs.
struct shared_problem {
    problem x;
    std::vector<double> ours{};
    oracle truth{};

    explicit shared_problem(problem description) : x(std::move(description)) {}

    void make(peer& summit) {
        if (x.data != nullptr) return;
        static const std::map<element, std::ptrdiff_t> most = largest_spans();
        x.data = elements_for(x, most.at(x.type));
        ours = summit.prepare(x)->results();
        truth = true_results(x);
    }

private:
    static std::map<element, std::ptrdiff_t> largest_spans() {
        std::map<element, std::ptrdiff_t> most;
        for (const auto& cases : {table_cases(), length_sweep()})
            for (const problem& x : cases) most[x.type] = std::max(most[x.type], x.span());
        return most;
    }
};

/// One line of the output. Google Benchmark calls it several times: to find the number of iterations, and once for each
/// repetition.
class measurement {
public:
    measurement(peer& who, peer& summit, std::shared_ptr<shared_problem> what)
        : who_(who), summit_(summit), what_(std::move(what)) {}

    void run(benchmark::State& state) {
        try {
            if (task_ == nullptr) prepare();
            if (complaint_.empty()) task_->repeat(state);
        } catch (const std::exception& error) {
            complaint_ = error.what();
            complaint_ = complaint_.substr(0, complaint_.find('\n')); // PyTorch's brings a stack trace
        }
        if (!complaint_.empty()) return state.SkipWithError(complaint_.c_str());
        const problem& x = what_->x;
        state.SetLabel(x.description);
        state.counters["elements"] = static_cast<double>(x.size());
        state.SetItemsProcessed(state.iterations() * x.size());
        state.SetBytesProcessed(state.iterations() * x.size() * size_in_bytes(x.type));
        if (who_.computes_logsumexp()) state.counters["ulp"] = ulp_;
    }

private:
    void prepare() {
        what_->make(summit_);
        task_ = who_.prepare(what_->x);
        if (!who_.computes_logsumexp()) return;
        const std::vector<double> got = task_->results();
        const std::vector<double>& ours = what_->ours;
        const element type = what_->x.type;
        if (got.size() != ours.size()) return complain("wrong number of results", got.size(), ours.size());
        for (std::size_t i = 0; i != got.size(); ++i) {
            // As many write it: -inf less the maximum, -inf. results.py looks for these words.
            if (std::isnan(got[i]) && std::isinf(ours[i]))
                return complain("NaN of terms that are all -inf", got[i], ours[i]);
            if (!agree(got[i], ours[i], type)) return complain("wrong result", got[i], ours[i]);
        }
        ulp_ = worst_ulp(got, what_->truth, type);
        if (&who_ == &summit_ && ulp_ > (is_complex(type) ? 6 : 2))
            complain("error beyond what the library promises, in ulp", ulp_, 2.0);
    }

    /// Loose enough for those who sum 2²⁶ floats in one accumulator, or a double's exponentials in float.
    [[nodiscard]] static bool agree(double got, double ours, element type) {
        const double loss = is_16_bit(type) ? 0.02 : 0.01;
        return got == ours || std::abs(got - ours) <= loss * std::max(std::abs(ours), 1.0);
    }

    template <class Number>
    void complain(const char* what, Number got, Number ours) {
        complaint_ = std::string(what) + ": " + std::to_string(got) + " against " + std::to_string(ours);
    }

    peer& who_;
    peer& summit_;
    std::shared_ptr<shared_problem> what_;
    std::unique_ptr<task> task_;
    std::string complaint_;
    double ulp_ = 0;
};

} // namespace bench
