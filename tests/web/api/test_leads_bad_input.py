"""Whatever comes in about leads has a clear answer, by the API and at a terminal; nothing is lost or doubled."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from pacemark import cli
from pacemark.web.pipeline.holding_models import Holding
from pacemark.web.pipeline.models import Lead, Touch
from pacemark.web.resources.choices import RunKind
from pacemark.web.resources.models import Decision, PolicyVersion, Run, WaitingLead
from pacemark.web.resources.queries.policies import default_content
from pacemark.web.resources.services.policies import ensure_active
from pacemark.web.resources.services.runs import allocate_leads
from tests.support.people import People, client_of

pytestmark = pytest.mark.django_db
Send = Callable[..., Any]
Terminal = Callable[..., tuple[int, str, str]]
GOOD = {"external_id": "E1", "source": "form", "phone": "13800138000", "grade": "A"}


@pytest.fixture
def send(people: People) -> Send:
    """Send a body as operations do."""
    client = client_of(people.operations)

    def post(body: Any, key: str | None = None) -> Any:
        text = body if isinstance(body, (str, bytes)) else json.dumps(body)
        headers = {"idempotency-key": key} if key else {}
        return client.post("/api/v1/leads", text, content_type="application/json", headers=headers)

    return post


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], people: People) -> Terminal:
    """Run `pacemark` with words; return its code and what it said."""

    def run(*words: str) -> tuple[int, str, str]:
        monkeypatch.setenv("LC_ALL", "C.UTF-8")
        monkeypatch.setattr("sys.argv", ["pacemark", *words])
        capsys.readouterr()
        try:
            cli.main()
            code = 0
        except SystemExit as end:
            code = int(end.code or 0)
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def rule(**content: Any) -> None:
    PolicyVersion.objects.filter(pk=ensure_active().pk).update(content={**default_content(), **content})


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"phone": None}, "assigned", None),
        ({"phone": ""}, "assigned", None),
        ({"source": "a channel nobody has heard of"}, "assigned", None),
        ({"grade": "Z"}, "waiting", None),
        ({"phone": "123"}, "refused", "bad_phone"),
        ({"phone": "not a phone at all"}, "refused", "bad_phone"),
        ({"phone": {"is": "an object"}}, "refused", "bad_phone"),
        ({"external_id": ""}, "refused", "missing_field"),
        ({"external_id": "x" * 129}, "refused", "bad_text"),
        ({"source": None}, "refused", "missing_field"),
        ({"grade": ["A"]}, "refused", "bad_text"),
        ({"name": "\x00"}, "refused", "bad_text"),
        ({"tags": "beijing"}, "refused", "bad_tags"),
        ({"occurred_at": "yesterday"}, "refused", "bad_moment"),
        ({"occurred_at": 20240315}, "refused", "bad_moment"),
    ],
)  # fmt: skip
def test_each_row_has_its_own_answer_and_the_row_beside_it_goes_in(
    send: Send, change: dict[str, Any], status: str, code: str | None
) -> None:
    rule(policy={"base": "1", "grades": ["A"]})
    odd, good = send([{**GOOD, **change}, {**GOOD, "external_id": "E2", "phone": "13800138002"}]).json()
    assert (odd["status"], good["status"]) == (status, "assigned")
    assert (odd["error"] or {}).get("code") == (code and f"resources.{code}")
    assert odd["error"] is None or odd["error"]["message"].endswith(".")
    assert Lead.objects.count() == (1 if status == "refused" else 2) == Touch.objects.count()
    assert WaitingLead.objects.count() == (status == "waiting")
    assert Holding.objects.count() == 1 + (status == "assigned")


@pytest.mark.parametrize(
    "body", [b"\xff{", "", "{", "[" * 5000, "{}", "[]", '"leads"', "[NaN", json.dumps([GOOD] * 5001)]
)
def test_what_is_no_list_of_leads_is_told_and_writes_nothing(send: Send, body: str | bytes) -> None:
    answer = send(body)
    assert answer.status_code == 422 and answer.json()["error"]["code"] == "resources.bad_rows"
    assert not Lead.objects.exists() and not Run.objects.exists()


def test_a_key_with_another_body_is_a_conflict_and_a_clock_that_is_off_brings_nothing_from_the_future(
    send: Send,
) -> None:
    ahead = (timezone.now() + timedelta(days=400)).isoformat()
    first = send([{**GOOD, "occurred_at": ahead}], "K")
    assert (
        first.json()[0]["status"] == "assigned" and (Lead.objects.get().arrived_at or timezone.now()) <= timezone.now()
    )
    again = send([GOOD], "K")
    assert again.status_code == 409 and again.json()["error"]["code"] == "resources.key_reused"
    assert send([{**GOOD, "occurred_at": ahead}], "K").json() == first.json()
    assert Touch.objects.count() == 1 == Decision.objects.count()


@pytest.mark.parametrize("content", [{"caps": {"day": 0}}, {"teams": [], "policy": {"base": "1", "ceiling": 0}}])
def test_a_rule_that_makes_everybody_ineligible_lets_leads_wait_with_the_reason(
    send: Send, terminal: Terminal, content: dict[str, Any]
) -> None:
    rule(**content)
    (answer,) = send([GOOD]).json()
    assert answer["status"] == "waiting" and answer["owner"] is None
    codes = {why["code"] for why in WaitingLead.objects.get().reasons.values()}
    assert codes == {"cap_day"} if "caps" in content else codes == {"ceiling"}
    assert terminal("allocate", "--key", "night")[:2] == (0, "1 leads: 0 dealt, 1 wait.\n")
    rule()
    assert terminal("allocate", "--key", "next night")[:2] == (0, "1 leads: 1 dealt, 0 wait.\n")
    assert not WaitingLead.objects.exists() and Holding.objects.count() == 1


def test_a_floor_beyond_the_leads_is_lowered_to_what_they_can_keep(send: Send, terminal: Terminal) -> None:
    rule(policy={"base": "1", "floor": 50})
    source_rows = [{**GOOD, "external_id": f"E{n}", "phone": f"1380013800{n}"} for n in range(4)]
    assert {answer["status"] for answer in send(source_rows).json()} == {"assigned"}
    counts = [holding.rep_id for holding in Holding.objects.all()]
    assert sorted(counts.count(rep) for rep in set(counts)) == [2, 2]


def test_at_a_terminal_each_mistake_is_one_sentence(send: Send, terminal: Terminal) -> None:
    rule(caps={"day": 0})
    send([GOOD])
    allocate_leads(
        actor=None, key="used", kind=RunKind.BATCH, lead_ids=list(Lead.objects.values_list("pk", flat=True)),
        at=timezone.now(),
    )  # fmt: skip
    before = Run.objects.count()
    for words, said in (
        (("--key", " "), "--key must be a text"), (("--key", "x" * 201), "--key must be a text"),
        (("--key", "used"), "used before with other content"), (("--key", "K", "--as-of", "soon"), "--as-of"),
    ):  # fmt: skip
        code, out, err = terminal("allocate", *words)
        assert code == 2 and out == "" and said in err and err.count("\n") == 1, err
    assert Run.objects.count() == before
