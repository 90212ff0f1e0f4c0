"""The hidden truths as JSON, for whoever checks what Pacemark says about a made-up organisation."""

from __future__ import annotations

from typing import Any

from pacemark.demo.layout import Layout
from pacemark.demo.leads import POOR_SHARE_ELSEWHERE
from pacemark.demo.names import CHANNELS, GRADE_NAMES, LEAD_GRADES
from pacemark.demo.people import HALF_VOLUME
from pacemark.demo.planted import Planted
from pacemark.demo.rates import (
    BAD_CLOSING,
    CONNECT_PER_DIAL,
    DEEP_TALK_PER_CONNECT,
    DIALS_PER_DAY,
    HUNG_UP_SHARE,
    LEAD_GRADE_RATIOS,
    OPPORTUNITY_PER_DEEP_TALK,
    PADDED_SHARE,
    POOR_FACTOR,
    PRACTICE_UPLIFT,
    WIN_RATE,
    WOBBLE,
)
from pacemark.demo.tables import RoleCode

ROLE_NAMES = ("full_cycle", "setter", "closer")


def hidden_truths(layout: Layout) -> dict[str, Any]:
    """Return everything that was planted, people by employee number, dates as ISO text."""
    return {
        "spec": layout.spec.as_json(),
        "rates": {
            "connect_per_dial": CONNECT_PER_DIAL,
            "deep_talk_per_connect": round(DEEP_TALK_PER_CONNECT, 6),
            "opportunity_per_deep_talk": OPPORTUNITY_PER_DEEP_TALK,
            "deal_per_opportunity": WIN_RATE,
            "dials_per_day": DIALS_PER_DAY,
            "wobble": WOBBLE,
        },
        "season": [round(float(weight), 4) for weight in layout.rates.season],
        "leads": {
            "lead_grade_ratios": dict(zip(LEAD_GRADES, LEAD_GRADE_RATIOS.tolist(), strict=True)),
            "channel_factors": dict(zip(CHANNELS, layout.rates.channel_factor.tolist(), strict=True)),
        },
        "people": [_person(layout, rep) for rep in range(layout.spec.reps)],
        "teams": [_team(layout, team) for team in range(len(layout.teams.name))],
        "planted": {} if layout.spec.is_null else _planted(layout, layout.planted),
    }


def _person(layout: Layout, rep: int) -> dict[str, Any]:
    people = layout.people
    multipliers = ("reach", "communication", "product", "closing", "volume")
    return {
        "employee_no": people.employee_no[rep],
        "name": people.name[rep],
        "team": layout.teams.name[int(people.team[rep])],
        "role": ROLE_NAMES[RoleCode(int(people.role[rep]))],
        "grade": GRADE_NAMES[int(people.grade[rep])],
        **{name: round(float(getattr(people, name)[rep]), 4) for name in multipliers},
    }


def _team(layout: Layout, team: int) -> dict[str, Any]:
    kind = int(layout.teams.kind[team])
    return {
        "name": layout.teams.name[team],
        "manager": layout.teams.manager_name[team],
        "kind": ("plain", "split", "answered_and_hung_up", "poor_leads")[kind],
    }


def _planted(layout: Layout, planted: Planted) -> dict[str, Any]:
    spec, number, team = layout.spec, layout.people.employee_no, layout.teams.name
    quarter = spec.last_quarter.as_json()
    return {
        "padders": {"people": [number[i] for i in planted.padders], "share": PADDED_SHARE, "from_seconds": [150, 180]},
        "bad_closer": {"person": number[planted.bad_closer], "of_peers": BAD_CLOSING, "days": quarter},
        "unlucky": {"person": number[planted.unlucky], "lowest_share": 0.03, "days": quarter},
        "half_dialler": {"person": number[planted.half_dialler], "volume": HALF_VOLUME},
        "newcomer": {"person": number[planted.newcomer]},
        "bulk_closing_manager": {
            "team": team[planted.bulk_team],
            "manager": layout.teams.manager_name[planted.bulk_team],
        },
        "answered_and_hung_up": {"team": team[planted.hung_up_team], "share": HUNG_UP_SHARE},
        "poor_leads": {
            "team": team[planted.poor_leads_team],
            "channel": CHANNELS[planted.poor_channel],
            "factor": POOR_FACTOR,
            "share_elsewhere": POOR_SHARE_ELSEWHERE,
        },
        "practice": {
            "what": "calls new leads within 10 minutes",
            "stage": "opportunity_per_deep_talk",
            "uplift": PRACTICE_UPLIFT,
            "pioneer": number[planted.pioneer],
            "adopters": [number[i] for i in planted.adopters],
            "days": spec.trial.as_json(),
        },
        "sham": {
            "what": "hurries through half of the day's dials in the first hours",
            "stage": "deal_per_opportunity",
            "uplift": 1.0,
            "star": number[planted.sham_star],
            "lucky_days": spec.lucky_quarter.as_json(),
            "adopters": [number[i] for i in planted.sham_adopters],
            "days": spec.trial.as_json(),
        },
        "deferrer": {"person": number[planted.deferrer]},
    }
