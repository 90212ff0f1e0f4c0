"""The engine's codes in words that people read. The engine gives a code and the field; the words live here.

Pages word codes with ``words_for``; the API and the terminal pass the engine's own English sentence on.
"""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# what any part of the engine says about one input; %(field)s is the input's name
ANY_AREA: dict[str, str | Promise] = {
    "missing_key": gettext_lazy("%(field)s is needed."),
    "unknown_key": gettext_lazy("%(field)s is not known here."),
    "not_an_object": gettext_lazy("%(field)s must be an object of names and values."),
    "not_one_of": gettext_lazy("%(field)s is not one of the words allowed here."),
    "not_a_number": gettext_lazy("%(field)s must be a number, such as 0.35 or 7/20."),
    "number_too_large": gettext_lazy("%(field)s is larger than anything that can be meant."),
    "number_too_precise": gettext_lazy("%(field)s has more decimal places than can be meant."),
    "negative": gettext_lazy("%(field)s must not be negative."),
    "not_positive": gettext_lazy("%(field)s must be above zero."),
    "rate_out_of_range": gettext_lazy("%(field)s is a rate and must lie between 0 and 1."),
    "not_whole": gettext_lazy("%(field)s must be a whole number."),
    "not_a_list": gettext_lazy("%(field)s must be a list."),
    "too_many": gettext_lazy("%(field)s has too many entries."),
    "not_in_role": gettext_lazy("Only a setter's target may be a number of opportunities."),
    "two_targets": gettext_lazy("Give an amount or a number of opportunities as the target, not both."),
}

WORDS: dict[str, str | Promise] = {
    "apportion.bad_total": gettext_lazy("The amount to split must be a whole number that is not negative."),
    "apportion.bad_weights": gettext_lazy("Weights must not be negative, and at least one must be above zero."),
    "calc.duplicate_key": gettext_lazy("%(field)s is given twice."),
    "calc.internal": gettext_lazy("The calculator could not answer this; please report it."),
    "calc.malformed_json": gettext_lazy("The input is not valid JSON."),
    "calc.no_finite_answer": gettext_lazy("The answer is larger than any number that can be used."),
    "calc.not_an_object": gettext_lazy("The input must be one JSON object."),
    "calc.not_utf8": gettext_lazy("The input is not UTF-8 text."),
    "calc.too_deep": gettext_lazy("The input is nested too deeply."),
    "calc.too_long": gettext_lazy("The input is too long."),
    "calc.unknown_method": gettext_lazy("There is no such method."),
    "chance.confidence_out_of_range": gettext_lazy("Confidence must lie between 0 and 1, both left out."),
    "chance.no_rate": gettext_lazy("At a win rate of zero no number of opportunities is enough."),
    "chance.one_of_two": gettext_lazy("Give opportunities or a confidence, one of the two."),
    "chance.out_of_reach": gettext_lazy("At this rate the confidence is out of reach."),
    "process.already_decided": gettext_lazy("Somebody has decided on this already; the first decision holds."),
    "process.decided_by_oneself": gettext_lazy("Somebody else decides what is about you."),
    "process.decision_needs_reason": gettext_lazy("Say why."),
    "process.negative_deals": gettext_lazy("Deals cannot be fewer than none."),
    "process.unknown_decision": gettext_lazy("A decision is explained, confirmed or dismissed."),
    "process.word_is_empty": gettext_lazy("Say what happened."),
    "process.word_of_another": gettext_lazy("Only the person it is about explains it."),
    "process.coaching_due_in_the_past": gettext_lazy("The day it is due must not be over."),
    "process.coaching_excused_by_owner": gettext_lazy("Whoever leads you excuses it, not you."),
    "process.coaching_needs_reason": gettext_lazy("Say why it is excused."),
    "process.coaching_says_nothing": gettext_lazy("Say what will be done."),
    "goals.batch_is_empty": gettext_lazy("No row of this preview can be written."),
    "goals.batch_is_over": gettext_lazy("This is no preview any more; make it again."),
    "goals.nobody_chosen": gettext_lazy("Choose at least one person and one open month."),
    "goals.nothing_to_spread_by": gettext_lazy(
        "Nobody chosen has anything to spread the amount by; spread it in equal parts."
    ),
    "goals.target_stale": gettext_lazy("Somebody has set this target since you looked; this is the new one."),
    "goals.workbook_too_large": gettext_lazy("The workbook is larger than people × months can be."),
    "goals.workbook_unreadable": gettext_lazy("This file cannot be opened as an Excel workbook (XLSX)."),
    "goals.workbook_without_months": gettext_lazy(
        "No sheet has a column of employee numbers or names and a column of a month such as 2024-01."
    ),
    "goals.agreed_needs_reason": gettext_lazy(
        "A plan here is agreed. Say why it is to change; the reason stays with it."
    ),
    "goals.agreement_stale": gettext_lazy(
        "Somebody was quicker. This is how it stands now; what you wrote is still here."
    ),
    "goals.agreement_not_now": gettext_lazy("This cannot be done as things stand now. This is how it stands."),
    "goals.agreement_needs_reason": gettext_lazy("Say why; the other side reads it."),
    "goals.agreement_not_yours": gettext_lazy("Nobody agrees or asks on somebody else's behalf."),
    "goals.agreement_to_oneself": gettext_lazy("Nobody proposes a plan to themselves; whoever leads you does."),
    "goals.agreement_no_plan": gettext_lazy("There is no plan to propose yet; it is made from the records first."),
    "goals.agreement_bad_amount": gettext_lazy("Write the amount as a number that is not negative, for example 30000."),
    "goals.amount_is_zero": gettext_lazy("The amount is zero, so this cannot be worked out."),
    "goals.amount_unknown": gettext_lazy("The amount is not known yet, so this cannot be worked out."),
    "goals.bad_month": gettext_lazy("A month must be 1 to 12."),
    "goals.bad_plan_inputs": gettext_lazy("%(field)s cannot be used for a plan."),
    "goals.bad_record": gettext_lazy("%(field)s is not a record that chances can be stated from."),
    "goals.bad_statements": gettext_lazy("Chances and outcomes must be as many, and chances from 0 to 1."),
    "goals.bad_weekday_history": gettext_lazy("%(field)s is not a history of weekdays."),
    "goals.draft_name_taken": gettext_lazy("A draft of that name is kept already."),
    "goals.too_many_drafts": gettext_lazy("No more than twenty drafts are kept for one person and month."),
    "goals.bad_work_history": gettext_lazy("%(field)s is not a history of work."),
    "goals.step.solved": gettext_lazy("the least work that reaches the chance"),
    "goals.closed_above_amount": gettext_lazy("The closed periods already hold more than the whole amount."),
    "goals.day_out_of_range": gettext_lazy("The completed days cannot be more than the period's days."),
    "goals.length_mismatch": gettext_lazy("%(field)s must have one entry for each period."),
    "goals.month_twice": gettext_lazy("A month stands in the history twice."),
    "goals.no_day_completed": gettext_lazy("No working day is completed yet, so there is no pace to project."),
    "goals.no_days_left": gettext_lazy("No working day is left for what is missing."),
    "goals.no_open_period": gettext_lazy("There is still money to place but no open period to take it."),
    "goals.not_in_role": gettext_lazy("This part of the chain does not belong to the role."),
    "goals.nothing_asked_yet": gettext_lazy("Nothing is asked of this day yet."),
    "goals.out_of_reach": gettext_lazy("No amount of work reaches this confidence inside the period."),
    "goals.rate_is_zero": gettext_lazy("This rate is zero, so no number of attempts would be enough."),
    "goals.rate_near_zero": gettext_lazy("A rate is so close to zero that no number of attempts would be enough."),
    "goals.rate_unknown": gettext_lazy("This rate is not known yet, so this cannot be worked out."),
    "goals.season_history_short": gettext_lazy(
        "Under 24 months of history: one year cannot tell season from growth, so months count alike."
    ),
    "goals.season_no_revenue": gettext_lazy("The history holds no revenue, so months count alike."),
    "goals.weights_all_zero": gettext_lazy("At least one period must have a weight and working days above zero."),
    "goals.month_closed": gettext_lazy("%(field)s is over; the target that stood in it stays."),
    "goals.months_above_quarter": gettext_lazy(
        "Months over and months set by hand hold more than the quarter. Raise the quarter, or let a month go free."
    ),
    "goals.no_open_month": gettext_lazy(
        "No open month is left to take the difference. Let a month go free, or change the quarter itself."
    ),
    "goals.no_next_grade": gettext_lazy("There is no higher grade with a quota."),
    "goals.no_quota": gettext_lazy("The grade has no quota in this quarter. Set one under Settings, Ladder."),
    "goals.not_a_month_start": gettext_lazy("A sales month is named by its first day."),
    "goals.not_a_quarter_start": gettext_lazy("A quarter is named by its first day."),
    "goals.quarter_closed": gettext_lazy("This quarter is over; nothing in it can be changed any more."),
    "goals.ramp_out_of_range": gettext_lazy("A share of the quota lies between 0 and 100 percent."),
    "goals.ramp_too_long": gettext_lazy("A ramp ends within two years."),
    "goals.season_all_zero": gettext_lazy("At least one month of each quarter must weigh more than zero."),
    "goals.season_negative": gettext_lazy("Every month needs a weight, and none may be negative."),
    "goals.tier_label_twice": gettext_lazy("Two tiers must not have the same name."),
    "goals.tier_not_positive": gettext_lazy("A tier's amount must be above zero."),
    "goals.tier_same_day": gettext_lazy(
        "The grade has amounts from this day already, and two cannot hold at once. Choose another day."
    ),
    "goals.tiers_must_rise": gettext_lazy("Tiers must rise from the first to the last."),
    "goals.split_no_amount": gettext_lazy("Nothing is asked of this unit yet. Set its amount first."),
    "goals.split_year_to_people": gettext_lazy(
        "People have months and quarters. Split the year over its quarters first."
    ),
    "goals.split_no_weights": gettext_lazy(
        "There is nothing to split by: nobody has an amount above zero. Choose another rule."
    ),
    "goals.split_stale": gettext_lazy("What this was split by has changed since the preview. Look at the new preview."),
    "goals.unit_span_unknown": gettext_lazy("A unit's amount belongs to a month, a quarter or a year."),
    "notifications.address_needed": gettext_lazy("Paste the address: a new channel, or another kind, needs its own."),
    "notifications.always_quiet": gettext_lazy("Quiet hours must not last the whole day."),
    "notifications.bad_email": gettext_lazy("Write one e-mail address."),
    "notifications.bad_mail_server": gettext_lazy("The mail server’s address in PACEMARK_SMTP cannot be read."),
    "notifications.bad_secret": gettext_lazy("The secret holds letters and digits alone, at least eight."),
    "notifications.bad_webhook": gettext_lazy("Paste the webhook address that the robot’s page shows."),
    "notifications.broke_down": gettext_lazy("Sending broke down here; the server’s log says why."),
    "notifications.digest_on_half_hour": gettext_lazy(
        "Choose a minute beside the full and the half hour: that is when all robots talk."
    ),
    "notifications.foreign_host": gettext_lazy("This address does not belong to the vendor chosen."),
    "notifications.half_quiet": gettext_lazy("Quiet hours need a beginning and an end."),
    "notifications.line_broke": gettext_lazy("The connection broke before an answer came."),
    "notifications.mail_not_taken": gettext_lazy("The mail server did not take it."),
    "notifications.name_taken": gettext_lazy("Another channel has this name already."),
    "notifications.no_answer": gettext_lazy("It was handed over, but no answer came."),
    "notifications.no_mail_server": gettext_lazy("No mail server is set; PACEMARK_SMTP names it."),
    "notifications.not_begun": gettext_lazy("It was not sent."),
    "notifications.not_reached": gettext_lazy("The vendor could not be reached."),
    "notifications.not_stuck": gettext_lazy("This message has been settled meanwhile."),
    "notifications.taken_back": gettext_lazy("It was taken back before it left."),
    "notifications.too_old": gettext_lazy("It waited for two days and is not news any more."),
    "notifications.unreadable_answer": gettext_lazy(
        "The answer cannot be read; something else stands at this address."
    ),
    "notifications.worker_ended": gettext_lazy("The worker ended before it was sent."),
    "organization.grade_name_taken": gettext_lazy("Another grade has this name already."),
    "organization.quota_has_held": gettext_lazy("This quota has held already; it stays on record."),
    "organization.quota_not_positive": gettext_lazy("A quota must be above zero."),
    "organization.quota_same_day": gettext_lazy(
        "The grade has a quota from this day already, and two cannot hold at once. Choose another day."
    ),
    "lags.bad_curve": gettext_lazy("A lag curve needs a median and a spread above zero."),
    "multiplicity.bad_p": gettext_lazy("A probability must lie between 0 and 1."),
    "padding.bad_id": gettext_lazy("%(field)s must be text or a whole number."),
    "padding.length_mismatch": gettext_lazy("%(field)s must have one entry for each talk."),
    "padding.negative_seconds": gettext_lazy("A talk cannot last less than no time."),
    "padding.threshold_too_low": gettext_lazy("This check needs a deep-talk threshold of at least 60 seconds."),
    "periods.bad_label": gettext_lazy("A month is written 2024-01, a quarter 2024-Q1."),
    "periods.bad_pattern": gettext_lazy("A working pattern needs at least one week of weekdays."),
    "periods.bad_profile": gettext_lazy("A weekday profile has seven weights, none of them negative."),
    "periods.bad_start_day": gettext_lazy("A sales month starts on a day from 1 to 31."),
    "periods.bad_weights": gettext_lazy("Weights must not be negative, and at least one must be above zero."),
    "periods.negative_total": gettext_lazy("A number to spread over days must not be negative."),
    "process.bad_causes": gettext_lazy("Targets, results and factors of the chain do not fit together."),
    "process.bad_key": gettext_lazy("%(field)s must be text or a whole number, the same kind in every row."),
    "process.bad_panel": gettext_lazy("Every metric needs a value for each person and week."),
    "process.bad_tolerance": gettext_lazy("Closing in bulk takes at least two actions."),
    "process.more_than_due": gettext_lazy("More was done, excused or missed than was due."),
    "process.negative_count": gettext_lazy("Counts must be finite and not negative."),
    "process.no_data": gettext_lazy("At least one person must have a trial."),
    "process.row_twice": gettext_lazy("A person has two rows for one week."),
    "process.unknown_metric": gettext_lazy("%(field)s is not one of the panel’s metrics."),
    "process.won_above_tried": gettext_lazy("No stage can have more than the stage before it."),
    "process.bad_pairs": gettext_lazy("Before and after need one pair of numbers for each person."),
    "rates.bad_counts": gettext_lazy("Successes and trials must be counts that are not negative, one pair a person."),
    "rates.bad_half_life": gettext_lazy("The half-life must be above zero days."),
    "rates.bad_prior": gettext_lazy("Peers' rate must lie between 0 and 1, and its strength above zero."),
    "rates.bad_share": gettext_lazy("A share must be above zero and at most 1."),
    "rates.no_data": gettext_lazy("Nobody has a trial yet; start from typed-in rates."),
    "rates.trial_in_the_future": gettext_lazy("A trial must not lie after the day of the count."),
    "rates.won_above_tried": gettext_lazy("Nobody can have won more often than tried."),
    "resources.days_out_of_range": gettext_lazy("%(field)s must lie between 0 and ten years of days."),
    "resources.maximum_below_default": gettext_lazy("The longest protection must not be shorter than the first."),
    "holding.do_not_contact": gettext_lazy("This customer is not to be contacted."),
    "holding.other_pool": gettext_lazy("This lead lies in another team's pool."),
    "holding.view_limit": gettext_lazy("You have looked at as many pool leads today as the day allows."),
    "resources.already_theirs": gettext_lazy("This rep holds the lead already."),
    "resources.bad_tags": gettext_lazy("No more than a hundred skills, each of no more than a hundred characters."),
    "resources.bad_moment": gettext_lazy("%(field)s must be a moment such as 2026-03-15T09:30:00+08:00."),
    "resources.bad_phone": gettext_lazy("The telephone number cannot be read."),
    "resources.bad_row": gettext_lazy("This row could not be read."),
    "resources.bad_rows": gettext_lazy("Send a list of 1 to 5,000 leads."),
    "resources.bad_text": gettext_lazy("%(field)s must be a short text."),
    "resources.key_reused": gettext_lazy("This key was used before with other content; take a new key."),
    "resources.missing_field": gettext_lazy("%(field)s is needed."),
    "resources.contest_decided": gettext_lazy("Somebody has decided this already."),
    "resources.contest_open": gettext_lazy("This lead is disputed already; whoever leads both decides."),
    "resources.no_contest": gettext_lazy("There is no such dispute among the people you lead."),
    "resources.not_eligible": gettext_lazy(
        "This rep cannot be given the lead now; give a reason to do it nevertheless."
    ),
    "resources.not_held": gettext_lazy("Nobody holds this lead, so there is nobody to dispute it with."),
    "resources.reason_needed": gettext_lazy("Say why, in a few words."),
    "resources.unknown_lead": gettext_lazy("There is no such lead."),
    "resources.unknown_unit": gettext_lazy("There is no such rep or team."),
    "holding.claim_limit": gettext_lazy("You have claimed as many leads today as the day allows."),
    "holding.cooldown": gettext_lazy("You let this lead go a short while ago; wait until its rest is over."),
    "holding.held": gettext_lazy("Somebody holds this lead already."),
    "holding.lock_limit": gettext_lazy("You have locked as many leads as allowed; unlock one first."),
    "holding.not_in_pool": gettext_lazy("Somebody else was quicker: the lead is not in the pool any more."),
    "holding.not_yours": gettext_lazy("You do not hold this lead."),
    "resources.bad_window": gettext_lazy("Give a window of at most 400 days, the first day first."),
    "resources.bad_withholding": gettext_lazy("Percentages end at 100, and a withholding lasts a day or more."),
    "resources.cannot_appeal": gettext_lazy("You can appeal your own withholding once, in your words."),
    "resources.no_appeal": gettext_lazy("There is no appeal to answer."),
    "resources.not_a_draft": gettext_lazy("Only a draft can be edited; start a new one."),
    "resources.not_replayed": gettext_lazy("Replay a draft before it becomes active."),
    "resources.withholding_moved": gettext_lazy("Somebody has decided this already."),
    "resources.bad_ledger": gettext_lazy("%(field)s is not an exact amount of the ledger."),
    "resources.bad_match": gettext_lazy("The values and counts for matching do not fit together."),
    "resources.bad_name": gettext_lazy("%(field)s must be a name of 1 to 200 characters."),
    "resources.bad_scores": gettext_lazy("%(field)s cannot be used for a score."),
    "resources.ceiling_below_floor": gettext_lazy("The ceiling must not be below the floor."),
    "resources.duplicate_lead": gettext_lazy("A lead is listed twice."),
    "resources.duplicate_rep": gettext_lazy("A rep is listed twice."),
    "resources.duplicate_team": gettext_lazy("A team is listed twice."),
    "resources.expected_leads_needed": gettext_lazy(
        "A floor or a ceiling over a longer window needs the number of leads expected in it."
    ),
    "resources.floor_above_leads": gettext_lazy(
        "The floor times the heads is more than the leads. Lower the floor or expect more leads."
    ),
    "resources.no_reps": gettext_lazy("There is nobody to give leads to."),
    "resources.no_solver": gettext_lazy("Matching by value is not installed on this server. Choose another order."),
    "resources.not_true_or_false": gettext_lazy("%(field)s must be true or false."),
    "resources.parts_not_one": gettext_lazy("The base part and the reward part must add up to the whole."),
    "resources.too_many_to_match": gettext_lazy("There are too many leads to match by value. Choose another order."),
    "resources.unknown_grade": gettext_lazy("A lead has a grade that the policy does not know."),
    "resources.unknown_team": gettext_lazy("A rep belongs to a team that is not among the teams given."),
    "resources.weights_all_zero": gettext_lazy("At least one team with reps needs a multiplier above zero."),
    "resources.weights_not_hundred": gettext_lazy("The weights of a score must add up to 100."),
    "results.aim_is_no_tier": gettext_lazy("The aim must be one of the tiers."),
    "results.amount_is_zero": gettext_lazy("The amount is zero, so this cannot be worked out."),
    "results.bad_remaining": gettext_lazy("What is still to come must be finite, not negative, and its band in order."),
    "results.bad_trial": gettext_lazy("The counts of a trial do not belong together."),
    "results.card_not_true": gettext_lazy("The records no longer bear this card out."),
    "results.consent_missing": gettext_lazy("This person has not allowed their name on cards."),
    "results.consent_not_yours": gettext_lazy("Only the person themselves allows their name."),
    "results.no_chinese_font": gettext_lazy(
        "No font with Chinese characters is installed here, so that no picture can be drawn. "
        "Installing fonts-noto-cjk or fonts-wqy-microhei mends it."
    ),
    "results.confidence_out_of_range": gettext_lazy("Confidence must lie between 0 and 1, both left out."),
    "results.credit_not_whole": gettext_lazy("The shares of a deal's credit must add up to the whole deal."),
    "results.credited_twice": gettext_lazy("One person stands in the deal's credit twice."),
    "results.credit_too_fine": gettext_lazy("A part has at most two decimal places."),
    "results.day_out_of_range": gettext_lazy("The completed days cannot be more than the period's days."),
    "results.no_candidates": gettext_lazy("Say among how many people and practices this one stood out; at least one."),
    "results.no_days_left": gettext_lazy("No working day is left for what is missing."),
    "results.no_rate": gettext_lazy("At a win rate of zero no number of opportunities is enough."),
    "results.no_tiers": gettext_lazy("A ladder needs at least one tier."),
    "results.no_trials": gettext_lazy("Both sides need at least one trial."),
    "results.offer_needs_answer": gettext_lazy("An offer is accepted or declined."),
    "results.offer_not_yours": gettext_lazy("Nobody takes or leaves an offer on somebody else's behalf."),
    "results.offer_over": gettext_lazy("The quarter of this offer is over."),
    "results.one_of_two": gettext_lazy("Give two sides, or two sides per kind of lead, one of the two."),
    "results.out_of_reach": gettext_lazy("At this rate the confidence is out of reach."),
    "results.past_last_tier": gettext_lazy("Every tier has been reached."),
    "results.rate_is_zero": gettext_lazy("This rate is zero, so no number of attempts would be enough."),
    "results.refund_above_deal": gettext_lazy("More was given back than the deal brought."),
    "results.review_action_open": gettext_lazy("An action is done or dropped."),
    "results.review_due_too_early": gettext_lazy("An action is due after the days that the review is about."),
    "results.review_frozen": gettext_lazy("This review was agreed and stays as it is."),
    "results.review_full": gettext_lazy("A review decides at most thirty actions."),
    "results.review_no_metric": gettext_lazy("Actions are not measured by this."),
    "results.review_no_section": gettext_lazy("A review has no such section."),
    "results.review_not_agreed": gettext_lazy("A review is agreed before it is archived."),
    "results.review_not_yours": gettext_lazy("Somebody else answers for this."),
    "results.review_owner_outside": gettext_lazy("Only somebody of this unit can own the action."),
    "results.review_says_nothing": gettext_lazy("Say what it is about."),
    "results.review_too_early": gettext_lazy("Nothing is known yet of these days."),
    "results.stays_overlap": gettext_lazy("One person cannot be in two teams or grades on one day."),
    "results.tiers_not_rising": gettext_lazy("Tiers must rise from the first to the last."),
    "results.too_many_sharers": gettext_lazy("A deal is shared by at most twenty people."),
    "results.unknown_rep": gettext_lazy("One of the people is not known here."),
    "results.won_above_tried": gettext_lazy("Nobody can have won more often than tried."),
    "values.bad_kept_share": gettext_lazy("The share of deals that are kept must be above zero and at most 1."),
    "values.no_data": gettext_lazy("No deal has an amount yet; start from a typed-in deal value."),
}


def is_worded(code: str) -> bool:
    """Return whether a code has words of its own, or words that hold in any area."""
    return code in WORDS or code.rpartition(".")[2] in ANY_AREA


def words_for(code: str, field: str | None = None) -> str:
    """Return the sentence for a code in the language in use; an unknown code is shown, never hidden."""
    words = WORDS.get(code) or ANY_AREA.get(code.rpartition(".")[2])
    if words is None:
        return _("Something here cannot be worked out (%(code)s).") % {"code": code}
    return str(words) % {"field": field or _("The value")}
