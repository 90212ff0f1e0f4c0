"""Looking at a page: a picture of it, and what no page may do on any screen in any language."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from typing import Literal

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Response

from tests.support.needs import ROOT

Language = Literal["zh-hans", "en"]
PICTURES = ROOT / "test-results"
WANTS_PICTURES = os.environ.get("PACEMARK_PICTURES") == "true"
HEIGHTS = {390: 844, 1440: 900}

# Text that people read, with where it stands; what an organisation entered or a file holds is marked by its element.
VISIBLE_TEXT = """() => {
  const entered = "select.pick[id^='f-'], .sample, table.preview, textarea, code, pre, .me .who b, [lang]:not(html)";
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode, parent = node.parentElement;
    if (!node.textContent.trim() || parent.closest("script, style, template, svg, " + entered)) continue;
    if (parent.checkVisibility({visibilityProperty: true})) found.push(node.textContent.trim());
  }
  for (const name of ["aria-label", "placeholder", "title"]) {
    for (const one of document.querySelectorAll("[" + name + "]")) found.push(one.getAttribute(name));
  }
  found.push(document.title);
  return found;
}"""
TOO_WIDE = """() => {
  const room = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= room) return [];
  return [...document.querySelectorAll("body *")]
    .filter((one) => one.getBoundingClientRect().right > room + 1 && !one.closest(".scroll, .scroll-x"))
    .slice(0, 5).map((one) => one.outerHTML.slice(0, 160));
}"""
# Loaded, nothing on its way, every chart drawn: what waiting for a quiet network would say half a second later.
SETTLED = """() => document.readyState === "complete" && document.fonts.status === "loaded"
  && !document.querySelector(".htmx-request, .htmx-swapping, .htmx-settling")
  && [...document.querySelectorAll("[data-chart]")].every(
    (one) => one.hidden || "chartReady" in one.dataset || !document.getElementById(one.dataset.chart))"""
# A piece put into the wrong place: a page inside a page, or one id twice.
TANGLED = """() => {
  const ids = [...document.querySelectorAll("[id]")].map((one) => one.id);
  const twice = ids.filter((id, place) => ids.indexOf(id) !== place).map((id) => `id ${id} twice`);
  const many = ["main", "h1", "nav.side"].filter((name) => document.querySelectorAll(name).length > 1);
  return [...twice, ...many.map((name) => `${name} more than once`)];
}"""
CHINESE = re.compile(r"[\u3400-\u9fff]")
# Three words in a row are a sentence; two may be a name.
ENGLISH = re.compile(r"\b[A-Za-z]{2,}(?:[ ,]+[A-Za-z]{2,}){2,}")


@dataclass(slots=True)
class Looker:
    """One person's browser, with everything it complained about."""

    page: Page
    language: Language
    width: int
    names: tuple[str, ...] = ()
    complaints: list[str] = field(default_factory=list)
    _count: int = 0

    def look(self, name: str) -> None:
        """Note what is wrong with what a settled page shows, and take a picture of it where pictures are wanted."""
        self.page.wait_for_function(SETTLED)
        if WANTS_PICTURES:
            self._count += 1
            PICTURES.mkdir(exist_ok=True)
            path = PICTURES / f"{self.language}-{self.width}-{self._count:02}-{name}.png"
            self.page.screenshot(path=path, full_page=True)
        self.check(name)

    def check(self, name: str) -> None:
        """Note what is wrong with what the page shows."""
        wide, tangled = self.page.evaluate(TOO_WIDE), self.page.evaluate(TANGLED)
        self.complaints += [f"{name}: wider than {self.width} px: {piece}" for piece in wide]
        self.complaints += [f"{name}: {knot}" for knot in tangled]
        self.complaints += [f"{name}: in the wrong language: {text!r}" for text in self._untranslated()]
        language = self.page.get_attribute("html", "lang")
        if (language or "").lower().startswith("zh") != (self.language == "zh-hans"):
            self.complaints.append(f"{name}: the page says it is in {language}")

    def _untranslated(self) -> list[str]:
        found = []
        for text in self.page.evaluate(VISIBLE_TEXT):
            rest = text
            for name in self.names:
                rest = rest.replace(name, "")
            wrong = ENGLISH.search(rest) if self.language == "zh-hans" else CHINESE.search(rest.replace("标杆", ""))
            if wrong:
                found.append(text[:120])
        return found


def watched(context: BrowserContext, language: Language, width: int, names: tuple[str, ...]) -> Looker:
    """Open a page whose console, scripts and answers are listened to."""
    page = context.new_page()
    looker = Looker(page=page, language=language, width=width, names=names)

    def heard(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            looker.complaints.append(f"console {message.type} at {page.url}: {message.text}")

    def answered(response: Response) -> None:
        if response.status >= 400:
            looker.complaints.append(f"{response.status} from {response.url}")

    page.on("console", heard)
    page.on("pageerror", lambda error: looker.complaints.append(f"script at {page.url}: {error}"))
    page.on("response", answered)
    return looker
