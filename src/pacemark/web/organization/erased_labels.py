"""Telling which names and numbers in records mean somebody who was erased."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pacemark.web.organization.erasure_key import erased_digest, erasure_key
from pacemark.web.organization.erasure_models import ErasedLabel


def number_text(employee_no: str) -> str:
    """Return what is hashed of an employee number."""
    return f"number\n{employee_no.casefold()}"


def alias_text(source: str, label: str) -> str:
    """Return what is hashed of a source's own label."""
    return f"alias\n{source}\n{label.casefold()}"


def name_text(name: str, *, is_numbered: bool) -> str:
    """Return what is hashed of a name; of whom had an employee number apart, as another number is another person."""
    return f"{'numbered ' if is_numbered else ''}name\n{' '.join(name.split()).casefold()}"


@dataclass(frozen=True, slots=True)
class ErasedLabels:
    """The reps whom erased labels meant."""

    key: str | None
    reps: dict[str, int]

    def rep_of(self, text: str) -> int | None:
        """Return whom a text means that was made by one of the functions above."""
        return self.reps.get(erased_digest(text, self.key)) if self.key else None


def erased_labels() -> ErasedLabels:
    """Read them; one query while nobody has been erased."""
    key = erasure_key()
    rows: Iterable[tuple[str, int]] = ErasedLabel.objects.values_list("digest", "rep_id") if key else ()
    return ErasedLabels(key, dict(rows))
