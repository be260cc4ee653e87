"""What the other referrals of a list say about a home for one child: who lives there, who may not meet."""

from __future__ import annotations

from matching.rank import rank_homes
from reference_data.vocabulary import SiblingsTogether
from tests.oracles.small_lists import AS_OF, child, home


def test_a_child_on_the_list_who_lives_in_a_home_is_company_there_though_the_home_does_not_list_them():
    """The same rules as the joint plan: room, the usual limit and recorded incompatibility."""
    lives_there = child("C2", current_home_id="H1", not_with=("C1",))
    assert excluded_by(child("C1"), home("H1", residents=()), others=[lives_there]) == ["not_with"]
    three = [child(name, current_home_id="H1") for name in ("D0", "D1", "D2")]
    found = excluded_by(child("C1"), home("H1", residents=(), places=6, vacancies=3), others=three)
    assert found == ["usual_fostering_limit"]


def test_brothers_and_sisters_who_must_and_must_not_live_together_are_offered_no_home():
    must = {"sibling_group": "G", "siblings_together": SiblingsTogether.MUST}
    one, other = child("C1", not_with=("C2",), **must), child("C2", **must)
    assert excluded_by(one, home("H1", places=3, vacancies=3), others=[other]) == ["not_with"]
    assert excluded_by(other, home("H1", places=3, vacancies=3), others=[one]) == ["not_with"]


def excluded_by(referral, one_home, *, others):
    ranking = rank_homes(referral, [one_home], as_of=AS_OF, others=others)
    return [reason.rule for home in ranking.excluded for reason in home.reasons]
