# SPDX-License-Identifier: MIT
"""What price --lengths has written with --csv, as a table of classes of lengths."""
import csv
from pathlib import Path

# Where rows of fewer floats than a vector holds, of several vectors and of many may be summed in ways of their own.
CLASSES = [2, 4, 8, 16, 32, 72, 160, 512, 1024, 4097]


def read(path):
    """{(shape, type): {length: ns an element}} of friendly data."""
    curves = {}
    for name, element, kind, price in csv.reader(Path(path).open()):
        shape, _, length = name.partition(" of ")
        if kind == "friendly":
            curves.setdefault((shape, element), {})[int(length)] = float(price)
    return curves


def humps(curve):
    """{length: its price over the cheapest shorter row's}"""
    ratios, cheapest = {}, float("inf")
    for length in sorted(curve):
        cheapest = min(cheapest, curve[length])
        ratios[length] = curve[length] / cheapest
    return ratios


def table(path):
    curves = read(path)
    lines = [["length"] + [f"{shape}, {element}" for shape, element in curves]]
    lines.append(["---"] + ["---:"] * len(curves))
    for first, beyond in zip(CLASSES, CLASSES[1:]):
        cells = []
        for curve in curves.values():
            prices = {length: price for length, price in curve.items() if first <= length < beyond}
            ratios = {length: ratio for length, ratio in humps(curve).items() if length in prices}
            worst = max(ratios, key=ratios.get)
            cells.append(f"{min(prices.values()):.3f}–{max(prices.values()):.3f}; {ratios[worst]:.2f}× at {worst}")
        lines.append([f"{first} to {beyond - 1}", *cells])
    note = (
        "The price by length, in ns/element, least and most of each class, and the worst as a multiple of what the "
        "cheapest shorter row costs an element. *rows*: as many as make a million elements.\n"
    )
    return "".join("| " + " | ".join(line) + " |\n" for line in lines) + "\n" + note
