"""The words of our own in templates: filters that format, tags that draw a component.

Loaded for every template by the settings. Formats are in ``ui/formats.py``, positions in ``ui/components.py``;
here the two only meet the language in use and the HTML in ``templates/ui/``.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from django import template
from django.forms import BoundField
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from pacemark.web.ui import components, formats
from pacemark.web.ui.masking import customer_name

register = template.Library()

MESSAGE_TONES = {"success": "ok", "warning": "warn", "error": "risk"}


def _language() -> formats.Language:
    return "zh" if (get_language() or "zh").startswith("zh") else "en"


@register.filter
def money(minor: object, currency: str = "") -> str:
    """30,000 元 · ¥30,000."""
    return formats.money(minor, _language(), currency or "CNY")


@register.filter
def money_plain(minor: object, currency: str = "") -> str:
    """30,000: where the unit stands in the heading."""
    return formats.money_plain(minor, currency or "CNY")


@register.filter
def money_short(minor: object, currency: str = "") -> str:
    """3.0 万元 · ¥30.0k."""
    return formats.money_short(minor, _language(), currency or "CNY")


@register.simple_tag(takes_context=True)
def page_address(context: dict[str, Any], number: int, key: str = "") -> str:
    """Return the address of another page of a list: the one asked for, with its number instead."""
    asked = context["request"].GET.copy()
    asked[key or "page"] = str(number)
    return f"?{asked.urlencode()}"


@register.filter
def customer(lead: Any, reader: Any) -> str:
    """{{ lead|customer:user }}: a customer's name as the reader's role reads it, else the lead's id."""
    return customer_name(lead.name, reader.access_role) or str(lead.external_id)


@register.filter
def count(value: object, digits: int = 0) -> str:
    """2,500."""
    return formats.count(value, digits)


@register.filter
def signed(value: object, digits: int = 0) -> str:
    """+13 · −8."""
    return formats.signed(value, digits)


@register.filter
def percent(rate: object, digits: int = 1) -> str:
    """22.5%."""
    return formats.percent(rate, digits)


@register.filter
def signed_points(difference: object) -> str:
    """+2.1 pp · −0.4 个百分点."""
    return formats.signed_points(difference, _language())


@register.filter
def duration(seconds: object) -> str:
    """1 小时 23 分 · 1 h 23 min."""
    return formats.duration(seconds, _language())


@register.filter
def local_date(value: date | None, style: formats.DateStyle = "day") -> str:
    """3 月 17 日 周二 · Tue 17 Mar; styles day, short, long, month."""
    if isinstance(value, datetime) and timezone.is_aware(value):
        value = timezone.localtime(value)
    return formats.local_date(value or None, _language(), style)


@register.filter
def clock_time(value: datetime | time | None) -> str:
    """14:20."""
    if isinstance(value, datetime) and timezone.is_aware(value):
        value = timezone.localtime(value)
    return formats.clock_time(value or None)


@register.filter
def same(left: object, right: object) -> str:
    """Return ``true`` or ``false`` for an ARIA attribute."""
    return "true" if left == right else "false"


@register.filter
def message_tone(level: str) -> str:
    """Return the tone of a note for a message level."""
    return MESSAGE_TONES.get(level, "")


@register.simple_tag
def rate_with_n(won: object, tried: object, digits: int = 1) -> SafeString:
    """22.5% 9/40."""
    rate, sample = formats.rate_with_n(won, tried, digits)
    return format_html('{} <span class="m">{}</span>', rate, sample) if sample else format_html("{}", rate)


@register.simple_tag
def interval(low: object, high: object, digits: int = 1) -> str:
    """15.0–25.2%."""
    return formats.percent_interval(low, high, digits)


@register.simple_tag
def icon(name: str, size: int = 18) -> SafeString:
    """Draw a line icon from the sprite."""
    return format_html(
        '<svg class="ic" width="{0}" height="{0}" aria-hidden="true"><use href="#i-{1}"/></svg>', size, name
    )


@register.simple_tag
def glyph(name: str, tone: str = "", label: str = "") -> SafeString:
    """Draw a status glyph; a label makes it speak for itself."""
    spoken = format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"')
    return format_html('<svg class="g {}" {}><use href="#g-{}"/></svg>', tone or name, spoken, name)


@register.simple_tag
def status(tone: components.Tone, word: object) -> SafeString:
    """StatusWord: glyph, word and colour together, never the colour alone."""
    return format_html('<span class="st {}">{}{}</span>', tone, glyph(tone) if tone else "", word)


@register.simple_tag
def tag(word: object, tone: str = "", glyph_name: str = "") -> SafeString:
    """Draw a small label; ``{% tag word "luck" "luck" %}`` is the LuckWord."""
    mark = format_html('<svg aria-hidden="true"><use href="#g-{}"/></svg>', glyph_name) if glyph_name else ""
    return format_html('<span class="tag {}">{}{}</span>', tone, mark, word)


@register.simple_tag
def luck_word() -> SafeString:
    """Say that a small sample cannot tell."""
    return tag(_("Luck not ruled out"), "luck", "luck")


@register.simple_tag
def odds_bar(odds: float | None, tone: str = "", label: str = "") -> SafeString:
    """OddsBar: the chance as a bar; ``second`` is the paler one of a next tier."""
    return format_html(
        '<div class="odds" role="img" aria-label="{}"><i style="width:{}{}"></i></div>',
        " ".join(part for part in (label, formats.percent(odds, 0)) if part),
        components.css_percent(odds),
        ";background:var(--c-second)" if tone == "second" else "",
    )


@register.simple_block_tag
def note(content: str, tone: str = "") -> SafeString:
    """{% note "warn" %}<b>What happened.</b> What still works.{% endnote %}; tones ok, warn, risk, or none."""
    return format_html(
        '<div class="note {}"{}>{}<div>{}</div></div>', tone, _role_of(tone), glyph(tone or "info"), content
    )


def _role_of(tone: str) -> SafeString:
    return SafeString(' role="alert"' if tone == "risk" else "")


@register.simple_block_tag
def maths(content: str) -> SafeString:
    """{% maths %}…{% endmaths %}: MathsPanel's sunken well."""
    return format_html('<div class="maths">{}</div>', content)


@register.simple_block_tag
def state(content: str, kind: str, title: object) -> SafeString:
    """{% state "empty" title %}<p>…</p>{% endstate %}: a designed state; kinds empty, error, locked, luck, wait."""
    return SafeString(render_to_string("ui/_state.html", {"kind": kind, "title": title, "content": content}))


@register.inclusion_tag("ui/_stage_ring.html")
def stage_ring(stage: components.Stage) -> dict[str, Any]:
    """StageRing: the first process target, large."""
    return {"stage": stage, "lines": components.ring_lines(stage)}


@register.inclusion_tag("ui/_stage_bar.html")
def stage_bar(stage: components.Stage) -> dict[str, Any]:
    """StageBar: done / required as a bar, with a tick where one should be by now."""
    expected = None if stage.expected is None else components.share_of(stage.expected, stage.required)
    return {
        "stage": stage,
        "width": components.css_percent(components.share_of(stage.done, stage.required)),
        "tick": None if expected is None else components.css_percent(expected),
    }


@register.inclusion_tag("ui/_confidence.html")
def confidence_switch(
    choices: Sequence[components.ConfidenceChoice], *, target: str = "", variant: str = ""
) -> dict[str, Any]:
    """ConfidenceSwitch: links, so that it works without scripts; with a target HTMX swaps only that."""
    return {"choices": choices, "target": target, "variant": variant}


@register.inclusion_tag("ui/_chain.html")
def chain_strip(steps: Sequence[components.ChainStep]) -> dict[str, Any]:
    """ChainStrip: from the result to a day's work."""
    return {"steps": steps}


@register.inclusion_tag("ui/_sums.html")
def sums(lines: Sequence[components.SumLine]) -> dict[str, Any]:
    """Show the maths as a list: what, by which formula, how much."""
    return {"lines": lines}


@register.inclusion_tag("ui/_rate_slider.html")
def rate_slider(span: components.RateSpan, digits: int = 1, kind: str = "percent") -> dict[str, Any]:
    """RateSlider, still: peers' middle half, raw, estimate with its interval, trial value."""
    word = {"percent": formats.percent, "count": formats.count}[kind]
    words = {name: word(getattr(span, name), digits) for name in ("mean", "low", "high")}
    return {"span": span, "lines": components.slider_lines(span), "words": words, "width": components.SLIDER_WIDTH}


@register.inclusion_tag("ui/_gap_cell.html")
def gap_cell(gap: components.Gap, adjusted: float | None = None) -> dict[str, Any]:
    """GapCell: a table cell of people × stages; ``adjusted`` stands beside a count that asks to be looked at."""
    return {"cell": gap, "adjusted": adjusted}


@register.inclusion_tag("ui/_job.html")
def job_progress(job: components.JobView) -> dict[str, Any]:
    """Show a long job: a title, a bar, what is left; it asks again by itself until it is finished."""
    known = job.share is not None
    return {
        "job": job,
        "width": components.css_percent(job.share) if known else "",
        "percent": formats.percent(job.share, 0) if known else "",
        "now": round((job.share or 0) * 100),
    }


@register.inclusion_tag("ui/_figure.html")
def figure(label: object, value: object, sub: object = "") -> dict[str, Any]:
    """Show a small label over a large number."""
    return {"label": label, "value": value, "sub": sub}


@register.inclusion_tag("ui/_field.html")
def field(bound: BoundField, hint: str = "", label: str = "") -> dict[str, Any]:
    """Draw a form field with its label, hint and errors."""
    return {
        "field": bound,
        "label": label or bound.label,
        "hint": hint or bound.help_text,
        "widget": bound.as_widget(attrs={"class": "input"}),
    }


@register.inclusion_tag("ui/_chart.html")
def chart(chart_id: str, option: dict[str, Any], *, label: str | Promise, height_px: int = 240) -> dict[str, Any]:
    """Draw an ECharts option; the same numbers stand beside it as a table or a sentence."""
    return {"id": chart_id, "option": option, "label": label, "height": height_px}
