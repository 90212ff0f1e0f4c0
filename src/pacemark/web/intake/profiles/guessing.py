"""Guessing a profile from column names and sample cells. The guess is a profile like any other, to be corrected."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from pacemark.web.intake.profiles.column_names import (
    ANSWERED_WORDS,
    DIRECTION_COLUMNS,
    FILE_WORDS,
    INBOUND_WORDS,
    LOST_WORDS,
    MISSED_WORDS,
    NAMES,
    OUTBOUND_WORDS,
    SIGNS,
    STAGE_COLUMNS,
    STATUS_COLUMNS,
    WON_WORDS,
)
from pacemark.web.intake.profiles.fields import DATE_FIELDS, missing_fields
from pacemark.web.intake.profiles.profile import KindProfile, Profile, Rule, missing_sentence
from pacemark.web.intake.readers import SourceTable
from pacemark.web.intake.values.dates import DateReader, Order, numeric_order
from pacemark.web.intake.values.durations import parse_duration
from pacemark.web.intake.values.refusals import CellError
from pacemark.web.intake.values.text import BLANKS, folded
from pacemark.web.pipeline.choices import EventKind

_KINDS = (EventKind.REFUNDS, EventKind.CALLS, EventKind.DEALS, EventKind.OPPORTUNITIES, EventKind.LEADS)
_ENTITIES = {
    EventKind.CALLS: ("call",),
    EventKind.DEALS: ("deal", "order", "opportunity"),
    EventKind.OPPORTUNITIES: ("opportunity", "deal"),
    EventKind.LEADS: ("lead", "contact", "customer"),
    EventKind.REFUNDS: ("refund",),
}
_CURRENCIES = {"€": "EUR", "eur": "EUR", "£": "GBP", "gbp": "GBP", "¥": "CNY", "￥": "CNY", "元": "CNY", "rmb": "CNY"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Guess:
    kind: EventKind
    columns: dict[str, str]
    score: float
    is_usable: bool


def guess_profile(tables: Sequence[SourceTable]) -> tuple[Profile, list[tuple[str, str]]]:
    """Return a guessed profile, and for each table it cannot use the name and the reason."""
    kinds: dict[tuple[EventKind, tuple[str, ...]], KindProfile] = {}
    unclear: list[tuple[str, str]] = []
    for table in tables:
        guess = guess_table(table)
        if guess.is_usable:
            kind = kind_profile(table, guess.kind, guess.columns)
            kinds.setdefault((guess.kind, tuple(kind.columns.values())), kind)
        else:
            unclear.append((table.name, _unusable(table, guess)))
    currency = next((code for table in tables if (code := _currency(table))), "")
    return Profile(kinds=tuple(kinds.values()), currency=currency), unclear


def guess_table(table: SourceTable) -> _Guess:
    """Return the kind of record that a table most likely holds, and its columns."""
    guesses = [_guess_kind(table, kind) for kind in _KINDS]
    return max(guesses, key=lambda guess: (guess.is_usable, guess.score))


def _guess_kind(table: SourceTable, kind: EventKind) -> _Guess:
    columns = guess_columns(table, kind)
    is_usable = not missing_fields(kind, set(columns))
    score = float(sum(weight for name, weight in SIGNS[kind].items() if name in columns))
    score += 0.1 * len(columns)
    if any(word in table.name.casefold() for word in FILE_WORDS[kind]):
        score += 3
    if kind is EventKind.REFUNDS and not _names_refunds(table):
        is_usable, score = False, 0.0
    if kind is EventKind.LEADS and score < 1:
        is_usable = False  # an id alone could be anything
    return _Guess(kind=kind, columns=columns, score=score, is_usable=is_usable)


def _names_refunds(table: SourceTable) -> bool:
    words = FILE_WORDS[EventKind.REFUNDS]
    return any(word in text.casefold() for word in words for text in (table.name, *table.columns))


def guess_columns(table: SourceTable, kind: EventKind) -> dict[str, str]:
    """Return field → column for the names that are known, where the cells do not speak against it."""
    plain = {name: _plain(name, kind) for name in table.columns}
    taken: set[str] = set()
    found: dict[str, str] = {}
    for field, names in NAMES[kind].items():
        wanted = [_plain(name, kind) for name in names]
        matches = [name for name in table.columns if name not in taken and plain[name] in wanted]
        matches.sort(key=lambda name: wanted.index(plain[name]))
        fitting = next((name for name in matches if _cells_fit(field, table.sample_of(name))), None)
        if fitting is not None:
            found[field] = fitting
            taken.add(fitting)
    if kind is EventKind.DEALS and "amount" in found and "expected" not in found:
        found["expected"] = found["amount"]
    return found


def _plain(name: str, kind: EventKind) -> str:
    """Reduce a column's name to its letters, without the word of the record it belongs to."""
    words = re.findall(r"[a-z]+|[\u4e00-\u9fff]+", folded(re.sub(r"([a-z])([A-Z])", r"\1 \2", name)))
    kept = [word for word in words if word not in _ENTITIES[kind]] or words
    return "".join(kept)


def _cells_fit(field: str, cells: Sequence[str]) -> bool:
    filled = [cell for cell in cells if cell.strip() and cell.strip().casefold() not in BLANKS][:60]
    if not filled:
        return field not in {"id"}
    if field in DATE_FIELDS:
        return _share(filled, _is_date) >= 0.8 or numeric_order(filled) is not None
    if field == "duration":
        return _share(filled, _is_duration) >= 0.8
    if field == "id":
        return len(set(filled)) >= 0.9 * len(filled)
    if field == "lead":
        return _share(filled, lambda cell: any(letter.isdigit() for letter in cell) and " " not in cell.strip()) >= 0.8
    if field == "owner":
        return _share(filled, lambda cell: not cell.strip().isdigit()) >= 0.5
    if field in {"amount", "cash", "expected"}:
        return _share(filled, lambda cell: any(letter.isdigit() for letter in cell)) >= 0.8
    if field == "phone":
        return (
            _share(filled, lambda cell: len([letter for letter in cell if letter.isdigit() or letter == "*"]) >= 7)
            >= 0.8
        )
    return True


def _share(cells: Sequence[str], fits: Callable[[str], bool]) -> float:
    return sum(1 for cell in cells if fits(cell)) / len(cells)


def _is_date(cell: str) -> bool:
    orders: tuple[Order, ...] = ("dmy", "mdy")
    for order in orders:
        try:
            return DateReader(order=order).read(cell) is not None
        except CellError:
            continue
    return False


def _is_duration(cell: str) -> bool:
    try:
        return parse_duration(cell) is not None
    except CellError as error:
        return bool(error.args) and cell.strip().startswith("-")


def kind_profile(table: SourceTable, kind: EventKind, columns: dict[str, str]) -> KindProfile:
    """Complete guessed columns with the rules and units that the sample suggests."""
    return KindProfile(
        kind=kind,
        columns=columns,
        rules=_rules(table, kind),
        duration=_duration_unit(table, columns.get("duration", "")),
    )


def _rules(table: SourceTable, kind: EventKind) -> dict[str, Rule]:
    """Guess the value rules. A sample may lack what is rare, so a rule knows the other words of its language too."""
    rules: dict[str, Rule] = {}
    if kind is EventKind.CALLS:
        status = _column_of(table, STATUS_COLUMNS, kind)
        direction = _column_of(table, DIRECTION_COLUMNS, kind)
        if _words_in(table, direction, OUTBOUND_WORDS):
            for name, words in (("outbound", OUTBOUND_WORDS), ("inbound", INBOUND_WORDS), ("missed", MISSED_WORDS)):
                rules[name] = _rule(table, direction, words)
        if _words_in(table, status, ANSWERED_WORDS):
            rules["answered"] = _rule(table, status, ANSWERED_WORDS)
    elif kind in {EventKind.DEALS, EventKind.OPPORTUNITIES}:
        stage = _column_of(table, STAGE_COLUMNS, kind)
        if stage:  # without a word for won, every record of a table of deals would be one
            rules["won"] = _rule(table, stage, WON_WORDS)
            rules["lost"] = _rule(table, stage, LOST_WORDS)
    return rules


def _column_of(table: SourceTable, names: Iterable[str], kind: EventKind) -> str:
    wanted = [_plain(name, kind) for name in names]
    found = [name for name in table.columns if _plain(name, kind) in wanted]
    return min(found, key=lambda name: wanted.index(_plain(name, kind)), default="")


def _words_in(table: SourceTable, column: str, words: tuple[str, ...]) -> list[str]:
    """Return which words a column's sample holds, as they are spelled there."""
    seen = {folded(cell): cell.strip() for cell in table.sample_of(column)} if column else {}
    return [seen[word] for word in words if word in seen]


def _rule(table: SourceTable, column: str, words: tuple[str, ...]) -> Rule:
    held = _words_in(table, column, words)
    folded_held = {folded(word) for word in held}
    is_ascii = all(cell.isascii() for cell in table.sample_of(column))
    others = [word for word in words if word not in folded_held and word.isascii() == is_ascii]
    return Rule(column=column, operator="is", words=(*held, *others))


def _duration_unit(table: SourceTable, column: str) -> str:
    if not column:
        return "seconds"
    name = column.casefold()
    if any(":" in cell for cell in table.sample_of(column)):
        return "hh:mm:ss"
    if "毫秒" in name or "millisecond" in name or re.search(r"\bms\b", name):
        return "milliseconds"
    return "minutes" if "分钟" in name or re.search(r"\bmin", name) else "seconds"


def _currency(table: SourceTable) -> str:
    for column in table.columns:
        for cell in table.sample_of(column):
            text = cell.casefold()
            found = next((code for mark, code in _CURRENCIES.items() if mark in text), "")
            if found and any(letter.isdigit() for letter in text) and len(text) < 24:
                return found
    return ""


def _unusable(table: SourceTable, guess: _Guess) -> str:
    if guess.score < 1:
        return _("%(file)s holds no calls, leads, opportunities or deals that can be told by its columns.") % {
            "file": table.name
        }
    sentence = missing_sentence(guess.kind, missing_fields(guess.kind, set(guess.columns)), table.name)
    return sentence + " " + _("Without them nothing can be told about each person.")
