# SPDX-License-Identifier: MIT
"""What bench_logsumexp has written with --benchmark_out, row by row."""
import json
from pathlib import Path

OURS, LIMIT = "logsumexp", "sum"
BYTES = {"float": 4, "double": 8, "float16": 2, "bfloat16": 2, "int8": 1, "int32": 4, "complex_float": 8, "complex_double": 16}
NAN = "NaN of terms that are all -inf"


class Row:
    """One implementation on one problem."""

    def __init__(self, measured):
        element = measured["name"].split("/")[1]
        self.description = measured["label"] + (f", {element.replace('_', ' ')}" if element != "float" else "")
        self.elements = measured["elements"]
        self.bytes = self.elements * BYTES[element]
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
        self.nan = set()  # (implementation, problem) of peers that make NaN of terms that are all −inf

    def add(self, benchmarks):
        # Interleaved, they come in any order; the index of its family is a row's place in the program.
        for measured in sorted(benchmarks, key=lambda measured: measured["family_index"]):
            if measured["run_type"] != "iteration":
                continue
            implementation, element, case = measured["name"].split("/")[:3]
            if measured.get("error_occurred"):
                if implementation != OURS and measured["error_message"].startswith(NAN):
                    self.nan.add((implementation, f"{element}/{case}"))
                else:
                    self.errors.add(f"{implementation}/{element}/{case}: {measured['error_message']}")
                continue
            problems = self.rows.setdefault(implementation, {})
            problems.setdefault(f"{element}/{case}", Row(measured)).times.append(measured["real_time"])

    @property
    def peers(self):
        return [name for name in self.rows if name not in (OURS, LIMIT)]

    @property
    def repetitions(self):
        return max(len(row.times) for rows in self.rows.values() for row in rows.values())

    def table_cases(self):
        return [case for case in self.rows.get(OURS, {}) if "/length_" not in case and "/kind_" not in case]

    def kind_cases(self):
        """{problem of friendly data: {kind: the same problem with data of that kind}}"""
        cases = {}
        for case in self.rows.get(OURS, {}):
            element, name = case.split("/")
            if name.startswith("kind_"):
                _, kind, shape = name.split("_", 2)
                cases.setdefault(f"{element}/{shape}", {})[kind] = case
        return cases

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
