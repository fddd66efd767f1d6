#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes a Markdown table and a picture of what bench_logsumexp has written with --benchmark_out.

The run on the fewest threads becomes the table of all peers and the picture; each of more threads, a table beneath. Times
are the least of each row's repetitions, in all files of that number of threads: what disturbs a run only adds to it.
"""
import argparse
import sys
from pathlib import Path

sys.dont_write_bytecode = True  # or the imports leave a folder beside the sources
import lengths
import picture
import results
from results import LIMIT, OURS

TITLES = {OURS: "Summit", LIMIT: "sum", "loop": "plain loop"}
KINDS = {
    "friendly": "[−10, 10)",
    "-1000": "around −1000",
    "normal": "normal(0, 30)",
    "half": "half −inf",
    "normalised": "normalised",
    "exact": "normalised exactly",
}


def number(value):
    """Three significant digits, and no exponent where a reader can do without."""
    if value is None:
        return "–"
    if value >= 1e4:
        return f"{value:.0e}".replace("e+0", "e").replace("e+", "e")
    return f"{value:.0f}" if value >= 100 else f"{value:#.3g}".rstrip(".")


def ulp(value):
    return f"{value:.2f}" if value < 10 else number(round(value))


def against(row, ours):
    """A peer's cell: its time as a multiple of Summit's, bold where Summit loses, and its worst error."""
    if row is None:
        return "–"
    ratio = row.time / ours.time
    cell = f"{number(ratio)}×"
    return (f"**{cell}**" if ratio < 1 else cell) + f" ({ulp(row.ulp)})"


def markdown(header, rows, words=1):
    """A table whose first columns are words, and the others numbers."""
    lines = [header, ["---"] * words + ["---:"] * (len(header) - words)] + rows
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def main_table(run):
    header = ["shape, axes; float unless said", "sum, ns/element", "Summit, ns/element", "GB/s", "× sum", "ulp"]
    header += [TITLES.get(peer, peer) for peer in run.peers]
    rows = []
    for case in run.table_cases():
        ours, limit = run.rows[OURS][case], run.rows.get(LIMIT, {}).get(case)
        cells = [ours.description, number(limit and limit.per_element), number(ours.per_element)]
        cells += [number(ours.gigabytes_per_second), number(limit and ours.time / limit.time), ulp(ours.ulp)]
        rows.append(cells + [against(run.rows[peer].get(case), ours) for peer in run.peers])
    return markdown(header, rows)


def kinds_table(run):
    header = ["shape, axes; float unless said", "data", "Summit, ns/element", "× friendly", "ulp"]
    header += [TITLES.get(peer, peer) for peer in run.peers]
    rows = []
    for friendly_case, cases in run.kind_cases().items():
        friendly = run.rows[OURS].get(friendly_case)
        for kind, case in ({"friendly": friendly_case} | cases).items():
            ours = run.rows[OURS].get(case)
            if ours is None:
                continue
            cells = [ours.description, KINDS[kind], number(ours.per_element)]
            cells += [number(friendly and ours.time / friendly.time), ulp(ours.ulp)]
            for peer in run.peers:
                cells.append("NaN" if (peer, case) in run.nan else against(run.rows[peer].get(case), ours))
            rows.append(cells)
    note = (
        "The price by kind of data, on one thread. *Normalised*: log-probabilities as log-softmax leaves them, its "
        "logarithm rounded, and *exactly*, rounded once; their results are near 0, and what is left of them is in the last "
        "bits. NaN: of results all of whose terms are −inf.\n"
    )
    return markdown(header, rows, words=2) + "\n" + note


def threads_table(run, alone):
    header = ["shape, axes; float unless said", f"sum, {run.threads} threads, ns/element", f"Summit, {run.threads} threads"]
    header += ["× sum", "× faster than one thread"] + [TITLES.get(peer, peer) for peer in run.peers]
    rows = []
    for case in run.table_cases():
        ours, limit = run.rows[OURS][case], run.rows.get(LIMIT, {}).get(case)
        before = alone.rows[OURS].get(case)
        cells = [ours.description, number(limit and limit.per_element), number(ours.per_element)]
        cells += [number(limit and ours.time / limit.time), number(before and before.time / ours.time)]
        rows.append(cells + [against(run.rows[peer].get(case), ours) for peer in run.peers])
    note = f"{run.threads} threads, {statistic(run)}; the peers that can use them, as multiples of Summit's time.\n"
    return markdown(header, rows) + "\n" + note


def statistic(run):
    return f"the least time of {run.repetitions} repetitions" if run.repetitions > 1 else "one repetition"


def caption(run, command):
    context = run.context
    caches = ", ".join(f"L{c['level']} {c['size'] // 1024} KiB" for c in context["caches"] if c["type"] != "Instruction")
    versions = "; ".join(f"{TITLES.get(name, name)} {context[name]}" for name in [OURS] + run.peers if name in context)
    return (
        f"{context['processor']}, {context['num_cpus']} cores, {caches}; {context['compiler']}; {context['date'][:10]}; "
        f"`{command}`. {versions}.\n\n"
        f"One thread, uniform data in [−10, 10), {statistic(run)}. *sum* is a plain "
        "vectorised sum of the same memory: the read limit. A peer's cell is its time as a multiple of Summit's, "
        "**bold** where Summit is the slower, and in brackets its worst error in ulp of the result (of a double below 1: of "
        "1); – where it has no such case.\n"
    )


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("results", nargs="+", help="what --benchmark_out has written")
    options.add_argument("--lengths", help="what price --lengths has written with --csv")
    options.add_argument("--command", default="bench/run", help="what the caption says was run")
    options.add_argument("--table", required=True, help="the Markdown to write")
    options.add_argument("--picture", required=True, help="the SVG to write")
    given = options.parse_args()

    alone, *threaded = results.read(given.results)
    text = main_table(alone) + "\n" + caption(alone, given.command)
    if alone.kind_cases():
        text += "\n" + kinds_table(alone)
    if given.lengths:
        text += "\n" + lengths.table(given.lengths)
    for run in threaded:
        text += "\n" + threads_table(run, alone)
    Path(given.table).write_text(text)

    lines = {TITLES.get(name, name): alone.lengths(name) for name in alone.rows}
    for run in threaded:
        lines[f"Summit, {run.threads} threads"] = run.lengths(OURS)
    caches = {f"L{c['level']}": c["size"] / 4 for c in alone.context["caches"] if c["type"] != "Instruction"}
    Path(given.picture).write_text(picture.draw(lines, caches))

    errors = set().union(*(run.errors for run in [alone, *threaded]))
    for error in sorted(errors):
        print(f"report: {error}", file=sys.stderr)
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
