"""A profile's text: TOML, read with a sentence for each mistake, written the way a person would."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.translation import gettext as _

from pacemark.web.intake.errors import ProfileError
from pacemark.web.intake.profiles.fields import RULES
from pacemark.web.intake.profiles.profile import KindProfile, Operator, Profile, Rule, fields_missing, known_fields
from pacemark.web.intake.values.dates import Order
from pacemark.web.pipeline.choices import EventKind

_TOP = ("source", "time_zone", "currency", "region", *(kind.value for kind in RULES))
_PART = ("files", "columns", "rules", "dates", "duration", "decimal", "gives_opportunity")
_OPERATORS: tuple[Operator, ...] = ("is", "begins", "contains", "filled")
_ORDERS = ("ymd", "dmy", "mdy", "epoch", "epoch_ms", "excel", "auto")
_DURATIONS = ("seconds", "minutes", "hours", "milliseconds", "hh:mm:ss", "mm:ss", "hh:mm")


def profile_from_text(text: str) -> Profile:
    """Read a profile.

    Raises
    ------
    ProfileError
        If it is not TOML, or says something that is not understood; the text tells where.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ProfileError(_("The profile is not readable: %(why)s.") % {"why": str(error)}) from error
    _only(data, _TOP, _("the profile"))
    kinds: list[KindProfile] = []
    for kind in RULES:
        for part in _parts(data.get(kind.value, []), kind):
            kinds.append(_kind(kind, part))  # noqa: PERF401 - a comprehension would hide which part failed
    if not kinds:
        raise ProfileError(_("The profile maps nothing; add a part such as [calls] with its columns."))
    return Profile(
        kinds=tuple(kinds),
        source=_text(data, "source", 64),
        time_zone=_zone(_text(data, "time_zone", 64)),
        currency=_letters(_text(data, "currency", 3), 3, "currency"),
        region=_letters(_text(data, "region", 2), 2, "region"),
    )


def _parts(value: Any, kind: EventKind) -> list[dict[str, Any]]:
    parts = value if isinstance(value, list) else [value]
    if not all(isinstance(part, dict) for part in parts):
        raise ProfileError(_("[%(kind)s] must be a table of settings.") % {"kind": kind.value})
    return cast("list[dict[str, Any]]", parts)


def _kind(kind: EventKind, part: dict[str, Any]) -> KindProfile:
    where = f"[{kind.value}]"
    _only(part, _PART, where)
    columns = part.get("columns", {})
    if not isinstance(columns, dict) or not all(isinstance(name, str) and name for name in columns.values()):
        raise ProfileError(_("%(where)s columns must map fields to column names.") % {"where": where})
    _only(columns, known_fields(kind), f"{where} columns")
    rules = part.get("rules", {})
    if not isinstance(rules, dict):
        raise ProfileError(_("%(where)s rules must be a table.") % {"where": where})
    _only(rules, RULES[kind], f"{where} rules")
    gives = part.get("gives_opportunity")
    profile = KindProfile(
        kind=kind,
        columns=dict(columns),
        files=_text(part, "files", 200),
        rules={name: _rule(rule, f"{where} rules.{name}") for name, rule in rules.items()},
        dates=_order(_text(part, "dates", 40) or "auto", where),
        duration=_one_of(_text(part, "duration", 20) or "seconds", _DURATIONS, f"{where} duration"),
        decimal=cast("Any", _one_of(_text(part, "decimal", 4) or "auto", (".", ",", "auto"), f"{where} decimal")),
        gives_opportunity=gives if isinstance(gives, bool) else None,
    )
    missing = fields_missing(profile)
    if missing:
        names = ", ".join(field.name for field in missing)
        raise ProfileError(_("%(where)s columns must also map: %(names)s.") % {"where": where, "names": names})
    return profile


def _rule(value: Any, where: str) -> Rule:
    if not isinstance(value, dict) or not isinstance(value.get("column"), str):
        raise ProfileError(_("%(where)s needs a column and a condition.") % {"where": where})
    _only(value, ("column", *_OPERATORS), where)
    given = [operator for operator in _OPERATORS if operator in value]
    if len(given) != 1:
        raise ProfileError(
            _("%(where)s needs exactly one of %(names)s.") % {"where": where, "names": ", ".join(_OPERATORS)}
        )
    words = value[given[0]]
    if given[0] == "filled":
        return Rule(column=value["column"], operator="filled")
    listed = words if isinstance(words, list) else [words]
    if not listed or not all(isinstance(word, str) for word in listed):
        raise ProfileError(_("%(where)s: give the words as a list of texts.") % {"where": where})
    return Rule(column=value["column"], operator=given[0], words=tuple(listed))


def _order(text: str, where: str) -> Order:
    """Accept ``dmy`` and what people write for it, such as ``dd.mm.yyyy hh:mm``."""
    if text in _ORDERS:
        return cast("Order", text)
    date_part = text.lower().replace("年", "y").replace("月", "m").replace("日", "d").split()[0].split("t")[0]
    letters = "".join(dict.fromkeys(letter for letter in date_part if letter in "ymd"))
    return cast("Order", _one_of(letters, ("ymd", "dmy", "mdy"), f"{where} dates"))


def _only(data: Mapping[str, Any], known: Iterable[str], where: str) -> None:
    known = list(known)
    for key in data:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            hint = _("did you mean “%(near)s”?") % {"near": near[0]} if near else _("it may hold: %(names)s") % {
                "names": ", ".join(known) or "—"
            }  # fmt: skip
            raise ProfileError(
                _("%(where)s: “%(key)s” is not known; %(hint)s") % {"where": where, "key": key, "hint": hint}
            )


def _text(data: Mapping[str, Any], key: str, max_chars: int) -> str:
    value = data.get(key, "")
    if not isinstance(value, str) or len(value) > max_chars:
        raise ProfileError(_("“%(key)s” must be a text of at most %(n)d characters.") % {"key": key, "n": max_chars})
    return value.strip()


def _one_of(value: str, allowed: tuple[str, ...], where: str) -> str:
    if value not in allowed:
        raise ProfileError(
            _("%(where)s must be one of %(names)s, not “%(value)s”.")
            % {"where": where, "names": ", ".join(allowed), "value": value}
        )
    return value


def _zone(name: str) -> str:
    if name:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ProfileError(
                _("time_zone “%(name)s” is not known; write it like Asia/Shanghai.") % {"name": name}
            ) from error
    return name


def _letters(code: str, n: int, key: str) -> str:
    if code and (len(code) != n or not code.isascii() or not code.isalpha()):
        raise ProfileError(_("“%(key)s” must be %(n)d letters.") % {"key": key, "n": n})
    return code.upper()


def profile_to_text(profile: Profile) -> str:
    """Write a profile so that reading it gives the same profile."""
    lines = [
        f"{key} = {_quoted(value)}"
        for key, value in (
            ("source", profile.source),
            ("time_zone", profile.time_zone),
            ("currency", profile.currency),
            ("region", profile.region),
        )
        if value
    ]
    for kind in profile.kinds:
        lines.extend(_kind_lines(kind, _heading(profile, kind)))
    return "\n".join(lines).strip() + "\n"


def _heading(profile: Profile, kind: KindProfile) -> Callable[[str], str]:
    is_one = sum(1 for other in profile.kinds if other.kind is kind.kind) == 1

    def heading(tail: str) -> str:
        return f"[{kind.kind.value}{tail}]" if is_one or tail else f"[[{kind.kind.value}]]"

    return heading


def _kind_lines(kind: KindProfile, heading: Callable[[str], str]) -> list[str]:
    lines = ["", heading("")]
    settings = {
        "files": kind.files,
        "dates": "" if kind.dates == "auto" else kind.dates,
        "duration": "" if kind.duration == "seconds" and "duration" not in kind.columns else kind.duration,
        "decimal": "" if kind.decimal == "auto" else kind.decimal,
    }
    lines += [f"{key} = {_quoted(value)}" for key, value in settings.items() if value]
    if kind.gives_opportunity is not None:
        lines.append(f"gives_opportunity = {str(kind.gives_opportunity).lower()}")
    lines.append(heading(".columns"))
    lines += [f"{name} = {_quoted(column)}" for name, column in kind.columns.items()]
    if kind.rules:
        lines.append(heading(".rules"))
        lines += [f"{name} = {_rule_text(rule)}" for name, rule in kind.rules.items()]
    return lines


def _rule_text(rule: Rule) -> str:
    words = "true" if rule.operator == "filled" else f"[{', '.join(_quoted(word) for word in rule.words)}]"
    return f"{{ column = {_quoted(rule.column)}, {rule.operator} = {words} }}"


def _quoted(text: str) -> str:
    escaped = "".join(
        f"\\{letter}" if letter in '"\\' else letter if letter >= " " and letter != "\x7f" else f"\\u{ord(letter):04x}"
        for letter in text
    )
    return f'"{escaped}"'
