"""Write a history down as a council would: the annual SSDA903 returns, each in the layout and codes of its year.

A return tells what was open at some time between 1 April and 31 March. What is still open on 31 March has no end there,
and stands first in the next return with the same start. The tables beside the episodes are in ``return_tables.py`` and
``return_outcomes.py``.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from reference_data.synthetic.history import Child, History, LegalStatus, PeriodOfCare, Placement, Whereabouts
from reference_data.synthetic.return_outcomes import leavers_rows, outcome_rows
from reference_data.synthetic.return_tables import (
    adoption_rows,
    decision_rows,
    missing_rows,
    previous_permanence_rows,
    review_rows,
    social_worker_rows,
)
from reference_data.synthetic.return_years import (
    independent_living,
    place_of_year,
    reason_ended_of_year,
    reason_for_change_of_year,
    sex_of_year,
    shown,
    urn_is_given,
)

HEADER_COLUMNS = ("CHILD", "SEX", "DOB", "ETHNIC", "UPN", "MOTHER", "MC_DOB")
EPISODE_COLUMNS = (
    "CHILD",
    "DECOM",
    "RNE",
    "LS",
    "CIN",
    "PLACE",
    "PLACE_PROVIDER",
    "DEC",
    "REC",
    "REASON_PLACE_CHANGE",
    "HOME_POST",
    "PL_POST",
    "URN",
)
FIRST_YEAR = 2017
FIRST_YEAR_OF_SOCIAL_WORKERS = 2024
LAST_YEAR_OF_P2 = 2024
FIRST_YEAR_OF_DEPRIVATION_OF_LIBERTY = 2027
README = (
    "Every record in these returns is invented. No child, home or event is real; child ids begin with DEMO-.\n"
    "Postcodes exist, but nobody's home is meant. Pupil numbers are not invented: UN1 to UN5 stand in their place.\n"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """A time in which legal status and placement stayed the same.

    Parameters
    ----------
    started_on, ended_on
        First day, and the day the next episode starts or care ends.
    first
        Care starts with it.
    new_status, new_placement, same_carer
        What changed when it began.
    status, placement
        Legal status and placement.
    changes_placement
        The placement changes when it ends.
    reason_ended
        ``X1`` where another follows, otherwise why care ended; empty while it goes on.
    """

    started_on: date
    ended_on: date | None
    first: bool
    new_status: bool
    new_placement: bool
    same_carer: bool
    status: str
    placement: Placement
    changes_placement: bool
    reason_ended: str

    @property
    def reason_started(self) -> str:
        """Return the RNE code."""
        if self.first:
            return "S"
        if not self.new_placement:
            return "L"
        if self.new_status:
            return "U" if self.same_carer else "B"
        return "T" if self.same_carer else "P"


@dataclass(frozen=True, slots=True, kw_only=True)
class Career:
    """Everything on record of one child.

    Parameters
    ----------
    child
        Who.
    periods, statuses, placements, episodes
        In order of date.
    """

    child: Child
    periods: tuple[PeriodOfCare, ...]
    statuses: tuple[LegalStatus, ...]
    placements: tuple[Placement, ...]
    episodes: tuple[Episode, ...]


def careers_of(history: History) -> list[Career]:
    """Return every child with its records and episodes, in the order of the children."""
    periods: dict[str, list[PeriodOfCare]] = {}
    statuses: dict[str, list[LegalStatus]] = {}
    placements: dict[str, list[Placement]] = {}
    for period in history.periods:
        periods.setdefault(period.child_id, []).append(period)
    for status in history.statuses:
        statuses.setdefault(status.child_id, []).append(status)
    for placement in history.placements:
        placements.setdefault(placement.child_id, []).append(placement)
    found = []
    for child in history.children:
        own = (periods[child.child_id], statuses[child.child_id], placements[child.child_id])
        found.append(
            Career(
                child=child,
                periods=tuple(own[0]),
                statuses=tuple(own[1]),
                placements=tuple(own[2]),
                episodes=tuple(_episodes(*own)),
            )
        )
    return found


def _episodes(
    periods: list[PeriodOfCare], statuses: list[LegalStatus], placements: list[Placement]
) -> Iterable[Episode]:
    status_at = placement_at = 0
    for period in periods:
        start, first = period.started_on, True
        new_status = new_placement = True
        while True:
            status, placement = statuses[status_at], placements[placement_at]
            status_ends = status.ended_on or date.max
            placement_ends = placement.ended_on or date.max
            end = min(status_ends, placement_ends)
            care_ends = end >= (period.ended_on or date.max)
            yield Episode(
                started_on=start,
                ended_on=None if end == date.max else end,
                first=first,
                new_status=new_status,
                new_placement=new_placement,
                same_carer=placement.same_carer,
                status=status.status,
                placement=placement,
                changes_placement=placement_ends == end and not care_ends,
                reason_ended="" if end == date.max else period.reason_ended if care_ends else "X1",
            )
            new_status, new_placement = status_ends == end, placement_ends == end
            status_at += new_status
            placement_at += new_placement
            if care_ends:
                break
            start, first = end, False


def write_returns(
    history: History,
    whereabouts: Mapping[tuple[str, int], Whereabouts] | None = None,
    years: Iterable[int] = range(FIRST_YEAR, 2027),
) -> dict[str, str]:
    """Return the CSV text of every table of every year's return, by file name.

    Names are ``2024-episodes.csv`` and so on, the year being that of the 31 March that closes the return. A return
    whose year is not over on the history's last day is as it would be if drawn that day.

    Parameters
    ----------
    history
        One authority's children.
    whereabouts
        Where each placement was, by authority and placement. Without it postcodes and numbers of homes are empty.
    years
        Years in which the returns close, from 2017.
    """
    careers = careers_of(history)
    houses = whereabouts or {}
    files: dict[str, str] = {}
    for year in years:
        first, last = date(year - 1, 4, 1), min(date(year, 3, 31), history.until)
        if first > history.until:
            break
        for table, (columns, rows) in _tables(history, careers, houses, year, first, last).items():
            files[f"{year}-{table}.csv"] = csv_text(columns, rows)
    files["README.txt"] = README
    return files


Row = tuple[str, ...]
Table = tuple[Sequence[str], list[Row]]


def _tables(
    history: History,
    careers: list[Career],
    houses: Mapping[tuple[str, int], Whereabouts],
    year: int,
    first: date,
    last: date,
) -> dict[str, Table]:
    headers: list[Row] = []
    episodes: list[Row] = []
    alone: list[Row] = []
    reviews: list[Row] = []
    outcomes: list[Row] = []
    adoptions: list[Row] = []
    decisions: list[Row] = []
    permanence: list[Row] = []
    missing: list[Row] = []
    workers: list[Row] = []
    leavers: list[Row] = []
    for career in careers:
        child = career.child
        leavers += leavers_rows(child, career.periods, career.episodes, year, first, last)
        open_then = [
            episode
            for episode in career.episodes
            if episode.started_on <= last and (episode.ended_on is None or episode.ended_on >= first)
        ]
        if not open_then:
            continue
        headers.append(_header_row(child, year, last))
        independent = independent_living(career.placements) if year <= LAST_YEAR_OF_P2 else frozenset()
        episodes += [
            _episode_row(history, child, episode, houses, year, last, independent) for episode in open_then
        ]
        if child.uasc:
            ends = date(
                child.date_of_birth.year + 18, child.date_of_birth.month, min(child.date_of_birth.day, 28)
            )
            alone.append(
                (child.child_id, sex_of_year(child.sex, year), shown(child.date_of_birth), shown(ends))
            )
        if any(episode.status in ("V3", "V4") for episode in open_then):
            continue
        reviews += review_rows(child, career.periods, first, last)
        outcomes += outcome_rows(child, career.periods, last)
        adoptions += adoption_rows(child, career.periods, career.placements, first, last)
        decisions += decision_rows(child, career.periods, career.statuses, first, last)
        permanence += previous_permanence_rows(child, career.periods, first, last)
        missing += missing_rows(child, career.episodes, first, last)
        if year >= FIRST_YEAR_OF_SOCIAL_WORKERS:
            workers += social_worker_rows(child, career.periods, first, last)
    tables: dict[str, Table] = {
        "header": (HEADER_COLUMNS, headers),
        "episodes": (EPISODE_COLUMNS, episodes),
        "reviews": (("CHILD", "DOB", "REVIEW", "REVIEW_CODE"), reviews),
        "uasc": (("CHILD", "SEX", "DOB", "DUC"), alone),
        "oc2": (
            (
                "CHILD",
                "DOB",
                "SDQ_SCORE",
                "SDQ_REASON",
                "CONVICTED",
                "HEALTH_CHECK",
                "IMMUNISATIONS",
                "TEETH_CHECK",
                "HEALTH_ASSESSMENT",
                "SUBSTANCE_MISUSE",
                "INTERVENTION_RECEIVED",
                "INTERVENTION_OFFERED",
            ),
            outcomes,
        ),
        "oc3": (("CHILD", "DOB", "IN_TOUCH", "ACTIV", "ACCOM"), leavers),
        "ad1": (
            ("CHILD", "DOB", "DATE_INT", "DATE_MATCH", "FOSTER_CARE", "NB_ADOPTR", "SEX_ADOPTR", "LS_ADOPTR"),
            adoptions,
        ),
        "placed_for_adoption": (
            ("CHILD", "DOB", "DATE_PLACED", "DATE_PLACED_CEASED", "REASON_PLACED_CEASED"),
            decisions,
        ),
        "previous_permanence": (("CHILD", "DOB", "PREV_PERM", "LA_PERM", "DATE_PERM"), permanence),
        "missing": (("CHILD", "DOB", "MISSING", "MIS_START", "MIS_END"), missing),
    }
    if year >= FIRST_YEAR_OF_SOCIAL_WORKERS:
        tables["sw_episodes"] = (("CHILD", "DOB", "SW_ID", "SW_DECOM", "SW_DEC", "SW_REASON"), workers)
    if year >= FIRST_YEAR_OF_DEPRIVATION_OF_LIBERTY:
        tables["dolo"] = (("CHILD", "DOB", "DOLO_START", "DOLO_END"), [])
    return tables


def _header_row(child: Child, year: int, last: date) -> tuple[str, ...]:
    age_days = (last - child.date_of_birth).days
    return (
        child.child_id,
        sex_of_year(child.sex, year),
        shown(child.date_of_birth),
        child.ethnicity,
        "UN1" if age_days < 4 * 365 else "UN5",
        "0" if child.sex == "F" else "",
        "",
    )


def _episode_row(
    history: History,
    child: Child,
    episode: Episode,
    houses: Mapping[tuple[str, int], Whereabouts],
    year: int,
    last: date,
    independent: frozenset[int],
) -> tuple[str, ...]:
    placement = episode.placement
    ended = episode.ended_on if episode.ended_on is not None and episode.ended_on <= last else None
    place = place_of_year(placement, year, independent=placement.placement_id in independent)
    house = houses.get((history.authority, placement.placement_id))
    reason = ""
    if ended is not None and episode.changes_placement:
        reason = reason_for_change_of_year(placement.reason_ended, year)
    with_urn = house is not None and urn_is_given(place, house.authority, ended or last, year)
    return (
        child.child_id,
        shown(episode.started_on),
        episode.reason_started,
        episode.status,
        child.category_of_need,
        place,
        placement.provider,
        shown(ended),
        reason_ended_of_year(episode.reason_ended, ended) if ended is not None else "",
        reason,
        child.home_postcode,
        house.postcode if house is not None else "",
        house.urn if house is not None and with_urn else "",
    )


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return CSV text with a header line, as a council's system writes it."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue()
