from __future__ import annotations

from pathlib import Path

import pytest

from pacemark.web.intake.errors import ProfileError
from pacemark.web.intake.planning import plan_import
from pacemark.web.intake.profiles import profile_from_text, profile_to_text
from pacemark.web.intake.profiles.fields import FIELDS, RULES
from pacemark.web.pipeline.choices import EventKind
from pacemark.web.pipeline.models import Call, Deal, Opportunity
from tests.support.imports import PROFILE, Importer
from tests.support.needs import ROOT

CHINESE_CALLS = (
    "通话ID,坐席工号,坐席姓名,客户ID,呼叫时间,呼叫类型,通话状态,通话时长(秒)\n"
    "9007199254740993001,007,李伟,80001,2024/3/1 9:05:00,呼出,已接通,200\n"
    "9007199254740993002,007,李伟,80002,2024/3/1 9:15:00,呼出,未接通,0\n"
    "9007199254740993003,008,李伟,80001,2024/3/2 18:00:00,呼入,已接通,95\n"
)
CHINESE_DEALS = (
    "订单编号,客户编号,负责人,创建时间,成交时间,阶段,成交金额,来源\n"
    "D1,80001,李伟,2024-03-01 12:00,2024-03-05,已成交,1.2万,抖音\n"
    "D2,80002,王芳,2024-03-02 12:00,,跟进中,,百度\n"
)


@pytest.mark.parametrize("text", [PROFILE, (ROOT / "examples" / "school_crm.toml").read_text(encoding="utf-8")])
def test_a_profile_written_out_reads_back_the_same(text: str) -> None:
    profile = profile_from_text(text)

    assert profile_from_text(profile_to_text(profile)) == profile


def test_odd_column_names_survive_the_text() -> None:
    text = '[leads.columns]\nid = "a \\"b\\" \\\\ c\\u0009d #"\n'
    profile = profile_from_text(text)

    assert profile.kinds[0].columns["id"] == 'a "b" \\ c\td #'
    assert profile_from_text(profile_to_text(profile)) == profile


def test_two_parts_of_one_kind_are_told_by_their_columns(importer: Importer) -> None:
    parts = """
[[calls]]
[calls.columns]
id = "a"
at = "when"
owner = "who"
duration = "s"
[[calls]]
duration = "minutes"
[calls.columns]
id = "b"
at = "when"
owner = "who"
duration = "m"
"""
    importer.profile.write_text(parts)
    importer.write_bytes("one.csv", b"a,when,who,s\n1,2024-01-02 10:00,Zhao,60\n")
    importer.write_bytes("two.csv", b"b,when,who,m\n2,2024-01-02 10:00,Zhao,2\n")

    assert importer.bring_in().counts("calls") == (2, 0, 0, 0)
    assert dict(Call.objects.values_list("external_id", "talk_seconds")) == {"1": 60, "2": 120}


def test_a_mistake_is_told_with_what_was_meant() -> None:
    with pytest.raises(ProfileError, match="did you mean “owner”"):
        profile_from_text("[calls.columns]\nid = 'i'\nat = 't'\nowmer = 'o'\nduration = 'd'\n")


def test_chinese_exports_are_guessed(importer: Importer) -> None:
    importer.write_bytes("通话记录.csv", CHINESE_CALLS.encode("gb18030"))
    importer.write_bytes("成交.csv", CHINESE_DEALS.encode("gb18030"))

    answer = importer.run("--json", "--source", "总部", importer.folder / "files")

    assert answer.code == 0, answer.err
    assert answer.counts("calls") == (3, 0, 0, 0)
    assert answer.counts("deals") == (2, 0, 0, 0)
    calls = Call.objects.order_by("external_id")
    assert list(calls.values_list("external_id", "rep__employee_no", "direction", "answered", "talk_seconds")) == [
        ("9007199254740993001", "007", 1, True, 200),
        ("9007199254740993002", "007", 1, False, 0),
        ("9007199254740993003", "008", 2, True, 95),
    ]
    assert Deal.objects.get().amount_minor == 1_200_000
    sourced = Opportunity.objects.get(external_id="D1").sourced_call
    assert sourced is not None
    assert sourced.external_id == "9007199254740993001"
    assert {item.state for item in Opportunity.objects.all()} == {"won", "open"}


def test_the_guess_is_a_profile_text_that_gives_the_same_import(importer: Importer) -> None:
    path = importer.write_bytes("通话记录.csv", CHINESE_CALLS.encode("utf-8-sig"))
    plan = plan_import([path], None)
    importer.profile.write_text(profile_to_text(plan.profile), encoding="utf-8")

    assert importer.bring_in(path).counts("calls") == (3, 0, 0, 0)
    assert importer.run("--json", path).counts("calls")[0] in {0, 3}


def test_contracts_alone_close_the_opportunities_of_their_leads(importer: Importer) -> None:
    importer.profile.write_text("""
[opportunities]
files = "opps*"
[opportunities.columns]
id = "id"
opened_at = "opened"
owner = "who"
lead = "lead"
[deals]
files = "contracts*"
[deals.columns]
id = "no"
closed_on = "signed"
owner = "who"
lead = "lead"
amount = "amount"
""")
    importer.write_bytes("opps.csv", b"id,opened,who,lead\nO1,2024-01-02,Zhao,L1\nO2,2024-01-03,Zhao,L2\n")
    importer.write_bytes(
        "contracts.csv", b"no,signed,who,lead,amount\nK1,2024-01-09,Qian,L1,500\nK2,2024-01-09,Qian,L9,1\n"
    )

    answer = importer.bring_in()

    assert answer.counts("opportunities") == (2, 0, 0, 0)
    assert answer.counts("deals") == (2, 0, 0, 0)
    assert dict(Opportunity.objects.values_list("external_id", "state")) == {"O1": "won", "O2": "open"}
    assert str(Opportunity.objects.get(external_id="O1").closed_on) == "2024-01-09"
    assert dict(Deal.objects.values_list("external_id", "opportunity__external_id")) == {"K1": "O1", "K2": None}
    assert importer.bring_in().counts("deals") == (0, 0, 2, 0)
    assert Opportunity.objects.get(external_id="O1").state == "won"


def test_a_profile_is_saved_and_used_by_name(importer: Importer) -> None:
    from pacemark.web.intake.services import save_profile

    save_profile(actor=None, name="  our  CRM ", text=PROFILE)
    path: Path = importer.write("calls.csv", [{"id": "1"}])

    assert importer.run("--profile", "our CRM", "--json", path).counts("calls") == (1, 0, 0, 0)
    with pytest.raises(ProfileError):
        save_profile(actor=None, name="broken", text="[calls")


def test_the_documents_name_every_field_and_rule() -> None:
    lines = (ROOT / "docs" / "importing.md").read_text(encoding="utf-8").splitlines()
    rows = {kind: next(line for line in lines if line.startswith(f"| `[{kind.value}]`")) for kind in FIELDS}
    told = rows[EventKind.DEALS].replace("as opportunities", rows[EventKind.OPPORTUNITIES])
    rows[EventKind.DEALS] = told

    for kind, fields in FIELDS.items():
        for name in (*(field.name for field in fields), *RULES[kind]):
            assert name in rows[kind], (kind, name)
