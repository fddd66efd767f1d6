# SPDX-License-Identifier: MIT
"""Draws throughput against length as SVG: both axes logarithmic, one line for each implementation, named at its end."""
import math

WIDTH, HEIGHT = 880, 480
LEFT, RIGHT, TOP, BOTTOM = 64, 176, 36, 52

# Mid-tones, which white and black pages both show; the two that matter most are not told apart by colour alone.
STYLES = {
    "sum": ("#808080", 'stroke-width="2" stroke-dasharray="7 4"'),
    "Summit": ("#e4572e", 'stroke-width="3.5"'),
    "Summit, 2 threads": ("#e4572e", 'stroke-width="2" stroke-dasharray="2 3"'),
    "plain loop": ("#a08060", 'stroke-width="1.5" stroke-dasharray="2 2"'),
    "MLX": ("#3d84c6", 'stroke-width="1.8"'),
    "PyTorch": ("#b8860b", 'stroke-width="1.8"'),
    "Eigen": ("#3a9d5d", 'stroke-width="1.8"'),
    "xtensor": ("#9b6bd6", 'stroke-width="1.8"'),
    "oneDNN": ("#1d9a9a", 'stroke-width="1.8"'),
    "XNNPACK": ("#c74a9a", 'stroke-width="1.8"'),
}
LABELS = {"sum": "sum (memory limit)"}


def length_name(power):
    unit, names = divmod(power, 10)
    return f"{2 ** names}{['', ' Ki', ' Mi', ' Gi'][unit]}"


def spread(positions, gap):
    """Moves labels apart, keeping their order: down from the top, then up from the bottom if they left the picture."""
    order = sorted(range(len(positions)), key=lambda i: positions[i])
    placed = list(positions)
    for above, below in zip(order, order[1:]):
        placed[below] = max(placed[below], placed[above] + gap)
    if order and placed[order[-1]] > HEIGHT - BOTTOM:
        placed[order[-1]] = HEIGHT - BOTTOM
        for below, above in zip(order[::-1], order[-2::-1]):
            placed[above] = min(placed[above], placed[below] - gap)
    return placed


def draw(lines, caches):
    """lines: name -> [(elements, gigabytes per second)]; caches: name -> elements that fit. The SVG's text."""
    lines = {name: points for name, points in lines.items() if points}
    values = [value for points in lines.values() for _, value in points]
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    longest = max(math.log2(length) for points in lines.values() for length, _ in points) or 1

    def x(length):
        return LEFT + (WIDTH - LEFT - RIGHT) * math.log2(length) / longest

    def y(value):
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (math.log10(value) - low) / (high - low)

    right, bottom = WIDTH - RIGHT, HEIGHT - BOTTOM
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        'font-family="system-ui, sans-serif" font-size="13">',
        "<title>Throughput of log-sum-exp against the number of elements</title>",
        "<style>text { fill: #57606a } .grid { stroke: #808080; stroke-opacity: 0.25 } "
        "@media (prefers-color-scheme: dark) { text { fill: #b1bac4 } }</style>",
        f'<text x="{LEFT}" y="18">GB/s read, float32, all of a row of this many elements; higher is better</text>',
    ]
    for decade in range(low, high + 1):
        at, name = y(10.0**decade), f"{10.0 ** decade:g}"
        out.append(f'<line class="grid" x1="{LEFT}" x2="{right}" y1="{at:.1f}" y2="{at:.1f}"/>')
        out.append(f'<text x="{LEFT - 8}" y="{at + 4:.1f}" text-anchor="end">{name}</text>')
    for power in range(0, int(longest) + 1, 4 if longest > 8 else 1):
        at = x(2**power)
        out.append(f'<line class="grid" x1="{at:.1f}" x2="{at:.1f}" y1="{TOP}" y2="{bottom}"/>')
        out.append(f'<text x="{at:.1f}" y="{bottom + 20}" text-anchor="middle">{length_name(power)}</text>')
    out.append(f'<text x="{(LEFT + right) / 2:.0f}" y="{HEIGHT - 10}" text-anchor="middle">elements</text>')
    for name, elements in caches.items():
        if elements < 2**longest:
            at = x(elements)
            out.append(f'<line x1="{at:.1f}" x2="{at:.1f}" y1="{TOP}" y2="{bottom}" stroke="#808080" '
                       'stroke-opacity="0.7" stroke-dasharray="1 4"/>')
            out.append(f'<text x="{at - 4:.1f}" y="{TOP + 12}" text-anchor="end">{name}</text>')

    # Summit last, over all others.
    names = sorted(lines, key=lambda name: name.startswith("Summit"))
    label_heights = spread([y(lines[name][-1][1]) for name in names], 17)
    for name, height in zip(names, label_heights):
        colour, stroke = STYLES.get(name, ("#808080", 'stroke-width="1.5"'))
        path = " ".join(f"{x(length):.1f},{y(value):.1f}" for length, value in lines[name])
        out.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-linejoin="round" {stroke}/>')
        end = y(lines[name][-1][1])
        out.append(f'<polyline points="{x(lines[name][-1][0]) + 3:.1f},{end:.1f} {right + 12},{height:.1f} '
                   f'{right + 30},{height:.1f}" fill="none" stroke="{colour}" {stroke}/>')
        weight = ' font-weight="bold"' if name == "Summit" else ""
        out.append(f'<text x="{right + 35}" y="{height + 4:.1f}"{weight}>{LABELS.get(name, name)}</text>')
    return "\n".join(out) + "\n</svg>\n"
