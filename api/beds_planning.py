"""What ``righthome beds`` is asked, from the files a caller names: every problem of every file is listed together."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from matching.home import Home
from matching.policy import Policy
from reference_data.problems import ImportIssue, ImportRejected
from reference_data.vocabulary import HomeStatus, PlacementType

if TYPE_CHECKING:
    from sufficiency.crisis_beds import BreathingSpace


def beds_answer(
    *,
    returns: Path,
    homes: Path,
    stays: Path | None,
    stays_from: date | None,
    referrals: Path | None,
    enquiries: Path | None,
    actions: Path | None,
    voids: Path | None,
    contracts: Path | None,
    start: date | None,
    months: int,
    runs: int,
    seed: int,
    authority: str | None,
    as_of: date,
    action_budget_pence: int | None,
    yearly_budget_pence: int | None,
    late_openings: bool,
    carer_enquiries: float | None,
    carer_loss: float | None,
    constellations: int,
    kept_by_constellation: float,
    as_far_as_reached: bool,
    breathing_space: BreathingSpace | None,
    policy: Policy,
) -> dict[str, Any]:
    """Return the answer of ``sufficiency.plan_beds``, with what the readers noticed among its warnings.

    Raises
    ------
    ImportRejected
        If any file cannot be used; the problems of every file are listed together.
    """
    from matching.files import read_homes, read_referrals
    from sufficiency.beds_plan import BedsQuestion, plan_beds
    from sufficiency.carers import LOSS_A_YEAR, CarerFlow
    from sufficiency.enquiries import read_enquiries
    from sufficiency.files import read_actions, read_returns
    from sufficiency.openings import LIKELY_SLIP, ON_THE_DAY
    from sufficiency.stay_files import read_stays
    from sufficiency.void_records import read_voids

    issues: list[ImportIssue] = []
    warnings: list[str] = []

    def records(reader: Callable[[Path], Any], path: Path | None) -> Any:
        if path is None:
            return ()
        found = _read(reader, path, issues)
        if found is None:
            return ()
        warnings.extend(f"{one.file}: {one.column or 'file'}: {one.what_to_do}" for one in found[1])
        return found[0]

    given_homes = records(read_homes, homes)
    given_stays = records(read_stays, stays)
    given_referrals = records(read_referrals, referrals)
    given_enquiries = records(read_enquiries, enquiries)
    given_voids = records(lambda path: read_voids(path, contracts, given_homes), voids)
    given_returns = _read(read_returns, returns, issues)
    given_actions = None if actions is None else _read(read_actions, actions, issues)
    if issues:
        raise ImportRejected(issues)
    more: dict[str, Any] = {} if given_actions is None else {"actions": given_actions}
    if carer_enquiries is not None:
        more["carers"] = CarerFlow(
            enquiries_a_year=carer_enquiries,
            loss_a_year=LOSS_A_YEAR if carer_loss is None else carer_loss / 100,
            constellations=constellations,
            kept_by_constellation=kept_by_constellation / 100,
        )
    answer = plan_beds(
        given_returns,
        given_homes,
        BedsQuestion(
            start=start or given_returns.last_day + timedelta(days=1),
            months=months,
            as_of=as_of,
            runs=runs,
            seed=seed,
            authority=authority,
            stays=given_stays,
            stays_from=stays_from if stays is not None else None,
            crisis_beds=crisis_places(given_homes),
            referrals=given_referrals,
            enquiries=given_enquiries,
            policy=policy,
            action_budget_pence=action_budget_pence,
            yearly_budget_pence=yearly_budget_pence,
            slip=LIKELY_SLIP if late_openings else ON_THE_DAY,
            voids=given_voids,
            as_far_as_reached=as_far_as_reached,
            breathing_space=breathing_space,
            **more,
        ),
    )
    answer["evidence"]["warnings"] += warnings
    return answer


def partnership_answer(
    *, returns: Path, homes: Path, start: date | None, months: int, runs: int, seed: int, as_of: date
) -> dict[str, Any]:
    """Return the answer of ``sufficiency.plan_partnership``, with what the readers noticed among its warnings.

    Raises
    ------
    ImportRejected
        If any file cannot be used; the problems of every file are listed together.
    """
    from matching.files import read_homes
    from sufficiency.files import read_returns
    from sufficiency.partnership_plan import PartnershipQuestion, plan_partnership

    issues: list[ImportIssue] = []
    found_homes = _read(read_homes, homes, issues)
    found_returns = _read(read_returns, returns, issues)
    if issues:
        raise ImportRejected(issues)
    answer = plan_partnership(
        found_returns,
        found_homes[0],
        PartnershipQuestion(
            start=start or found_returns.last_day + timedelta(days=1),
            months=months,
            as_of=as_of,
            runs=runs,
            seed=seed,
        ),
    )
    answer["evidence"]["warnings"] += [
        f"{one.file}: {one.column or 'file'}: {one.what_to_do}" for one in found_homes[1]
    ]
    return answer


def _read(reader: Callable[[Path], Any], path: Path, issues: list[ImportIssue]) -> Any:
    try:
        return reader(path)
    except ImportRejected as rejected:
        issues.extend(rejected.issues)
        return None


def crisis_places(homes: tuple[Home, ...]) -> int | None:
    """Return the places of open crisis accommodation, or ``None`` where the list holds none."""
    places = [
        home.places or 0
        for home in homes
        if home.type is PlacementType.CRISIS_ACCOMMODATION
        and home.status in (None, HomeStatus.OPEN)
        and home.registered is not False
    ]
    return sum(places) if places else None
