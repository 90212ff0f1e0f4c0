"""The one table of pages that the side bar and the bottom tabs show."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

REP, MANAGER, DIRECTOR, OPERATIONS, ADMIN = "rep", "manager", "director", "operations", "admin"
EVERYBODY = frozenset({REP, MANAGER, DIRECTOR, OPERATIONS, ADMIN})
LEADERS = EVERYBODY - {REP}
PLANNERS = frozenset({OPERATIONS, ADMIN})
TAB_COUNT = 4  # a fifth place is the person's own


@dataclass(frozen=True, slots=True, kw_only=True)
class NavItem:
    """A page in the navigation. It is shown to these access roles, once its address exists."""

    name: str
    url_name: str
    icon: str
    label: str | Promise
    access_roles: frozenset[str]
    group: str = "self"


@dataclass(frozen=True, slots=True, kw_only=True)
class NavLink:
    """An entry as one person sees it on one page."""

    label: str | Promise
    url: str
    icon: str
    is_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NavGroup:
    """Entries under one small heading: first oneself and people, then the three words, then running it."""

    label: str | Promise
    items: tuple[NavLink, ...]


GROUPS: tuple[tuple[str, str | Promise], ...] = (
    ("self", ""),
    ("chapters", pgettext_lazy("navigation", "Goal · process · result")),
    ("manage", pgettext_lazy("navigation", "Manage")),
)

NAVIGATION: tuple[NavItem, ...] = (
    NavItem(name="today", url_name="overview:today", icon="today", label=_("Today"), access_roles=EVERYBODY),
    NavItem(name="week", url_name="overview:week", icon="list", label=_("Week"), access_roles=EVERYBODY),
    NavItem(name="team", url_name="overview:team", icon="team", label=_("Team"), access_roles=LEADERS),
    NavItem(
        name="goals", url_name="goals:list", icon="goals", label=_("Goals"), access_roles=EVERYBODY, group="chapters"
    ),
    NavItem(
        name="resources",
        url_name="resources:home",
        icon="resources",
        label=_("Resources"),
        access_roles=LEADERS,
        group="chapters",
    ),
    NavItem(
        name="my_leads",
        url_name="resources:mine",
        icon="resources",
        label=_("My leads"),
        access_roles=frozenset({REP}),
        group="chapters",
    ),
    NavItem(
        name="process",
        url_name="process:home",
        icon="process",
        label=_("Process"),
        access_roles=LEADERS,
        group="chapters",
    ),
    NavItem(
        name="results",
        url_name="results:home",
        icon="results",
        label=_("Results"),
        access_roles=EVERYBODY,
        group="chapters",
    ),
    NavItem(
        name="overview",
        url_name="overview:overview",
        icon="overview",
        label=_("Overview"),
        access_roles=frozenset({DIRECTOR, OPERATIONS, ADMIN}),
        group="manage",
    ),
    NavItem(name="data", url_name="intake:data", icon="data", label=_("Data"), access_roles=PLANNERS, group="manage"),
    NavItem(
        name="channels",
        url_name="notifications:channels",
        icon="settings",
        label=_("Channels"),
        access_roles=frozenset({MANAGER}),
        group="manage",
    ),
    NavItem(
        name="settings",
        url_name="organization:settings",
        icon="settings",
        label=_("Settings"),
        access_roles=PLANNERS,
        group="manage",
    ),
)


def address_of(url_name: str) -> str:
    """Return the page's address, or an empty string while nobody has built the page."""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""


def links_for(access_role: str, path: str, items: Iterable[NavItem] = NAVIGATION) -> tuple[tuple[str, NavLink], ...]:
    """Return (group, link) for the pages this role may open, in the table's order; one of them is current."""
    shown = [(item, url) for item in items if access_role in item.access_roles and (url := address_of(item.url_name))]
    current = _current_url([url for _item, url in shown], path)
    return tuple(
        (item.group, NavLink(label=item.label, url=url, icon=item.icon, is_current=url == current))
        for item, url in shown
    )


def grouped(links: Iterable[tuple[str, NavLink]]) -> tuple[NavGroup, ...]:
    """Gather links under their headings; a heading without links is left out."""
    pairs = tuple(links)
    groups = (
        NavGroup(label=label, items=tuple(link for group, link in pairs if group == name)) for name, label in GROUPS
    )
    return tuple(group for group in groups if group.items)


def _current_url(urls: list[str], path: str) -> str:
    """Return the longest address that the path lies under; the root is current only when it is the path itself."""
    under = [url for url in urls if path == url or (url != "/" and path.startswith(url))]
    return max(under, key=len, default="")
