"""Every change that is named is carried out on the records: it opens the home, and no part of it does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import combinations

from matching.eligibility import Context, assess
from matching.files import read_homes, read_referrals
from matching.home import Exemption, Home
from matching.living_there import with_children_who_live_there
from matching.policy import default_policy
from matching.rank import rank_homes
from matching.referral import Referral, must_siblings, stays_put
from matching.relax import Relaxation
from reference_data.sample import SAMPLE_DATE, sample_path
from reference_data.vocabulary import NeedDomain, PlacementType, SiblingsTogether
from tests.benchmarks.bench_rank import many_homes

REFERRALS = read_referrals(sample_path("referrals"))[0]
HOMES = many_homes(read_homes(sample_path("homes"))[0])[:150]
LARGE = 99

World = tuple[Referral, Home, tuple[Referral, ...]]


def carried_out(change: str, child: Referral, home: Home, others: tuple[Referral, ...]) -> World:
    name, _, what = change.partition(":")
    movers = {child.child_id, *(one.child_id for one in must_siblings(child, others))}

    def for_movers(change_one: Callable[[Referral], Referral]) -> World:
        moved = [change_one(one) if one.child_id in movers else one for one in (child, *others)]
        return moved[0], home, tuple(moved[1:])

    if name == "accept_type":
        more = PlacementType(what)
        return for_movers(
            lambda one: replace(one, acceptable_types=one.acceptable_types and (*one.acceptable_types, more))
        )
    if name == "reconsider_suitability":
        return for_movers(
            lambda one: replace(
                one, suitability={kind: view for kind, view in one.suitability.items() if kind != what}
            )
        )
    if name == "move_review_recorded":
        return for_movers(
            lambda one: (
                replace(one, move_reason=one.move_reason or "notice", move_review_on=SAMPLE_DATE)
                if stays_put(one)
                else one
            )
        )
    if name == "shorter_radius":
        return for_movers(
            lambda one: replace(one, avoid=tuple(replace(place, miles=float(what)) for place in one.avoid))
        )
    if name == "later_start":
        on = date.fromisoformat(what)
        return for_movers(lambda one: replace(one, needed_by=max(on, one.needed_by or on)))
    if what.startswith("with:"):
        kept = {child.child_id, *what.removeprefix("with:").split("+")}
        others = tuple(
            replace(one, sibling_group=None, siblings_together=None) if one.child_id in movers - kept else one
            for one in others
        )
        return child, home, others
    if name == "split_siblings":
        return for_movers(lambda one: replace(one, siblings_together=SiblingsTogether.NO))
    return child, changed_home(name, what, home, movers, (child, *others)), others


def changed_home(name: str, what: str, home: Home, movers: set[str], listed: Sequence[Referral]) -> Home:
    if name == "fostering_exemption":
        exemptions = tuple(Exemption(child_id=one, authority=what) for one in movers)
        return replace(home, exemptions=home.exemptions + exemptions)
    if name == "statement_revised":
        return replace(home, min_age=0, max_age=17, sexes="any", places=LARGE)
    if name == "staffing":
        return replace(home, features=(*(home.features or ()), *what.split("+")))
    if name == "support":
        needs = [one.needs for one in listed if one.child_id in movers]
        met = {
            NeedDomain(domain): max(one.get(NeedDomain(domain), 0) for one in needs)
            for domain in what.split("+")
        }
        return replace(home, can_meet={**home.can_meet, **met})
    if name == "admission_at_once":
        return replace(home, accepts_emergency=True)
    if name == "written_exclusion_withdrawn":
        return replace(home, will_not_take=())
    raise AssertionError(name)


def opens(changes: Iterable[str], child: Referral, home: Home, others: tuple[Referral, ...]) -> bool:
    for change in changes:
        child, home, others = carried_out(change, child, home, others)
    (lived_in,) = with_children_who_live_there((home,), others, SAMPLE_DATE)
    context = Context(as_of=SAMPLE_DATE, policy=default_policy(), others=others)
    return assess(child, lived_in, context).may_be_offered


def named() -> Iterator[tuple[Referral, tuple[Referral, ...], Relaxation]]:
    for child in REFERRALS:
        others = tuple(one for one in REFERRALS if one is not child)
        for relaxation in rank_homes(child, HOMES, as_of=SAMPLE_DATE, others=others).relaxations:
            yield child, others, relaxation


def test_changes_that_are_named_open_their_homes_and_no_part_of_them_does() -> None:
    homes = {home.home_id: home for home in HOMES}
    kinds, sizes = set(), set()
    for child, others, relaxation in named():
        kinds |= {change.partition(":")[0] for change in relaxation.changes}
        sizes.add(len(relaxation.changes))
        for home_id in relaxation.homes_gained:
            home = homes[home_id]
            assert opens(relaxation.changes, child, home, others), (child.child_id, home_id, relaxation)
            for size in range(len(relaxation.changes)):
                for part in combinations(relaxation.changes, size):
                    assert not opens(part, child, home, others), (child.child_id, home_id, part)
    assert sizes == {1, 2, 3}
    assert len(kinds) >= 7


def test_a_child_with_nowhere_to_sleep_is_never_told_to_wait() -> None:
    urgent = [
        change
        for child, _, one in named()
        if child.urgency in ("crisis", "emergency")
        for change in one.changes
    ]
    assert urgent
    assert not any(change.startswith("later_start") for change in urgent)
