"""The actions of pages, as a table: the page's route, what it does, and the form that tells its fields."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any

from django import forms
from django.utils.translation import override

from pacemark.web.goals import (
    grid_forms,
    ladder_forms,
    ladder_urls,
    quarter_forms,
    season_forms,
    talk_forms,
    unit_forms,
    what_if_forms,
)
from pacemark.web.goals import urls as goals_urls
from pacemark.web.intake import forms as intake_forms
from pacemark.web.intake import urls as intake_urls
from pacemark.web.notifications import forms as notification_forms
from pacemark.web.notifications import urls as notification_urls
from pacemark.web.organization import forms as organization_forms
from pacemark.web.organization import structure_forms
from pacemark.web.organization import urls as organization_urls
from pacemark.web.process import urls as process_urls
from pacemark.web.process.forms import coaching as coaching_forms
from pacemark.web.process.forms import quality as quality_forms
from pacemark.web.resources import forms as policy_forms
from pacemark.web.resources import rule_forms
from pacemark.web.resources import urls as resources_urls
from pacemark.web.results import forms as result_forms
from pacemark.web.results import urls as results_urls

ROOMS: dict[str, tuple[str, ModuleType]] = {
    "goals": ("goals/", goals_urls),
    "ladder": ("settings/ladder/", ladder_urls),
    "process": ("process/", process_urls),
    "results": ("results/", results_urls),
    "resources": ("resources/", resources_urls),
    "organization": ("settings/", organization_urls),
    "notifications": ("settings/channels/", notification_urls),
    "intake": ("data/", intake_urls),
}
_CHOSEN = ("back", "scope", "rep", "month")
_ANY = ["string", "number", "boolean", "array", "null"]


@dataclass(frozen=True)
class Action:
    """One thing that a page does. ``more`` names fields that are read beside the form's."""

    route: str
    summary: str
    form: type[forms.Form] | type[forms.ModelForm[Any]] | None = None
    more: tuple[str, ...] = ()
    takes_files: bool = False

    @property
    def name(self) -> str:
        """Return the route as one word."""
        return self.route.replace(":", "_")

    def properties(self) -> dict[str, Any]:
        """Return the fields for the schema, named as the form names them."""
        fields = dict(self.form.base_fields) if self.form else {}
        with override("en"):
            told: dict[str, Any] = {
                name: {"type": _ANY, "description": str(field.label or name)} for name, field in fields.items()
            }
        told |= {name: {"type": _ANY} for name in self.more}
        if self.takes_files:
            for name in told.keys() & {"uploads", "workbook"}:
                told[name] = {"type": "string", "format": "binary"}
        return told


ACTIONS = (
    Action("goals:cell", "Set one month in the grid", grid_forms.CellForm, ("month", "back")),
    Action("goals:prepare_edit", "Prepare a change of many targets", grid_forms.BulkEditForm, _CHOSEN),
    Action("goals:prepare_copy", "Prepare targets from another span", grid_forms.CopyForm, _CHOSEN),
    Action("goals:prepare_import", "Prepare targets from a workbook", grid_forms.WorkbookForm, ("back",), True),
    Action("goals:apply_batch", "Write a prepared change", grid_forms.ApplyForm),
    Action("goals:drop_batch", "Drop a prepared change"),
    Action("goals:recompute", "Plan anew", None, ("period", "reason")),
    Action("goals:propose_many", "Propose plans to many", talk_forms.ProposeForm, ("period", "team", "all", "rep")),
    Action("goals:set_months", "Set a quarter's months", quarter_forms.MonthsForm, ("quarter",)),
    Action("goals:set_quarter", "Set a quarter", quarter_forms.QuarterForm, ("quarter",)),
    Action("goals:intention", "Say what one wishes for", quarter_forms.IntentionForm, ("quarter",)),
    Action("goals:keep_draft", "Keep a what-if", what_if_forms.WhatIfForm, ("name", "period")),
    Action("goals:drop_draft", "Drop a what-if", None, ("period",)),
    Action("goals:save_seasons", "Set season weights", season_forms.SeasonForm, ("quarter",)),
    Action("goals:learn_seasons", "Learn season weights from history", None, ("quarter", "reason")),
    Action("goals:resplit", "Split a quarter anew", None, ("quarter", "reason")),
    Action("goals:set_unit", "Set a unit's amount", unit_forms.UnitAmountForm, ("at",)),
    Action("goals:apply_split", "Split a unit's amount below", unit_forms.SplitForm, ("at",)),
    Action("goals:split_over_time", "Split a unit's amount over its months", unit_forms.UnitForm, ("at",)),
    Action("ladder:grade", "Make or rename a grade", ladder_forms.GradeForm),
    Action("ladder:quota", "Set a grade's quota", ladder_forms.QuotaForm),
    Action("ladder:drop", "Take a quota back"),
    Action("ladder:tiers", "Set tiers", ladder_forms.TiersForm),
    Action("ladder:labels", "Name tiers", ladder_forms.LabelsForm),
    Action("ladder:newcomers", "Set the ramp of newcomers", ladder_forms.RampForm),
    Action("process:plan_coaching", "Plan a coaching action", coaching_forms.CoachingForm),
    Action("process:close_coaching", "Close a coaching action with its evidence", coaching_forms.EvidenceForm),
    Action("process:excuse_coaching", "Excuse a coaching action", coaching_forms.ExcuseForm),
    Action("process:tolerances", "Set what asks for a look", quality_forms.ToleranceForm, ("try",)),
    Action("results:consent", "Say whether one's name may stand on cards", result_forms.ConsentForm),
    Action("results:send_card", "Send a card to a channel", None, ("channel",)),
    Action("resources:duty", "Go away from the desk, or come back", None, ("on",)),
    Action("resources:lock", "Lock a lead against the clock", None, ("lock",)),
    Action("resources:appeal", "Appeal a withholding", None, ("text",)),
    Action("resources:look", "Look further into the pool"),
    Action("resources:note", "Note the next contact and a line", rule_forms.NoteForm),
    Action("resources:dispute", "Dispute whose a lead is", None, ("reason",)),
    Action("resources:decide_contest", "Decide a dispute", None, ("do", "verdict")),
    Action("resources:withholding", "Apply, reject, lift, or answer an appeal", None, ("do", "text")),
    Action("resources:skills", "Say which tags a rep takes", rule_forms.SkillsForm),
    Action("resources:sourcing", "Say who finds their own customers", rule_forms.SourcingForm),
    Action("resources:rules", "Change the clock, withholding or a pool", None, ("form",)),
    Action("resources:new_policy", "Draft a policy", policy_forms.PolicyForm, ("try",)),
    Action("resources:edit_policy", "Change a draft of a policy", policy_forms.PolicyForm, ("try",)),
    Action("resources:replay", "Replay a policy on past leads", policy_forms.WindowForm),
    Action("resources:cancel_replay", "Cancel a replay"),
    Action("resources:activate", "Put a policy into force"),
    Action("organization:settings", "Change the organisation", organization_forms.OrganizationForm),
    Action("organization:calendar", "Change a day of the calendar", organization_forms.CalendarDayForm),
    Action("organization:teams", "Give a team a working pattern", organization_forms.TeamPatternForm),
    Action("organization:add_team", "Make a team", structure_forms.TeamForm),
    Action("organization:team", "Change a team", structure_forms.TeamForm),
    Action("organization:add_region", "Make a region", structure_forms.RegionForm),
    Action("organization:region", "Change a region", structure_forms.RegionForm),
    Action("organization:add_pattern", "Make a working pattern", structure_forms.PatternForm),
    Action("organization:pattern", "Change a working pattern", structure_forms.PatternForm),
    Action("organization:add_person", "Add a rep", structure_forms.NewRepForm),
    Action("organization:change_person", "Change a rep", structure_forms.RepForm),
    Action("organization:person", "Move a rep, or let them leave", organization_forms.MoveForm, ("what",)),
    Action("organization:roster", "Change a rep's roster", structure_forms.RosterForm),
    Action("organization:account", "Say which account a rep has", organization_forms.AccountForm),
    Action("notifications:add", "Make a channel", notification_forms.ChannelForm),
    Action("notifications:channel", "Change a channel", notification_forms.ChannelForm),
    Action("notifications:test", "Send a test message"),
    Action("notifications:drop", "Remove a channel"),
    Action("notifications:again", "Send a message again"),
    Action("notifications:settle", "Settle a message by hand", None, ("arrived",)),
    Action("intake:upload", "Send files to bring in", intake_forms.UploadForm, (), True),
    Action("intake:mapping", "Change the mapping of an import", intake_forms.MappingForm),
    Action("intake:commit", "Commit a previewed import"),
    Action("intake:cancel", "Cancel an import"),
)  # fmt: skip
