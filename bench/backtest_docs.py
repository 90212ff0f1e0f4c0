"""Looks back on the made-up organisation and on school_crm, and puts the numbers into docs/methods/backtest.md.

`python -m bench.backtest_docs [FOLDER]`; the folder keeps the two databases for another run. Fails where a rule of
thumb does better than it may.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.support.needs import ROOT, samples_path

PAGE = ROOT / "docs" / "methods" / "backtest.md"
CHART = ROOT / "docs" / "img" / "backtest.svg"
SEED, END = 1, "2025-10-31"
RULES = {
    "pacemark": "Pacemark",
    "last_month_x_1.2": "last month × 1.2",
    "group_averages": "group averages",
    "raw_own_rates": "raw own rates",
}
SIDE, MARGIN, GAP = 240, 44, 40


def main(folder: Path) -> int:
    made_up = look_back(folder / "made-up", "demo", "--seed", SEED, "--end", END)
    found = {"made-up organisation": made_up}
    records = samples_path()
    if records is None:
        print("The real records are not here; their numbers stay as they are.", file=sys.stderr)
        return 1
    profile = ROOT / "examples" / "school_crm.toml"
    found["school_crm"] = look_back(folder / "school", "import", "--yes", "--profile", profile, records / "school_crm")
    text = PAGE.read_text(encoding="utf-8")
    for name, answer in found.items():
        text = replaced(text, name, tables(answer))
    PAGE.write_text(text, encoding="utf-8")
    CHART.write_text(chart({name: answer["rows"][0] for name, answer in found.items()}), encoding="utf-8")
    return failures(found)


def look_back(home: Path, *filling: object) -> Any:
    if not home.exists():
        home.mkdir(parents=True)
        pacemark(home, *filling)
    return json.loads(pacemark(home, "goals", "backtest", "--json"))


def pacemark(home: Path, *words: object) -> str:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PACEMARK_", "DATABASE_URL"))}
    command = [sys.executable, "-m", "pacemark.cli", *(str(word) for word in words)]
    env = {**kept, "PACEMARK_HOME": str(home)}
    return subprocess.run(command, env=env, stdout=subprocess.PIPE, text=True, check=True, cwd=ROOT).stdout


def failures(found: dict[str, Any]) -> int:
    wrong = []
    for name, answer in found.items():
        for row in answer["rows"][1:]:
            worse_by = row["worse_by"]
            least = 0.0 if name == "made-up organisation" else -worse_by["error"]
            if worse_by["mean"] <= least:
                wrong.append(f"{name}: {row['rule']} is better than it may be: {worse_by}")
    print("\n".join(wrong) or "Pacemark holds.", file=sys.stderr)
    return 1 if wrong else 0


# --- the page ---------------------------------------------------------------------------------------------------------


def replaced(text: str, name: str, tables_text: str) -> str:
    pattern = re.compile(rf"(<!-- {re.escape(name)} -->\n).*?(<!-- end -->)", flags=re.DOTALL)
    assert pattern.search(text), name
    return pattern.sub(lambda found: found[1] + tables_text + found[2], text)


def tables(answer: Any) -> str:
    rows, months = answer["rows"], answer["months"]
    lines = [
        "",
        f"{months[0]} to {months[-1]}, **{rows[0]['n']} statements**; {rows[0]['observed']:.1%} came true.",
        "",
        "| rule | Brier | 95 % interval | stated | worse by | 95 % interval | paired standard error |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [rule_line(row) for row in rows]
    lines += ["", "| Pacemark stated | n | mean | came true | 95 % interval |", "|---|---|---|---|---|"]
    lines += [
        f"| {one['low']:.0%}–{one['high']:.0%} | {one['n']} | {one['stated']:.1%} | {one['observed']:.1%} | "
        f"{one['interval'][0]:.0%} to {one['interval'][1]:.0%} |"
        for one in rows[0]["calibration"]
    ]
    lines += ["", f"In the large p = {rows[0]['large_p']:.2f}; over the bins p = {rows[0]['bins_p']:.2f}.", ""]
    return "\n".join(lines)


def rule_line(row: Any) -> str:
    worse_by = row["worse_by"]
    against = "— | — | —"
    if worse_by:
        low, high = worse_by["interval"]
        against = f"{worse_by['mean']:+.4f} | {low:+.3f} to {high:+.3f} | {worse_by['error']:.4f}"
    low, high = row["brier_interval"]
    return f"| {RULES[row['rule']]} | {row['brier']:.4f} | {low:.3f} to {high:.3f} | {row['stated']:.1%} | {against} |"


# --- the chart --------------------------------------------------------------------------------------------------------


def chart(scores: dict[str, Any]) -> str:
    width = len(scores) * (SIDE + GAP) + MARGIN
    panels = [panel(name, row, MARGIN + place * (SIDE + GAP)) for place, (name, row) in enumerate(scores.items())]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {SIDE + 88}" role="img" '
            'font-family="sans-serif" font-size="12" fill="#334155">',
            "<title>Stated chance against the share that came true</title>",
            f'<rect width="{width}" height="{SIDE + 88}" fill="#ffffff"/>',
            *panels,
            "</svg>",
            "",
        ]
    )


def panel(name: str, row: Any, left: int) -> str:
    top = 36

    def x(chance: float) -> float:
        return round(left + chance * SIDE, 1)

    def y(chance: float) -> float:
        return round(top + (1 - chance) * SIDE, 1)

    parts = [
        f'<text x="{left}" y="22" font-weight="bold">{name}, n = {row["n"]}</text>',
        f'<rect x="{left}" y="{top}" width="{SIDE}" height="{SIDE}" fill="none" stroke="#cbd5e1"/>',
        f'<line x1="{x(0)}" y1="{y(0)}" x2="{x(1)}" y2="{y(1)}" stroke="#94a3b8" stroke-dasharray="4 4"/>',
        f'<text x="{x(0.5)}" y="{top + SIDE + 38}" text-anchor="middle">stated chance</text>',
    ]
    for tick in (0.0, 0.2, 0.4, 0.6, 0.8, 1.0):
        parts.append(f'<text x="{x(tick)}" y="{top + SIDE + 18}" text-anchor="middle">{tick:.0%}</text>')
        parts.append(f'<text x="{left - 6}" y="{y(tick) + 4}" text-anchor="end">{tick:.0%}</text>')
    for one in row["calibration"]:
        at, (low, high) = x(one["stated"]), one["interval"]
        radius = round(2 + (one["n"] / row["n"]) ** 0.5 * 8, 1)
        parts.append(f'<line x1="{at}" y1="{y(low)}" x2="{at}" y2="{y(high)}" stroke="#0f766e" stroke-width="1.5"/>')
        parts.append(f'<circle cx="{at}" cy="{y(one["observed"])}" r="{radius}" fill="#0f766e"/>')
    return "\n".join(parts)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        sys.exit(main(Path(sys.argv[1])))
    with tempfile.TemporaryDirectory() as place:
        sys.exit(main(Path(place)))
