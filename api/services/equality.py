"""Who is offered what, from the records of one council: the report of ``matching/equality.py`` with what is kept.

What children are offered is told of those who wait today. What people decided is told of every decision of the last
twelve months: those children have left the list, so they are grouped by what does not change. Restricted children are
in neither, since several people read the report.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from api.database.stored import digest

if TYPE_CHECKING:
    from api.database.kept import Kept as KeptRecord
    from api.database.records import Records
    from api.kept import Kept
    from matching.decisions import Decision
    from matching.policy import Policy
    from matching.referral import Referral

LOOKED_BACK = timedelta(days=365)
"""Decisions older than this are left out. Professional judgement: a report a year."""
BY = ("sex", "ethnicity", "disability")
"""What a child who has left the list can still be grouped by; a distance would be that of another day."""


def equality_of(
    records: Records, authority: str, as_of: date, *, policy: Policy, kept: Kept, for_publication: bool
) -> dict[str, Any]:
    """Return the report of one council: ``matching``'s answer, with ``decided`` by group and ``decided_since``."""
    from matching.decisions import overrides_of_the_first

    everybody = records.for_everybody()
    lists = kept.lists_of(everybody)
    ethnicity = everybody.ethnicity_in_returns(authority)
    asked = everybody.kept("enquiries", authority).all()
    key = (
        "equality",
        lists.version,
        as_of,
        policy.version,
        digest({"ethnicity": ethnicity}),
        _versions(asked),
    )
    answer = kept.equality.answer(key, lambda: _offered(lists, ethnicity, asked, as_of, policy)).as_dict(
        for_publication=for_publication
    )
    since = as_of - LOOKED_BACK
    decided = [
        one.values
        for one in everybody.kept("decisions", authority).all()
        if since < one.values["decided_on"] <= as_of
    ]
    children = {one.child_id: one for one in everybody.referrals(placed=True)}
    overrides = overrides_of_the_first(map(_decision, decided)).as_dict()
    unranked = sorted(one["child_id"] for one in decided if one.get("rank") is None and one.get("home_id"))
    groups = _decided_by_group(decided, children, ethnicity)
    if for_publication:
        overrides, unranked, groups = _published(overrides, unranked, groups)
    return answer | {
        "overrides": overrides,
        "not_an_option": unranked,
        "decided": groups,
        "decided_since": (since + timedelta(days=1)).isoformat(),
    }


def _offered(
    lists: Any, ethnicity: Mapping[str, str], asked: Iterable[KeptRecord], as_of: date, policy: Policy
) -> Any:
    from matching.decisions import Enquiry
    from matching.equality import equality_report

    waiting = {one.child_id for one in lists.referrals}
    return equality_report(
        lists.referrals,
        lists.homes,
        as_of=as_of,
        policy=policy,
        characteristics={
            child: {"ethnicity": code} for child, code in sorted(ethnicity.items()) if child in waiting
        },
        enquiries=[
            Enquiry(
                child_id=one.values["child_id"],
                home_id=one.values["home_id"],
                answer=one.values.get("answer"),
            )
            for one in asked
            if one.values["child_id"] in waiting
        ],
    )


def _versions(asked: Iterable[KeptRecord]) -> str:
    return digest({"enquiries": [[one.record_id, one.version] for one in asked]})


def _decision(values: Mapping[str, Any]) -> Decision:
    from matching.decisions import Decision

    return Decision(
        child_id=values["child_id"],
        first_ranked=values["home_id"] if values.get("rank") == 1 else values.get("first_ranked_home_id"),
        decided=values["home_id"],
        reason=values.get("why_not_first") or "",
    )


def _decided_by_group(
    decided: Iterable[Mapping[str, Any]], children: Mapping[str, Referral], ethnicity: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Return for each group how many were decided about, with the first home or another."""
    from matching.equality import characteristics_of

    counts: dict[tuple[str, str], dict[str, int]] = {}
    for values in decided:
        child = children.get(values["child_id"])
        told = characteristics_of(child) if child else dict.fromkeys(BY, "not recorded")
        if values["child_id"] in ethnicity:
            told = {**told, "ethnicity": ethnicity[values["child_id"]]}
        choice = _decision(values)
        for name in BY:
            group = counts.setdefault(
                (name, told[name]), {"decisions": 0, "first_chosen": 0, "another_chosen": 0}
            )
            group["decisions"] += 1
            group["first_chosen"] += choice.is_first
            group["another_chosen"] += choice.is_another
    return [
        {"characteristic": name, "group": group, **found}
        for (name, group), found in sorted(
            counts.items(), key=lambda item: (BY.index(item[0][0]), item[0][1])
        )
    ]


def _published(
    overrides: dict[str, Any], unranked: list[str], groups: list[dict[str, Any]]
) -> tuple[dict[str, Any], Any, list[dict[str, Any]]]:
    """Return the counts of decisions as they may leave the council: small ones withheld, the others rounded."""
    from matching.small_numbers import SUPPRESSED, rounded

    counted = {
        name: rounded(value if isinstance(value, int) else len(value)) for name, value in overrides.items()
    }
    told = [
        {
            name: (SUPPRESSED if rounded(one["decisions"]) == SUPPRESSED else rounded(value))
            if isinstance(value, int)
            else value
            for name, value in one.items()
        }
        for one in groups
    ]
    return counted, rounded(len(unranked)), told
