"""Translations without system gettext: ``python -m pacemark.web.ui.messages extract|compile|check``.

``extract`` brings the catalogues in line with the sources, ``compile`` writes the ``.mo`` files that Django reads (made
at set-up, never committed), ``check`` fails on anything missing, fuzzy or unused, and on placeholders that differ.
Catalogues hold no dates, names of machines or line numbers: the same sources give the same file.
"""

from __future__ import annotations

import io
import re
import string
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract as babel_extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

PACKAGE = Path(__file__).resolve().parents[2]
LOCALE = PACKAGE / "web" / "locale"
SOURCE_LANGUAGE = "en"  # the msgids are English: its catalogue may stay empty
PLURALS = {"zh_Hans": "nplurals=1; plural=0;", "en": "nplurals=2; plural=(n != 1);"}
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
HEADER = """\
# Pacemark, {language}. Updated by `python -m pacemark.web.ui.messages extract`; see docs/translating.md.
msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plurals}\\n"

"""
PERCENT_NAME = re.compile(r"%\((\w+)\)[#0\- +]?\d*(?:\.\d+)?[a-zA-Z]|%[sdfi%]")

Key = tuple[str | None, str]


def po_path(language: str) -> Path:
    """Return the catalogue's path."""
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def source_files() -> Iterator[Path]:
    """Yield every file whose words people read, in one order everywhere."""
    for pattern in ("*.py", "*.html", "*.txt"):
        yield from sorted(path for path in PACKAGE.rglob(pattern) if not {"static", "locale"} & set(path.parts))


def read_source(path: Path) -> io.BytesIO:
    """Return Python text: the file itself, or what Django's own converter makes of a template."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        # the converter blanks out everything but the calls; what indentation is left means nothing
        text = "\n".join(line.strip() for line in templatize(text, origin=str(path)).splitlines())
    return io.BytesIO(text.encode())


def collect() -> Catalog:
    """Return every message of the sources."""
    catalog = Catalog(charset="utf-8")
    for path in source_files():
        found = babel_extract("python", read_source(path), KEYWORDS, options={"encoding": "utf-8"})
        for _line, message, _comments, context in found:
            if message and (message if isinstance(message, str) else message[0]):
                catalog.add(message, context=context)
    return catalog


def load(language: str) -> Catalog:
    """Return the committed catalogue, or an empty one."""
    path = po_path(language)
    if not path.exists():
        return Catalog(charset="utf-8")
    with path.open("rb") as stream:
        return read_po(stream, locale=language)


def update(language: str, sources: Catalog) -> Catalog:
    """Return the catalogue with the sources' messages, keeping the translations that are there; nothing is guessed."""
    old, new = load(language), Catalog(locale=language, charset="utf-8", fuzzy=False)
    for message in messages_of(sources):
        known = old.get(message.id, message.context)
        new.add(message.id, _fitting(known, message), context=message.context)
    return new


def _fitting(known: Message | None, message: Message) -> str | tuple[str, ...] | list[str] | None:
    """Return the known translation when it still has the shape the message needs."""
    if known is None or isinstance(known.string, str) != isinstance(message.id, str):
        return None
    return known.string


def messages_of(catalog: Catalog) -> list[Message]:
    """Return the messages without the header, sorted by text and context."""
    found = [message for message in catalog if message.id]
    return sorted(found, key=lambda one: (key_of(one)[1], one.context or ""))


def key_of(message: Message) -> Key:
    """Return what makes a message itself: its context and its (singular) text."""
    return message.context, message.id if isinstance(message.id, str) else message.id[0]


def to_text(language: str, catalog: Catalog) -> str:
    """Return the catalogue as committed text."""
    body = Catalog(locale=language, charset="utf-8", fuzzy=False)
    for message in messages_of(catalog):
        body.add(message.id, message.string, context=message.context)
    stream = io.BytesIO()
    write_po(stream, body, width=0, no_location=True, omit_header=True)
    return HEADER.format(language=language, plurals=PLURALS[language]) + stream.getvalue().decode().strip() + "\n"


def extract() -> None:
    """Bring every catalogue in line with the sources."""
    sources = collect()
    for language in PLURALS:
        path = po_path(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(to_text(language, update(language, sources)), encoding="utf-8")


def compile_all() -> None:
    """Write the ``.mo`` files."""
    for language in PLURALS:
        with po_path(language).with_suffix(".mo").open("wb") as stream:
            write_mo(stream, load(language))


def placeholders(text: str) -> frozenset[str]:
    """Return the named and positional placeholders of either style."""
    found = {match.group(0) if match.group(1) is None else match.group(1) for match in PERCENT_NAME.finditer(text)}
    try:
        found |= {
            f"{{{name}}}" for _text, name, _spec, _conversion in string.Formatter().parse(text) if name is not None
        }
    except ValueError:
        found.add("unbalanced braces")
    return frozenset(found - {"%%"})


def problems_in(language: str, sources: Catalog, catalog: Catalog) -> list[str]:
    """Return one sentence per problem of a catalogue."""
    wanted, have = ({key_of(one): one for one in messages_of(each)} for each in (sources, catalog))
    lines = [f"{language}: missing: {text!r}" for _context, text in wanted if (_context, text) not in have]
    lines += [f"{language}: unused: {text!r}" for _context, text in have if (_context, text) not in wanted]
    for key, message in have.items():
        if key in wanted:
            lines += _problems_of(language, message)
    return lines


def _problems_of(language: str, message: Message) -> list[str]:
    sources = (message.id,) if isinstance(message.id, str) else tuple(message.id)
    strings = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
    text = sources[0]
    if message.fuzzy:
        return [f"{language}: fuzzy: {text!r}"]
    if not strings or not all(strings):
        return [] if language == SOURCE_LANGUAGE else [f"{language}: untranslated: {text!r}"]
    # a language without plurals may use the placeholders of either English form
    allowed = frozenset().union(*(placeholders(one) for one in sources))
    return [
        f"{language}: placeholders differ: {text!r} and {one!r}"
        for one in strings
        if not (
            placeholders(one) == allowed
            or (len(sources) > 1 and placeholders(sources[0]) <= placeholders(one) <= allowed)
        )
    ]


def check() -> list[str]:
    """Return every problem of every catalogue."""
    sources = collect()
    return [line for language in PLURALS for line in problems_in(language, sources, load(language))]


def main(arguments: list[str]) -> int:
    """Run one command."""
    match arguments:
        case ["extract"]:
            extract()
        case ["compile"]:
            compile_all()
        case ["check"]:
            problems = check()
            sys.stderr.writelines(f"{line}\n" for line in problems)
            return 1 if problems else 0
        case _:
            sys.stderr.write("Use: python -m pacemark.web.ui.messages extract|compile|check\n")
            return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
