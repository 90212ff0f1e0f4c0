"""The room's tables, split by noun. Versions follow each other; nothing agreed is overwritten."""

from pacemark.web.goals.models.agreements import Agreement, AgreementStep, AgreementVersion
from pacemark.web.goals.models.ladder import GradeTier, Intention, RampMonth, TierLabel
from pacemark.web.goals.models.plans import PlanBasis, PlanDraft, Replan, RepPlan
from pacemark.web.goals.models.targets import QuarterTarget, SeasonSet, Target, TargetBatch, UnitTarget

__all__ = [
    "Agreement",
    "AgreementStep",
    "AgreementVersion",
    "GradeTier",
    "Intention",
    "PlanBasis",
    "PlanDraft",
    "QuarterTarget",
    "RampMonth",
    "RepPlan",
    "Replan",
    "SeasonSet",
    "Target",
    "TargetBatch",
    "TierLabel",
    "UnitTarget",
]
