# SPDX-License-Identifier: MIT
"""What bench_logsumexp has written with --benchmark_out, row by row."""
import json
from pathlib import Path

OURS, LIMIT = "logsumexp", "sum"
BYTES = {"float": 4, "double": 8, "float16": 2, "bfloat16": 2}


class Row:
    """One implementation on one problem."""

    def __init__(self, measured):
        kind = measured["name"].split("/")[1]
        self.description = measured["label"] + (f", {kind}" if kind != "float" else "")
        self.elements = measured["elements"]
        self.bytes = self.elements * BYTES[kind]
        self.ulp = measured.get("ulp")
        self.times = []

    @property
    def time(self):
        """Nanoseconds of one call."""
        return min(self.times)

    @property
    def per_element(self):
        return self.time / self.elements

    @property
    def gigabytes_per_second(self):
        return self.bytes / self.time


class Run:
    """All that was measured on one number of threads: rows[implementation][problem]."""

    def __init__(self, context):
        self.context = context
        self.threads = int(context["threads"])
        self.rows, self.errors = {}, set()

    def add(self, benchmarks):
        # Interleaved, they come in any order; the index of its family is a row's place in the program.
        for measured in sorted(benchmarks, key=lambda measured: measured["family_index"]):
            if measured["run_type"] != "iteration":
                continue
            implementation, kind, case = measured["name"].split("/")[:3]
            if measured.get("error_occurred"):
                self.errors.add(f"{implementation}/{kind}/{case}: {measured['error_message']}")
                continue
            problems = self.rows.setdefault(implementation, {})
            problems.setdefault(f"{kind}/{case}", Row(measured)).times.append(measured["real_time"])

    @property
    def peers(self):
        return [name for name in self.rows if name not in (OURS, LIMIT)]

    @property
    def repetitions(self):
        return max(len(row.times) for rows in self.rows.values() for row in rows.values())

    def table_cases(self):
        return [case for case in self.rows.get(OURS, {}) if "/length_" not in case]

    def lengths(self, implementation):
        """[(elements, gigabytes per second)] of the sweep."""
        rows = self.rows.get(implementation, {})
        return sorted((row.elements, row.gigabytes_per_second) for case, row in rows.items() if "/length_" in case)


def read(paths):
    """A Run for each number of threads, fewest first, from one file or more of each."""
    runs = {}
    for path in paths:
        content = json.loads(Path(path).read_text())
        run = Run(content["context"])
        runs.setdefault(run.threads, run).add(content["benchmarks"])
    return [runs[threads] for threads in sorted(runs)]
