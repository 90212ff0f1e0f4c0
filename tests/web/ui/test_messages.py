from __future__ import annotations

import io
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo

from pacemark.web.ui import messages


def catalog_of(**pairs: str) -> Catalog:
    catalog = Catalog()
    for text, string in pairs.items():
        catalog.add(text, string)
    return catalog


def test_the_committed_catalogues_are_complete() -> None:
    assert messages.check() == []


def test_extracting_again_leaves_no_difference() -> None:
    sources = messages.collect()
    for language in messages.PLURALS:
        text = messages.to_text(language, messages.update(language, sources))
        assert text == messages.po_path(language).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("have", "problem"),
    [
        ({}, "missing"),
        ({"Hello %(name)s": ""}, "untranslated"),
        ({"Hello %(name)s": "你好"}, "placeholders differ"),
        ({"Hello %(name)s": "你好 %(nom)s"}, "placeholders differ"),
        ({"Hello %(name)s": "%(name)s 你好", "Old": "旧"}, "unused"),
    ],
)
def test_each_kind_of_fault_is_named(have: dict[str, str], problem: str) -> None:
    lines = messages.problems_in("zh_Hans", catalog_of(**{"Hello %(name)s": ""}), catalog_of(**have))
    assert len(lines) == 1
    assert problem in lines[0]


def test_a_fuzzy_entry_is_a_fault() -> None:
    have = Catalog()
    have.add("Hello", "你好", flags=["fuzzy"])
    assert messages.problems_in("zh_Hans", catalog_of(Hello=""), have) == ["zh_Hans: fuzzy: 'Hello'"]


def test_braces_and_percent_signs_are_compared() -> None:
    assert messages.placeholders("{done} of {required}, %(n)d, 80%%") == {"{done}", "{required}", "n"}
    assert messages.placeholders("broken {") == {"unbalanced braces"}


def test_a_plural_may_leave_the_number_out_of_one_form() -> None:
    sources, have = Catalog(), Catalog()
    sources.add(("One day", "%(n)s days"))
    have.add(("One day", "%(n)s days"), ("%(n)s 天",))
    assert messages.problems_in("zh_Hans", sources, have) == []
    broken = Catalog()
    broken.add(("One day", "%(n)s days"), ("%(m)s 天",))
    assert "placeholders differ" in messages.problems_in("zh_Hans", sources, broken)[0]


def test_templates_are_read_as_django_reads_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "page.html"
    page.write_text(
        "{% load i18n %}\n  don't {{ 'x' }} (\n"
        '{% translate "Short" context "tab" %}{% tag _("Word") %}\n'
        "    {% blocktranslate trimmed count n=people %}\n      {{ n }} rep\n"
        "    {% plural %}\n      {{ n }} reps\n    {% endblocktranslate %}\n"
        "{# {% translate 'Not this' %} #}",
        encoding="utf-8",
    )
    monkeypatch.setattr(messages, "PACKAGE", tmp_path)
    found = [(one.context, one.id) for one in messages.messages_of(messages.collect())]
    assert found == [(None, ("%(n)s rep", "%(n)s reps")), ("tab", "Short"), (None, "Word")]


def test_update_keeps_what_is_translated_and_guesses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "LOCALE", tmp_path)
    messages.po_path("zh_Hans").parent.mkdir(parents=True)
    messages.po_path("zh_Hans").write_text(
        messages.to_text("zh_Hans", catalog_of(Goal="目标", Gone="旧")), encoding="utf-8"
    )
    new = messages.update("zh_Hans", catalog_of(Goal="", Goals=""))
    assert {one.id: one.string or "" for one in messages.messages_of(new)} == {"Goal": "目标", "Goals": ""}


def test_compiled_catalogues_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "LOCALE", tmp_path)
    for language in messages.PLURALS:
        messages.po_path(language).parent.mkdir(parents=True)
        messages.po_path(language).write_text(messages.to_text(language, catalog_of(Goal="目标")), encoding="utf-8")
    assert messages.main(["compile"]) == 0
    compiled = read_mo(io.BytesIO(messages.po_path("zh_Hans").with_suffix(".mo").read_bytes()))
    found = compiled.get("Goal")
    assert found is not None
    assert found.string == "目标"
    assert messages.main(["nonsense"]) == 2
