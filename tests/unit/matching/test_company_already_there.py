"""What is recorded of a child who lives in a home is weighed before a stranger moves in with the child."""

from __future__ import annotations

from datetime import date

import pytest

from matching.home import Resident
from matching.rank import rank_homes
from matching.verify import verify_plan
from reference_data.vocabulary import Alongside, PlacementType, RiskLevel, Sex
from tests.oracles.small_lists import AS_OF, POSTCODES, child, home
from tests.unit.matching.small_plans import one_bed, planned

HIGH = {"risks": {"sexual_harm": RiskLevel.HIGH}}
NEAR, FAR = home("H1", postcode=POSTCODES[0]), one_bed("H2", postcode=POSTCODES[3])
QUESTIONS = {
    "a high risk": (HIGH, "A high risk to others is recorded of a child who lives here"),
    "alone": ({"alongside": Alongside.SOLO}, "needing to live without other children"),
    "a solo place": ({"requires": ("solo",)}, "needing to live without other children"),
    "only older": ({"alongside": Alongside.ONLY_OLDER}, "needing to live with older children only"),
}


def unknown_facts(plan):
    return {stage.aim: stage.value for stage in plan.stages}["unknown_facts"]


@pytest.mark.parametrize("what", QUESTIONS)
@pytest.mark.parametrize("residents", [(), None], ids=["listed", "residents unknown"])
def test_what_is_recorded_of_a_settled_child_puts_the_home_below_one_known_to_fit(what, residents):
    recorded, said = QUESTIONS[what]
    settled, newcomer = child("A", current_home_id="H1", **recorded), child("B")
    near = home("H1", postcode=POSTCODES[0], residents=residents)
    first, second = rank_homes(newcomer, [near, FAR], as_of=AS_OF, others=[settled]).options
    assert (first.home_id, second.home_id) == ("H2", "H1")
    assert [said in question.text for question in second.questions] == [True]
    plan, where = planned([settled, newcomer], [near, FAR])
    assert where == {"B": "H2"}
    assert unknown_facts(plan) == 0
    plan, where = planned([settled, newcomer], [near])
    assert where == {"B": "H1"}
    assert unknown_facts(plan) == 1
    assert any(said in reason for reason in plan.assignments[0].reasons)


@pytest.mark.parametrize(
    ("recorded", "of_newcomer"),
    [
        ({"risks": {"sexual_harm": RiskLevel.LOW}}, {}),
        ({"risks": {"harm_to_animals": RiskLevel.HIGH}}, {}),
        ({"alongside": Alongside.ONLY_OLDER}, {"date_of_birth": date(2012, 1, 10)}),
        ({"alongside": Alongside.ONLY_YOUNGER}, {"date_of_birth": date(2016, 1, 10)}),
        ({"alongside": Alongside.WITH_OTHERS}, {}),
        (HIGH | {"sibling_group": "G"}, {"sibling_group": "G"}),
    ],
)
def test_what_needs_no_weighing_puts_no_home_below_another(recorded, of_newcomer):
    settled, newcomer = child("A", current_home_id="H1", **recorded), child("B", **of_newcomer)
    assert rank_homes(newcomer, [NEAR, FAR], as_of=AS_OF, others=[settled]).options[0].home_id == "H1"
    plan, where = planned([settled, newcomer], [NEAR, FAR])
    assert where == {"B": "H1"}
    assert unknown_facts(plan) == 0


def test_nothing_is_asked_of_the_child_who_lives_there_about_itself_or_of_a_home_lived_in_no_longer():
    settled = child("A", current_home_id="H1", **HIGH)
    (option,) = rank_homes(settled, [NEAR, FAR], as_of=AS_OF, others=[child("B")]).options
    assert (option.home_id, option.questions) == ("H1", ())
    elsewhere = child("A", current_home_id="H9", **HIGH)
    plan, where = planned([elsewhere, child("B")], [NEAR, FAR])
    assert (where, unknown_facts(plan)) == ({"B": "H1"}, 0)


def test_both_directions_of_a_risk_are_said_in_one_question():
    settled, newcomer = child("A", current_home_id="H1", **HIGH), child("B", **HIGH)
    (option,) = rank_homes(newcomer, [NEAR], as_of=AS_OF, others=[settled]).options
    (question,) = option.questions
    assert question.text == (
        "The referral records a high risk to others and one child lives here: what would the move mean for that child? A "
        "high risk to others is recorded of a child who lives here: what would it mean for the child who moves in?"
    )


def test_two_residents_of_whom_a_risk_is_recorded_are_counted():
    settled = [child(name, current_home_id="H1", **HIGH) for name in "AC"]
    (option,) = rank_homes(child("B"), [NEAR], as_of=AS_OF, others=settled).options
    assert "recorded of 2 children who live here" in option.questions[0].text


def test_asking_in_bulk_finds_the_same_company_as_asking_home_by_home():
    lived_in = Resident(child_id="A", age=12, sex=Sex.FEMALE, authority="879")
    homes = [home(f"H{number:02}", residents=(lived_in,) if number == 7 else ()) for number in range(20)]
    settled = child("A", current_home_id="H07", **HIGH)
    options = rank_homes(child("B"), homes, as_of=AS_OF, others=[settled]).options
    assert [option.home_id for option in options if option.questions] == ["H07"]


def test_a_resident_to_be_weighed_does_not_bar_a_sister_from_her_settled_brother():
    kin = {"sibling_group": "G", "siblings_together": "must"}
    settled = [
        child("A", current_home_id="H1", **kin),
        child("R", current_home_id="H1", not_with=("A",), **HIGH),
    ]
    plan, where = planned([*settled, child("B", **kin)], [home("H1", type=PlacementType.CHILDRENS_HOME)])
    assert where == {"B": "H1"}
    assert unknown_facts(plan) == 1


def test_the_checker_counts_the_company_already_there_itself():
    children, homes = [child("A", current_home_id="H1", **HIGH), child("B")], [NEAR]
    plan, _ = planned(children, homes)
    told = plan.as_dict()
    (row,) = [stage for stage in told["stages"] if stage["aim"] == "unknown_facts"]
    row["value"] = row["bound"] = 0
    assert "stage" in {fault.rule for fault in verify_plan(told, children, homes, as_of=AS_OF)}
