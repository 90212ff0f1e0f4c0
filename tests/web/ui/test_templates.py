"""Every template compiles, keeps the security policy, and says what it is for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template, render_to_string
from django.utils import translation

TEMPLATES = Path(settings.TEMPLATES[0]["DIRS"][0])
NAMES = sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html"))
STATIC = Path(settings.STATICFILES_DIRS[0])


@pytest.mark.parametrize("name", NAMES)
def test_a_template_compiles_and_keeps_the_policy(name: str) -> None:
    get_template(name)
    text = re.sub(
        r"{% comment %}.*?{% endcomment %}", "", (TEMPLATES / name).read_text(encoding="utf-8"), flags=re.DOTALL
    )
    assert not re.search(r"<script(?![^>]*\bsrc=)", text), "the policy refuses scripts inside a page"
    assert "<style" not in text, "the policy refuses styles inside a page"
    markup = re.sub(r"{%.*?%}|{{.*?}}", "", text, flags=re.DOTALL)
    assert not re.search(r"\son[a-z]+\s*=", markup), "the policy refuses handlers in attributes"
    assert "|safe" not in text
    # a {# comment #} ends on its own line, else Django prints it
    assert all("#}" in line for line in text.splitlines() if "{#" in line)
    # a percent sign inside _("…") of a template is looked up doubled but extracted single
    assert not re.search(r"""_\((["'])(?:(?!\1).)*%(?:(?!\1).)*\1\)""", text)


@pytest.mark.parametrize("name", ["400.html", "500.html", "503.html"])
def test_pages_for_broken_moments_need_nothing(name: str) -> None:
    pages = []
    for language in ("zh-hans", "en"):
        with translation.override(language):
            pages.append(render_to_string(name))
    assert pages[0] != pages[1]
    for page in pages:
        assert settings.STATIC_URL not in page
        assert "<script" not in page
        assert 'href="/"' in page


def test_every_icon_and_glyph_that_is_used_is_drawn() -> None:
    drawn = set(re.findall(r'<symbol id="([gi]-[a-z]+)"', (TEMPLATES / "ui/_sprite.html").read_text(encoding="utf-8")))
    for name in NAMES:
        text = (TEMPLATES / name).read_text(encoding="utf-8")
        used = {f"i-{icon}" for icon in re.findall(r'\{% icon "([a-z]+)"', text)}
        used |= {f"g-{glyph}" for glyph in re.findall(r'\{% glyph "([a-z]+)"', text)}
        assert used <= drawn, name


def test_styles_use_roles_and_never_another_site() -> None:
    for path in STATIC.glob("css/*.css"):
        text = path.read_text(encoding="utf-8")
        assert "://" not in text
        if path.name not in {"tokens.css", "shell.css"}:  # the roles themselves, and paper's own
            assert not re.search(r"#[0-9a-fA-F]{3,8}\b", text), path.name


def test_both_dark_blocks_of_the_tokens_are_the_same() -> None:
    text = (STATIC / "css/tokens.css").read_text(encoding="utf-8")
    system = re.search(r':root:not\(\[data-theme="light"\]\) \{(.*?)\}', text, re.DOTALL)
    chosen = re.search(r':root\[data-theme="dark"\] \{(.*?)\}', text, re.DOTALL)
    assert system
    assert chosen
    assert system[1].split() == chosen[1].split()
