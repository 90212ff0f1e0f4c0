"""What the page frame needs, worked out only when a page asks for it."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from pacemark.web.ui.navigation import TAB_COUNT, NavGroup, NavLink, address_of, grouped, links_for

THEMES: tuple[tuple[str, str | Promise], ...] = (("auto", _("System")), ("light", _("Light")), ("dark", _("Dark")))
LANGUAGE_NAMES = {"zh-hans": "中文", "en": "English"}  # each language names itself


class Shell:
    """The frame as this person sees it. The person is read by attribute: this room knows no other."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @property
    def _user(self) -> Any:
        return getattr(self._request, "user", None)

    @property
    def is_signed_in(self) -> bool:
        return bool(getattr(self._user, "is_authenticated", False))

    @property
    def person_name(self) -> str:
        return str(self._user) if self.is_signed_in else ""

    @property
    def initial(self) -> str:
        """One character for the round mark: the given name's last in Chinese, the first letter elsewhere."""
        name = self.person_name.strip()
        if not name:
            return ""
        return name[0].upper() if name.isascii() else name[-1]

    @property
    def role_label(self) -> str:
        label = getattr(self._user, "get_access_role_display", None)
        return str(label()) if label else ""

    @cached_property
    def _links(self) -> tuple[tuple[str, NavLink], ...]:
        role = getattr(self._user, "access_role", "") if self.is_signed_in else ""
        return links_for(role, self._request.path)

    @cached_property
    def navigation(self) -> tuple[NavGroup, ...]:
        return grouped(self._links)

    @property
    def tabs(self) -> tuple[NavLink, ...]:
        return tuple(link for _group, link in self._links[:TAB_COUNT])

    @property
    def tabs_overflow(self) -> tuple[NavLink, ...]:
        return tuple(link for _group, link in self._links[TAB_COUNT:])

    @property
    def theme(self) -> str:
        return getattr(self._user, "theme", "") or "auto"

    @property
    def themes(self) -> tuple[tuple[str, str | Promise], ...]:
        return THEMES

    @property
    def language(self) -> str:
        return get_language() or settings.LANGUAGE_CODE

    @property
    def is_chinese(self) -> bool:
        return self.language.startswith("zh")

    @property
    def html_lang(self) -> str:
        return "zh-Hans" if self.is_chinese else "en"

    @property
    def languages(self) -> tuple[tuple[str, str], ...]:
        return tuple((code, LANGUAGE_NAMES.get(code, code)) for code, _name in settings.LANGUAGES)

    @property
    def here(self) -> str:
        return self._request.get_full_path()

    @property
    def language_url(self) -> str:
        return address_of("accounts:language")

    @property
    def theme_url(self) -> str:
        return address_of("accounts:theme") if self.is_signed_in else ""

    @property
    def sign_out_url(self) -> str:
        return address_of("accounts:sign_out")


def shell(request: HttpRequest) -> dict[str, Shell]:
    """Return what the page frame needs."""
    return {"shell": Shell(request)}
