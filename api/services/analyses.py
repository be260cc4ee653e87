"""What a commissioner has worked out: beds short, indicators and the annual report, made in the background and kept.

Asking writes a row, and the job that makes the analysis (``api/services/jobs.py``); pages read how far it is. What each
kind is made from is in ``analysis_inputs.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import TYPE_CHECKING, Any

from api.database.stored import digest
from reference_data.evidence import PRODUCT_VERSION
from reference_data.problems import InvalidInput, NotEnoughData, RighthomeError

if TYPE_CHECKING:
    from api.database.analysis_records import Analysis
    from api.database.engine import Database
    from api.database.records import Records
    from matching.policy import Policy

KINDS = ("beds", "indicators", "report")
ANSWERS = 2
"""Counted up when a method changes within a version of the product, so that no older answer is shown as new."""
MOST_MONTHS = 60
LEAST_PERCENT, MOST_PERCENT = -90, 200
LONGEST_NAME = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class BedsSettings:
    """What beds short are asked for.

    Parameters
    ----------
    months
        How far ahead.
    late_openings
        Whether planned homes open late, or never, as often they do.
    starts_percent, leaving_percent
        A scenario: so many in 100 more children starting, or leaving care at each age.
    more_fostering, more_residential, more_supported
        A scenario: so many more beds of a kind from the first day.
    carer_enquiries
        A scenario: so many people a year enquire about fostering, and households stop as they do in England; 0 lets the
        households there are stay, and none come.
    """

    months: int = 24
    late_openings: bool = False
    starts_percent: int = 0
    leaving_percent: int = 0
    more_fostering: int = 0
    more_residential: int = 0
    more_supported: int = 0
    carer_enquiries: int = 0
    runs: int = 300
    seed: int = 0

    def __post_init__(self) -> None:
        if not 1 <= self.months <= MOST_MONTHS:
            raise InvalidInput("analysis_months", f"Ask for 1 to {MOST_MONTHS} months.")
        if any(
            not LEAST_PERCENT <= one <= MOST_PERCENT for one in (self.starts_percent, self.leaving_percent)
        ):
            raise InvalidInput(
                "analysis_percent", f"Give a change from {LEAST_PERCENT} to {MOST_PERCENT} in 100."
            )
        if any(not 0 <= one <= 500 for one in (*self.more_beds.values(), self.carer_enquiries // 20)):
            raise InvalidInput(
                "analysis_beds", "Give 0 to 500 more beds of a kind, and 0 to 10,000 enquiries."
            )

    @property
    def more_beds(self) -> dict[str, int]:
        """Return the beds added, by placement group."""
        return {
            "fostering": self.more_fostering,
            "residential": self.more_residential,
            "supported": self.more_supported,
        }

    @property
    def is_scenario(self) -> bool:
        """Whether anything differs from what the records show."""
        return bool(
            self.starts_percent
            or self.leaving_percent
            or any(self.more_beds.values())
            or self.carer_enquiries
        )

    def as_dict(self) -> dict[str, Any]:
        """Return plain values to keep, and whether they are a scenario."""
        return {one.name: getattr(self, one.name) for one in fields(self)} | {"scenario": self.is_scenario}

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> BedsSettings:
        """Return the settings that were kept."""
        return cls(**{one.name: settings[one.name] for one in fields(cls) if one.name in settings})


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorSettings:
    """What indicators are asked for: the last night counted, and how.

    Parameters
    ----------
    at
        The last night; ``None`` is the last that the returns tell of.
    rolling
        Twelve months up to it, or else the time since 1 April.
    points
        Whether amber is within so many points of the target, and not a share of it.
    count_temporary
        Whether temporary places count as placements.
    """

    at: date | None = None
    rolling: bool = False
    points: bool = False
    count_temporary: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Return plain values to keep."""
        return {
            "at": self.at and self.at.isoformat(),
            "rolling": self.rolling,
            "points": self.points,
            "count_temporary": self.count_temporary,
        }

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> IndicatorSettings:
        """Return the settings that were kept."""
        at = settings.get("at")
        return cls(
            at=date.fromisoformat(at) if at else None,
            rolling=bool(settings.get("rolling")),
            points=bool(settings.get("points")),
            count_temporary=bool(settings.get("count_temporary")),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSettings:
    """Which report is asked for: the year to 31 March, the newest in the returns by default."""

    year: int | None = None
    runs: int = 300
    seed: int = 0

    def as_dict(self) -> dict[str, Any]:
        """Return plain values to keep."""
        return {one.name: getattr(self, one.name) for one in fields(self)}

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> ReportSettings:
        """Return the settings that were kept."""
        return cls(**{one.name: settings[one.name] for one in fields(cls) if one.name in settings})


Settings = BedsSettings | IndicatorSettings | ReportSettings
_KIND_OF: Mapping[type, str] = {
    BedsSettings: "beds",
    IndicatorSettings: "indicators",
    ReportSettings: "report",
}


def ask_for_analysis(
    records: Records,
    authority: str,
    as_of: date,
    settings: Settings,
    *,
    policy: Policy,
    name: str | None = None,
) -> str:
    """Return the id of the analysis that answers this question: one there is already, or a new one that waits.

    A report is always made anew: each is kept as it was.

    Raises
    ------
    InvalidInput
        If the name is too long.
    NotEnoughData
        If no return has been imported.
    """
    if name is not None and len(name) > LONGEST_NAME:
        raise InvalidInput("name_too_long", f"Give a name of at most {LONGEST_NAME} letters.")
    if not records.analyses_of(authority).has_returns():
        raise NotEnoughData("no_returns", "No return has been imported. Run: righthome import returns FOLDER")
    kind = _KIND_OF[type(settings)]
    kept = records.analyses_of(authority)
    question = question_of(records, authority, as_of, kind, settings.as_dict(), policy=policy)
    for one in kept.all(kind):
        if one.question == question and one.status in (
            ("waiting", "running") if kind == "report" else ("waiting", "running", "done")
        ):
            if name:
                kept.give_name(one.analysis_id, name)
            return one.analysis_id
    analysis_id = kept.add(
        kind=kind,
        question=question,
        as_of=as_of,
        asked_by=records.scope.actor,
        settings=settings.as_dict(),
        name=name or None,
    )
    records.jobs_of(authority).add(
        "analysis",
        question=question,
        asked_by=records.scope.actor,
        settings={"kind": kind},
        result_id=analysis_id,
    )
    records.note(
        "analysis_asked_for",
        authority=authority,
        subject_kind="analysis",
        subject_id=analysis_id,
        detail={"kind": kind},
    )
    return analysis_id


def ask_by_itself(
    database: Database, authority: str, as_of: date, settings: Settings, *, policy: Policy, actor: str
) -> str:
    """Return the id of an analysis asked for in a transaction of its own, by no page."""
    from api.database.records import Records, Scope

    scope = Scope(authorities=frozenset({authority}), actor=actor)
    with database.writing() as connection:
        return ask_for_analysis(Records(connection, scope), authority, as_of, settings, policy=policy)


def analysis_kept(database: Database, authority: str, analysis_id: str) -> Analysis:
    """Return an analysis as it is now, read in a transaction of its own."""
    from api.database.records import Records, Scope

    scope = Scope(authorities=frozenset({authority}), actor="server")
    with database.reading() as connection:
        return Records(connection, scope).analyses_of(authority).analysis(analysis_id)


def question_of(
    records: Records,
    authority: str,
    as_of: date,
    kind: str,
    settings: Mapping[str, Any],
    *,
    policy: Policy,
) -> str:
    """Return a digest of everything that an analysis depends on."""
    return digest(
        {
            "version": [PRODUCT_VERSION, ANSWERS],
            "kind": kind,
            "as_of": as_of.isoformat(),
            "policy": policy.version,
            "settings": dict(settings),
            "records": records.for_everybody().version(),
            "others": records.analyses_of(authority).inputs(),
        }
    )


def digest_of_records(records: Records, authority: str, as_of: date, *, policy: Policy) -> str:
    """Return a digest of everything that an analysis depends on but what was asked: alike where two may be compared."""
    return digest(
        {
            "version": [PRODUCT_VERSION, ANSWERS],
            "as_of": as_of.isoformat(),
            "policy": policy.version,
            "records": records.for_everybody().version(),
            "others": records.analyses_of(authority).inputs(),
        }
    )


def is_current(records: Records, authority: str, analysis: Analysis, *, as_of: date, policy: Policy) -> bool:
    """Say whether an analysis made now would be made from the same records."""
    return analysis.question == question_of(
        records, authority, as_of, analysis.kind, analysis.settings, policy=policy
    )


def make_analysis(
    database: Database,
    authority: str,
    analysis_id: str,
    *,
    policy: Policy,
    actor: str,
    step: Callable[[str], None] = lambda _: None,
) -> None:
    """Make an analysis that waits, and keep its answer, or that it failed; one that somebody else makes is left.

    No transaction is open while the engine works; ``step`` is told what is being worked on.
    """
    from api.database.records import Records, Scope
    from api.services.analysis_inputs import answer_of

    scope = Scope(authorities=frozenset({authority}), actor=actor)
    with database.writing() as connection:
        if not Records(connection, scope).analyses_of(authority).claim(analysis_id):
            return
    try:
        step("Reading the records")
        with database.reading() as connection:
            # Several people read an answer, so it is made without restricted children.
            records = Records(connection, scope).for_everybody()
            asked = records.analyses_of(authority).analysis(analysis_id)
            make: Callable[..., dict[str, Any]] = answer_of(records, authority, asked, policy=policy)
        answer = make(step=step)
    except Exception as error:
        # Our own errors are sentences without a child's data; of any other only that it happened is kept.
        told = {"message": error.message} if isinstance(error, RighthomeError) else {}
        with database.writing() as connection:
            Records(connection, scope).analyses_of(authority).finish(analysis_id, None, told)
        raise
    with database.writing() as connection:
        Records(connection, scope).analyses_of(authority).finish(
            analysis_id, answer, _in_brief(asked, answer)
        )


def _in_brief(asked: Analysis, answer: Mapping[str, Any]) -> dict[str, Any]:
    if asked.kind == "beds":
        return {"from": answer["from"], "months": answer["months"]}
    if asked.kind == "indicators":
        return {"at": answer["at"], "year_from": answer["year_from"]}
    return {"year": answer["year"], "title": answer["title"]}
