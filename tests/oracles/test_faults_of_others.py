"""What went wrong in other matching tools, each as a test, on the sample and on many invented homes."""

from __future__ import annotations

from dataclasses import replace

from matching.eligibility import Context, assess
from matching.files import read_homes, read_referrals
from matching.home import Home
from matching.policy import default_policy
from matching.rank import Ranking, rank_homes
from matching.referral import Referral
from reference_data.sample import SAMPLE_DATE, sample_path
from reference_data.vocabulary import EmergencySetting, NeedDomain, PlacementType
from tests.benchmarks.bench_rank import many_homes

REFERRALS = read_referrals(sample_path("referrals"))[0]
HOMES = tuple(many_homes(read_homes(sample_path("homes"))[0]))
RANKINGS = tuple(rank_homes(one, HOMES, as_of=SAMPLE_DATE, others=REFERRALS) for one in REFERRALS)
HOME = {home.home_id: home for home in HOMES}


def test_a_child_without_special_needs_can_rank_a_home_highly() -> None:
    # A tool that scores special needs met gives such a child half marks at best, so that nothing is recommended.
    easy = replace(
        REFERRALS[0], needs=dict.fromkeys(NeedDomain, 0), requires=(), communication=(), sibling_group=None
    )
    first = rank_homes(easy, HOMES, as_of=SAMPLE_DATE).options[0]
    assert first.penalties["unmet_need"] == 0
    assert not first.gaps
    assert any("can meet the need in all five domains" in text for text in first.speaks_for)


def test_distances_differ_from_home_to_home() -> None:
    # Another tool returned fifty kilometres for every pair.
    for ranking in RANKINGS:
        miles = {option.distance_miles for option in ranking.options if option.distance_miles is not None}
        assert len(miles) > len(ranking.options) / 2 or len(ranking.options) < 4 or miles == set()
    assert any(len({option.distance_miles for option in ranking.options}) > 20 for ranking in RANKINGS)


def test_a_full_home_is_never_an_option() -> None:
    # Another one let a full home rate as good.
    full = {home.home_id for home in HOMES if (home.vacancies == 0 and home.beds is None) or home.beds == ()}
    assert full
    for ranking, referral in zip(RANKINGS, REFERRALS, strict=True):
        for option in ranking.options:
            assert option.home_id not in full or option.home_id == referral.current_home_id


def test_different_children_get_different_lists() -> None:
    # All children got the same families, and three states dropped the tool.
    waiting = [ranking for ranking in RANKINGS if len(ranking.options) > 3]
    tops = {ranking.first for ranking in waiting}
    assert len(tops) > len(waiting) / 2
    most_often = max(sum(home_id in ranking.first for ranking in waiting) for home_id in HOME)
    assert most_often < len(waiting) / 2


def test_a_stranger_is_never_offered_somebodys_grandmother() -> None:
    connected = [home for home in HOMES if home.type is PlacementType.CONNECTED_FOSTER_CARER]
    assert connected
    for ranking, referral in zip(RANKINGS, REFERRALS, strict=True):
        for option in ranking.options:
            if HOME[option.home_id].type is PlacementType.CONNECTED_FOSTER_CARER:
                assert referral.child_id in (HOME[option.home_id].approved_for or ())


def test_nobody_is_ever_offered_a_hotel_or_an_unregistered_home() -> None:
    hotels = tuple(replace(HOMES[0], home_id=f"DEMO-{kind}", type=kind) for kind in EmergencySetting)
    for referral in REFERRALS:
        assert rank_homes(referral, hotels, as_of=SAMPLE_DATE).options == ()


def test_a_home_one_mile_from_school_is_not_hidden_behind_the_councils_own_forty_miles_away() -> None:
    # A search of in-house carers first sent a child forty miles while a carer near the school was free.
    child = replace(
        REFERRALS[0],
        home_postcode="PL1 3BJ",
        prefers=replace(REFERRALS[0].prefers, school_postcode="PL1 3BJ"),
        urgency=None,
    )
    carer = next(home for home in HOMES if home.type is PlacementType.IN_HOUSE_FOSTER_CARER)
    carer = replace(carer, min_age=0, max_age=17, sexes="any", places=1, vacancies=1, beds=None, residents=())
    carer = replace(carer, will_not_take=(), can_meet=dict.fromkeys(NeedDomain, 100), weekly_fee_pence=50_000)
    far = replace(carer, home_id="DEMO-OURS", postcode="EX4 3LS", authority="878")
    near = replace(
        carer,
        home_id="DEMO-AGENCY",
        type=PlacementType.AGENCY_FOSTER_CARER,
        postcode="PL1 3BJ",
        authority="879",
        weekly_fee_pence=110_000,
        contract=None,
    )
    child = replace(child, acceptable_types=None, suitability={}, sibling_group=None, current_home_id=None)
    ranking = rank_homes(child, (far, near), as_of=SAMPLE_DATE)
    assert [option.home_id for option in ranking.options] == ["DEMO-AGENCY", "DEMO-OURS"]


def offered(ranking: Ranking) -> set[str]:
    return {option.home_id for option in ranking.options}


def test_one_more_need_or_risk_never_adds_a_home() -> None:
    homes = HOMES[:60]
    for referral in REFERRALS:
        before = offered(rank_homes(referral, homes, as_of=SAMPLE_DATE, others=REFERRALS))
        harder = replace(
            referral,
            needs={domain: min(100, score + 20) for domain, score in referral.needs.items()},
            requires=(*referral.requires, "hoist"),
            not_with=(*referral.not_with, "DEMO-C02"),
        )
        assert offered(rank_homes(harder, homes, as_of=SAMPLE_DATE, others=REFERRALS)) <= before


def renamed_child(referral: Referral) -> Referral:
    return replace(
        referral,
        referral_id=f"ZZ-{referral.referral_id}",
        child_id=f"ZZ-{referral.child_id}",
        sibling_group=referral.sibling_group and f"ZZ-{referral.sibling_group}",
        current_home_id=referral.current_home_id and f"ZZ-{referral.current_home_id}",
        not_with=tuple(f"ZZ-{name}" for name in referral.not_with),
    )


def renamed_home(home: Home) -> Home:
    def name(child_id: str | None) -> str | None:
        return child_id and f"ZZ-{child_id}"

    return replace(
        home,
        home_id=f"ZZ-{home.home_id}",
        approved_for=home.approved_for and tuple(f"ZZ-{one}" for one in home.approved_for),
        beds=home.beds and tuple(replace(bed, held_for=name(bed.held_for)) for bed in home.beds),
        exemptions=tuple(replace(one, child_id=name(one.child_id)) for one in home.exemptions),
        residents=home.residents
        and tuple(
            replace(one, child_id=name(one.child_id), sibling_group=name(one.sibling_group))
            for one in home.residents
        ),
    )


def test_other_ids_change_nothing_but_the_ids() -> None:
    # The names keep their order, so even homes that are equal in everything keep theirs.
    homes = tuple(renamed_home(home) for home in HOMES)
    others = tuple(renamed_child(referral) for referral in REFERRALS)
    for before, referral in zip(RANKINGS, others, strict=True):
        after = rank_homes(referral, homes, as_of=SAMPLE_DATE, others=others)
        assert [option.home_id for option in after.options] == [
            f"ZZ-{option.home_id}" for option in before.options
        ]
        assert [option.penalties for option in after.options] == [
            option.penalties for option in before.options
        ]
        assert [[reason.rule for reason in home.reasons] for home in after.excluded] == [
            [reason.rule for reason in home.reasons] for home in before.excluded
        ]


def test_a_ranking_agrees_with_each_pair_assessed_alone() -> None:
    context = Context(as_of=SAMPLE_DATE, policy=default_policy(), others=REFERRALS)
    for ranking, referral in list(zip(RANKINGS, REFERRALS, strict=True))[::8]:
        for home in HOMES[::10]:
            may = assess(referral, home, context).may_be_offered
            assert may == (home.home_id in offered(ranking)) or referral.current_home_id == home.home_id
