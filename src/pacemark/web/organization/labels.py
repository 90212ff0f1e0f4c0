"""How sources name people."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonLabel:
    """How a source names a person: by employee number, by name, or both."""

    employee_no: str
    name: str

    @property
    def text(self) -> str:
        """Return the label that an alias is kept under: the number where there is one."""
        return self.employee_no or self.name

    @property
    def shown(self) -> str:
        """Return the label as people read it."""
        return f"{self.name} ({self.employee_no})" if self.name and self.employee_no else self.text
