"""Beds short and what to do about it, in one answer: capacity, shortfall, need, crisis beds, costs, contracts, actions.

Each part stands in a room of its own (``capacity.py``, ``shortfall.py``, ``fit_of_beds.py``, ``enquiries.py``,
``crisis_beds.py``, ``leaving_care.py``, ``budget.py``, ``block_contract.py``, ``actions.py``); here they meet on the
same futures. A part whose facts were not given is NOT_ASSESSED and says what it needs. ``beds_words.py`` puts the
answer into sentences.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import chain, combinations
from typing import Any

import numpy as np

from matching.contradictions import contradicting_dates
from matching.home import Home
from matching.policy import Policy
from matching.referral import Referral
from reference_data.evidence import evidence
from reference_data.problems import NotEnoughData
from reference_data.vocabulary import (
    AGE_BANDS,
    ContractKind,
    HomeStatus,
    PlacementGroup,
    PlacementType,
    placement_group,
)
from sufficiency.action_values import ActionList
from sufficiency.actions import AIMS, BedAction, Futures, NeedAction, best_combination, ranked_actions
from sufficiency.actions_by_fit import FUTURES_TRIED, fit_of_actions
from sufficiency.beds_words import beds_in_words
from sufficiency.block_contract import BlockTerms, Void, block_beds_curve, year_of_voids
from sufficiency.budget import budget
from sufficiency.capacity import SHARED_VACANCY_SHARE, Capacity, usable_capacity
from sufficiency.capacity_account import LESS_IN_WORDS, Less, reached_by_type
from sufficiency.carers import CarerFlow, in_house_homes, with_carers
from sufficiency.crisis_beds import BreathingSpace, crisis_beds, crisis_demand
from sufficiency.emergency_stay import Stay as EmergencyStay
from sufficiency.enquiries import Enquiry, answers_by_type, needed_and_got, observed_share
from sufficiency.fit_of_beds import beds_short_that_fit, still_there
from sufficiency.forecast import ASSESSED, NOT_ASSESSED, forecast_need, monthly_dates
from sufficiency.leaving_care import filled_after_18, leaving_care
from sufficiency.openings import ON_THE_DAY, Slip, drawn_slips
from sufficiency.prices import growth_of, prices_of
from sufficiency.repair import repaired_history
from sufficiency.returns import Returns
from sufficiency.scenario import UNCHANGED, Scenario, together
from sufficiency.shortfall import SHORTFALL_GROUPS, beds_by_range, needed_beds, shortfall_rows
from sufficiency.stays import FloatArray, IntArray

_NO_ACTIONS = ActionList(actions=(), scenarios={})

TRACK_RECORD_ELSEWHERE = (
    "How far the bands of children can be trusted is told by the track record of the forecast of need; beds short have "
    "none of their own."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BedsQuestion:
    """What is asked, beside the returns and homes.

    Parameters
    ----------
    start, months, runs, seed
        As for ``forecast_need``.
    as_of
        The date on which the homes' facts hold.
    authority
        DfE code of the council; by default the one most in-house homes name.
    stays, stays_from
        Stays in emergency and crisis accommodation, complete from that day to ``as_of``.
    crisis_beds
        Crisis beds there are now.
    breathing_space
        Placements about to break that use a crisis bed.
    referrals
        The waiting list: whom the children who come are like.
    enquiries
        What homes answered.
    actions
        Candidate actions.
    action_budget_pence, yearly_budget_pence
        The most that actions may cost over the time of the forecast, and the money there is for placements in a year.
    slip
        How late planned homes open.
    policy
        The council's policy, for which bed fits whom; the default by default.
    scenario
        A change to what the returns show, for the children of every part but leaving care.
    more_beds
        Beds added by placement group from the first date, near home and for every age the group takes.
    carers
        How our foster carers come and go; by default the households there are stay, and none comes. It bears on beds
        short, and not on which beds fit.
    voids
        Block beds that stood empty; told for the twelve months up to ``as_of``.
    as_far_as_reached
        Whether our own places count only as far as they are lived in or confirmed as free; by default they count whole.
    """

    start: date
    months: int
    as_of: date
    runs: int = 300
    seed: int = 0
    authority: str | None = None
    stays: Sequence[EmergencyStay] = ()
    stays_from: date | None = None
    crisis_beds: int | None = None
    breathing_space: BreathingSpace | None = None
    referrals: Sequence[Referral] = ()
    enquiries: Sequence[Enquiry] = ()
    actions: ActionList = field(default=_NO_ACTIONS)
    action_budget_pence: int | None = None
    yearly_budget_pence: int | None = None
    slip: Slip = ON_THE_DAY
    policy: Policy | None = None
    scenario: Scenario = UNCHANGED
    more_beds: Mapping[str, int] = field(default_factory=dict)
    carers: CarerFlow | None = None
    voids: Sequence[Void] = ()
    as_far_as_reached: bool = False


def plan_beds(
    returns: Returns, homes: Sequence[Home], question: BedsQuestion, *, executor: Executor | None = None
) -> dict[str, Any]:
    """Return how many beds of which kind will be short, when, how sure, at what cost, and what to do first.

    Returns
    -------
    ``answers`` (plain sentences, the first to read), ``capacity``, ``shortfall``, ``fit``, ``needed``, ``crisis``,
    ``leaving``, ``costs``, ``block``, ``actions`` and ``evidence``. Every part from ``fit`` to ``actions`` has a
    ``status``: ASSESSED, or NOT_ASSESSED with a ``reason`` that names what is missing.

    Raises
    ------
    InvalidInput, NotEnoughData
        As ``forecast_need`` does; and for actions that cannot be tried.
    """
    dates = monthly_dates(question.start, question.months)
    base = _counts(returns, question, question.scenario, executor)
    share = observed_share(question.enquiries, homes)
    capacity = usable_capacity(
        homes,
        as_of=question.as_of,
        authority=question.authority,
        shared_share=SHARED_VACANCY_SHARE if share is None else share,
        share_observed=share is not None,
        as_far_as_reached=question.as_far_as_reached,
    )
    capacity = _with_more_beds(capacity, question)
    late = dict(drawn_slips(homes, question.slip, runs=question.runs, seed=question.seed))
    with_flow, carers = capacity, _not_assessed("Say how many people a year enquire about fostering for us.")
    if question.carers is not None:
        with_flow, flow_days, told = with_carers(
            capacity,
            in_house_homes(homes),
            question.carers,
            start=question.start,
            months=question.months,
            runs=question.runs,
            seed=question.seed,
        )
        late |= flow_days
        carers = {"status": ASSESSED, **told}
    answer: dict[str, Any] = {
        "from": question.start.isoformat(),
        "months": question.months,
        "runs": question.runs,
        "authority": capacity.authority,
        "capacity": _capacity(capacity, homes, share),
        "shortfall": list(shortfall_rows(base.counts, dates, with_flow, late=late)),
        "carers": carers,
        "fit": _fit(returns, base.counts, dates, capacity, homes, question),
        "needed": _needed(question.enquiries),
        "crisis": _crisis(question),
        "leaving": _leaving(returns, homes, question),
        "costs": _costs(base.counts, dates, homes, capacity, question),
        "block": _block(base.counts, dates, homes, capacity, question),
        "actions": _actions(returns, homes, base.counts, dates, capacity, question, executor),
    }
    warnings = [one for one in base.warnings if "Assumed, not observed" not in one]
    return {
        "answers": beds_in_words(answer),
        **answer,
        "evidence": evidence(
            inputs=(returns.episodes, returns.people, tuple(homes), question),
            policy_version=None,
            data_date=base.known_to,
            seed=question.seed,
            warnings=[
                *warnings,
                *capacity.warnings,
                *contradicting_dates(question.referrals, question.as_of),
                TRACK_RECORD_ELSEWHERE,
            ],
        ),
    }


def _with_more_beds(capacity: Capacity, question: BedsQuestion) -> Capacity:
    """Return the capacity with the beds of a scenario; nothing else about it changes."""
    added = tuple(
        BedAction(
            name=f"{count} more {group}",
            group=PlacementGroup(group),
            beds=count,
            from_day=question.start,
            ages=("16-17", "16-17") if group == PlacementGroup.SUPPORTED else (AGE_BANDS[0], AGE_BANDS[-1]),
        ).supply()
        for group, count in question.more_beds.items()
        if count
    )
    return replace(capacity, supplies=(*capacity.supplies, *added)) if added else capacity


def _counts(returns: Returns, question: BedsQuestion, scenario: Scenario, executor: Executor | None) -> Any:
    return forecast_need(
        returns,
        start=question.start,
        months=question.months,
        runs=question.runs,
        seed=question.seed,
        scenario=scenario,
        executor=executor,
        track_record=False,
    )


def _capacity(capacity: Capacity, homes: Sequence[Home], share: float | None) -> dict[str, Any]:
    lost: dict[Less, float] = defaultdict(float)
    lost_homes: dict[Less, int] = defaultdict(int)
    for account in capacity.accounts:
        for reason, amount in account.less:
            lost[reason] += amount
            lost_homes[reason] += 1
    return {
        "places": _beds(sum(account.places for account in capacity.accounts)),
        "usable": _beds(sum(account.usable for account in capacity.accounts)),
        "homes": len(homes),
        "less": [
            {
                "reason": str(reason),
                "text": LESS_IN_WORDS[reason],
                "beds": _beds(lost[reason]),
                "homes": lost_homes[reason],
            }
            for reason in sorted(lost, key=lambda one: -lost[one])
        ],
        "shared_share": SHARED_VACANCY_SHARE if share is None else share,
        "shared_share_observed": share is not None,
        "reached": reached_by_type(homes),
        "accounts": [
            {
                "home_id": account.home_id,
                "places": _beds(account.places),
                "less": {str(reason): _beds(amount) for reason, amount in account.less},
                "usable": _beds(account.usable),
            }
            for account in capacity.accounts
        ],
    }


def _fit(
    returns: Returns,
    counts: IntArray,
    dates: tuple[date, ...],
    capacity: Capacity,
    homes: Sequence[Home],
    question: BedsQuestion,
) -> dict[str, Any]:
    if not question.referrals:
        return _not_assessed("Give --referrals: whom the children who come are like.")
    staying = _staying(returns, question, dates)
    found = beds_short_that_fit(
        counts,
        dates,
        capacity,
        homes,
        question.referrals,
        staying,
        as_of=question.as_of,
        policy=question.policy,
        seed=question.seed,
    )
    return {"status": ASSESSED, **found}


def _staying(
    returns: Returns, question: BedsQuestion, dates: Sequence[date]
) -> dict[PlacementGroup, FloatArray]:
    history = repaired_history(returns, known_on=question.start)
    return still_there(history.stays, known_to=history.known_to, months=range(len(dates)))


def _needed(enquiries: Sequence[Enquiry]) -> dict[str, Any]:
    if not enquiries:
        return _not_assessed("Give --enquiries: only searches show what children needed and who refused.")
    return {"status": ASSESSED, **needed_and_got(enquiries), "answers": list(answers_by_type(enquiries))}


def _crisis(question: BedsQuestion) -> dict[str, Any]:
    if question.stays_from is None:
        return _not_assessed(
            "Nobody has said from which day the record of stays is complete: write it among the council's own parts, or "
            "give --stays and --stays-from."
        )
    demand = crisis_demand(question.stays, first=question.stays_from, last=question.as_of)
    try:
        found = crisis_beds(
            demand,
            present_beds=question.crisis_beds,
            breathing_space=question.breathing_space,
            seed=question.seed,
        )
    except NotEnoughData as error:
        return _not_assessed(error.message)
    return {"status": ASSESSED, **found}


def _leaving(returns: Returns, homes: Sequence[Home], question: BedsQuestion) -> dict[str, Any]:
    history = repaired_history(returns, known_on=question.start)
    found = leaving_care(history, returns.episodes, months=question.months, seed=question.seed)
    return {"status": ASSESSED, **found, "filled_after_18": filled_after_18(homes)}


def _costs(
    counts: IntArray,
    dates: Sequence[date],
    homes: Sequence[Home],
    capacity: Capacity,
    question: BedsQuestion,
) -> dict[str, Any]:
    prices = prices_of(homes, capacity.authority)
    if not prices:
        return _not_assessed("No home has a weekly fee, and no costs are published for the council.")
    if len(dates) < 2:
        return _not_assessed("Give at least one month.")
    groups = {detail.group for detail in prices}
    found = budget(
        counts,
        dates,
        prices,
        {group: growth_of(group) for group in groups},
        seed=question.seed,
        yearly_budget_pence=question.yearly_budget_pence,
    )
    return {"status": ASSESSED, **found}


def _block(
    counts: IntArray,
    dates: Sequence[date],
    homes: Sequence[Home],
    capacity: Capacity,
    question: BedsQuestion,
) -> dict[str, Any]:
    """Return the block beds of each kind that cost least, for children our in-house beds have no room for."""
    kinds: list[dict[str, Any]] = []
    for group in SHORTFALL_GROUPS:
        block, spot = _fees(homes, group, block=True), _fees(homes, group, block=False)
        if not block or not spot:
            continue
        terms = BlockTerms(
            block_weekly_pence=round(float(np.mean(block))), spot_weekly_pence=round(float(np.mean(spot)))
        )
        in_house = {home.home_id for home in homes if home.contract is ContractKind.IN_HOUSE}
        ours = [one for one in capacity.supplies if one.group is group]
        need = needed_beds(counts, group).sum(axis=2)
        for d, day in enumerate(dates):
            beds = beds_by_range((one for one in ours if one.home_id in in_house), day)
            need[:, d] = np.maximum(
                need[:, d] - int(sum(float(np.mean(count)) for count in beds.values())), 0
            )
        present = sum(
            one.beds
            for one in ours
            if one.home_id in _block_homes(homes) and one.is_usable_on(question.as_of)
        )
        curve = block_beds_curve(need, terms)
        kinds.append(
            {
                "placement": str(group),
                "present_beds": _beds(present),
                "block_weekly_pence": terms.block_weekly_pence,
                "spot_weekly_pence": terms.spot_weekly_pence,
                **curve,
            }
        )
    if not kinds and not question.voids:
        return _not_assessed(
            "No kind of placement has fees of both block homes and homes bought by the place."
        )
    return {"status": ASSESSED, "kinds": kinds, "voids": year_of_voids(question.voids, question.as_of)}


def _fees(homes: Sequence[Home], group: PlacementGroup, *, block: bool) -> list[int]:
    return [
        home.weekly_fee_pence
        for home in homes
        if isinstance(home.type, PlacementType)
        and placement_group(home.type) is group
        and home.type not in (PlacementType.CONNECTED_FOSTER_CARER, PlacementType.SECURE_CHILDRENS_HOME)
        and home.weekly_fee_pence is not None
        and home.status not in (HomeStatus.CLOSED, HomeStatus.PLANNED)
        and (home.contract is ContractKind.BLOCK if block else home.contract in _BY_THE_PLACE)
    ]


_BY_THE_PLACE = (ContractKind.SPOT, ContractKind.FRAMEWORK)


def _block_homes(homes: Sequence[Home]) -> frozenset[str]:
    return frozenset(home.home_id for home in homes if home.contract is ContractKind.BLOCK)


def _actions(
    returns: Returns,
    homes: Sequence[Home],
    base: IntArray,
    dates: tuple[date, ...],
    capacity: Capacity,
    question: BedsQuestion,
    executor: Executor | None,
) -> dict[str, Any]:
    actions = question.actions.actions
    if not actions:
        return _not_assessed("Give --actions: the candidates to compare.")
    if len(dates) < 2 or capacity.authority is None:
        return _not_assessed("Give at least one month, and --authority.")
    needs: dict[frozenset[str], IntArray] = {frozenset(): base}
    names = [one.name for one in actions if isinstance(one, NeedAction)]
    for chosen in chain.from_iterable(combinations(names, size) for size in range(1, len(names) + 1)):
        scenario = together(
            [question.scenario, *(question.actions.scenarios[name] for name in chosen)], " and ".join(chosen)
        )
        needs[frozenset(chosen)] = _counts(returns, question, scenario, executor).counts
    futures = Futures(
        dates=dates, needs=needs, capacity=capacity, prices=prices_of(homes, capacity.authority)
    )
    if question.referrals:
        fit = fit_of_actions(
            needs,
            dates,
            capacity,
            homes,
            question.referrals,
            _staying(returns, question, dates),
            actions,
            as_of=question.as_of,
            policy=question.policy,
            seed=question.seed,
        )
        futures = replace(futures.part(slice(0, FUTURES_TRIED)), fit=fit)
    return {
        "status": ASSESSED,
        "counted_by": "fit" if question.referrals else "age",
        **ranked_actions(actions, futures),
        "best": [
            best_combination(actions, futures, aim=aim, budget_pence=question.action_budget_pence)
            for aim in AIMS
        ],
    }


def _not_assessed(reason: str) -> dict[str, Any]:
    return {"status": NOT_ASSESSED, "reason": reason}


def _beds(value: float) -> float | int:
    rounded = round(float(value), 2)
    return int(rounded) if rounded.is_integer() else rounded
