// SPDX-License-Identifier: MIT
// Summit, the read limit, a plain loop and every peer of this build, row by row on the same data in one run. Their
// results are checked against Summit's and their worst error measured before anything is timed.
//
//     bench_logsumexp [--threads=N] [Google Benchmark's own options]
#include "measurement.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <fstream>
#include <optional>
#include <string_view>

namespace {

using namespace bench;

/// Takes "--threads=N" out of the arguments.
std::optional<int> take_threads(int& argc, char** argv) {
    constexpr std::string_view option = "--threads=";
    int threads = 1;
    for (int i = 1; i < argc; ++i) {
        const std::string_view argument = argv[i];
        if (!argument.starts_with(option)) continue;
        const char* last = argument.data() + argument.size();
        const auto [end, error] = std::from_chars(argument.data() + option.size(), last, threads);
        if (error != std::errc() || end != last || threads < 1) return std::nullopt;
        std::copy(argv + i + 1, argv + argc + 1, argv + i); // the closing null too
        --argc;
        --i;
    }
    return threads;
}

/// The processor's name, where the system tells it in a file.
std::string processor() {
    std::ifstream information("/proc/cpuinfo");
    for (std::string line; std::getline(information, line);)
        if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
    return "unknown";
}

} // namespace

int main(int argc, char** argv) {
#if !defined(NDEBUG)
    std::fputs("bench_logsumexp: built with assertions, which measures nothing: build it as Release\n", stderr);
    return 1;
#endif
    const std::optional<int> threads = take_threads(argc, argv);
    if (!threads) {
        std::fputs("bench_logsumexp: --threads takes a number from 1\n", stderr);
        return 1;
    }
    benchmark::AddCustomContext("threads", std::to_string(*threads));
    benchmark::AddCustomContext("compiler", BENCH_COMPILER);
    benchmark::AddCustomContext("processor", processor());

    std::vector<std::shared_ptr<shared_problem>> problems;
    for (const auto& cases : {table_cases(), kind_cases(), length_sweep()})
        for (const problem& x : cases) problems.push_back(std::make_shared<shared_problem>(x));
    // What the data hold does not change what threads are worth.
    if (*threads > 1) std::erase_if(problems, [](const auto& p) { return p->x.holds != kind::friendly; });

    peer& summit = **std::find_if(peers().begin(), peers().end(), [](auto& p) { return p->name() == "logsumexp"; });
    if (!summit.use_threads(*threads)) {
        std::fputs("bench_logsumexp: this build of Summit computes on one thread: it has no OpenMP\n", stderr);
        return 3;
    }
    for (const auto& who : peers()) {
        if (!who->use_threads(*threads)) continue;
        if (who->computes_logsumexp()) benchmark::AddCustomContext(who->name(), who->version());
        for (const auto& p : problems) {
            if (!who->supports(p->x)) continue;
            const std::string name = who->name() + "/" + bench::name(p->x.type) + "/" + p->x.name;
            const auto row = std::make_shared<measurement>(*who, summit, p);
            // Real time: MLX computes on a thread of its own.
            benchmark::RegisterBenchmark(name.c_str(), [row](benchmark::State& s) { row->run(s); })->UseRealTime();
        }
    }

    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    return 0;
}
