"""A card as SVG, for where no Chinese font is installed: whoever looks at it has one."""

from __future__ import annotations

from html import escape

from pacemark.web.results.drawing.layout import DEEP, FESTIVE, GOLD, HEIGHT, WIDTH, CardWords, Rule, Text, shapes_of

SANS = "PingFang SC, HarmonyOS Sans SC, Microsoft YaHei, Noto Sans CJK SC, WenQuanYi Micro Hei, sans-serif"
SERIF = "Songti SC, Noto Serif CJK SC, Source Han Serif SC, SimSun, serif"


def svg_of(card: CardWords) -> str:
    """Return a card as SVG."""
    inner = "".join(_text(shape) if isinstance(shape, Text) else _rule(shape) for shape in shapes_of(card))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">'
        f'<defs><radialGradient id="g" cx="0.5" cy="0" r="1"><stop offset="0.45" stop-color="{FESTIVE}"/>'
        f'<stop offset="1" stop-color="{DEEP}"/></radialGradient></defs>'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="url(#g)"/>'
        f'<rect x="34" y="34" width="{WIDTH - 68}" height="{HEIGHT - 68}" rx="28" fill="none" stroke="{GOLD}" '
        f'stroke-opacity="0.5" stroke-width="3"/>{inner}</svg>'
    )


def _text(shape: Text) -> str:
    family, weight = (SERIF if shape.weight == "serif" else SANS), 400 if shape.weight == "regular" else 700
    return (
        f'<text x="{shape.x:.1f}" y="{shape.y:.1f}" font-size="{shape.size:.1f}" font-weight="{weight}" '
        f'font-family="{family}" fill="{shape.colour}" text-anchor="middle">{escape(shape.words)}</text>'
    )


def _rule(shape: Rule) -> str:
    return (
        f'<line x1="{shape.x1}" y1="{shape.y1}" x2="{shape.x2}" y2="{shape.y2}" stroke="{GOLD}" '
        'stroke-opacity="0.6" stroke-width="3"/>'
    )
