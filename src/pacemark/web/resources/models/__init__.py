"""The room's tables, split by noun. Decisions are only ever added to; policies are versions."""

from pacemark.web.resources.models.decisions import Contest, Decision, KeptDesk, Run, WaitingLead
from pacemark.web.resources.models.ledgers import LedgerState, RepAccount, TeamAccount
from pacemark.web.resources.models.policies import Policy, PolicyVersion, Replay, SelfSourcing
from pacemark.web.resources.models.scores import DutyToggle, Score, ScoreCycle, Withholding, WithholdingRule
from pacemark.web.resources.models.skills import RepSkills

__all__ = [
    "Contest",
    "Decision",
    "DutyToggle",
    "KeptDesk",
    "LedgerState",
    "Policy",
    "PolicyVersion",
    "RepAccount",
    "RepSkills",
    "Replay",
    "Run",
    "Score",
    "ScoreCycle",
    "SelfSourcing",
    "TeamAccount",
    "WaitingLead",
    "Withholding",
    "WithholdingRule",
]
