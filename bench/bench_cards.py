"""Celebration cards: CPU milliseconds a card, the first of a process and the median of the next fifty."""

from __future__ import annotations

import statistics
import time

from pacemark.web.config.django_setup import start_django

start_django()

from pacemark.web.results.drawing.layout import CardWords  # noqa: E402 - Django has to stand first
from pacemark.web.results.drawing.png import png_of  # noqa: E402

GOAL_MS, N_CARDS = 300.0, 50


def main() -> None:
    """Measure and print."""
    took, size = [], 0
    for number in range(N_CARDS + 1):
        start = time.process_time()
        size = len(png_of(_card(number)))
        took.append((time.process_time() - start) * 1000)
    middle = statistics.median(took[1:])
    verdict = "within" if middle <= GOAL_MS else "ABOVE"
    print(f"a card drawn: first {took[0]:.0f} ms, then {middle:.0f} ms, {verdict} {GOAL_MS:.0f} ms; {size // 1024} KB")


def _card(number: int) -> CardWords:
    return CardWords(
        title="喜 报", name=f"同事 {number}", place="华东一组", amount=f"{30_000 + number:,}", unit="元",
        line="3 月目标，提前 7 个工作日做满", figures=(("10", "单"), (str(number), "个商机")),
        foot="标杆 · 3 月 20 日 · 数字已核对，扣除退款",
    )  # fmt: skip


if __name__ == "__main__":
    main()
