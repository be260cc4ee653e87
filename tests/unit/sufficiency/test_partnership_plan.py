"""A partnership's beds short, from the returns and homes of several councils: none worse off, no bed twice."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from matching.home import Home
from reference_data.authorities import authority_name
from reference_data.problems import InvalidInput
from reference_data.sample import SAMPLE_RETURNS
from reference_data.vocabulary import ContractKind, HomeStatus, PlacementType
from sufficiency.beds_report import partnership_report
from sufficiency.files import read_returns
from sufficiency.partnership_plan import PartnershipQuestion, _who_gains_most, capacity_of, plan_partnership

AS_OF = date(2021, 4, 1)


def home(home_id: str, authority: str, **changes: object) -> Home:
    facts: dict[str, object] = {
        "home_id": home_id,
        "type": PlacementType.CHILDRENS_HOME,
        "authority": authority,
        "contract": ContractKind.IN_HOUSE,
        "registered": True,
        "status": HomeStatus.OPEN,
        "places": 4,
        "min_age": 0,
        "max_age": 17,
        "residents": (),
        **changes,
    }
    return Home(**facts)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def two_councils(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample's returns as those of two councils: each in a folder of its own."""
    folder = tmp_path_factory.mktemp("two")
    for council in ("879", "878"):
        (folder / council).mkdir()
        for path in SAMPLE_RETURNS.glob("*.csv"):
            (folder / council / path.name).write_bytes(path.read_bytes())
    return folder


def test_councils_that_gain_the_same_are_not_told_as_one_that_gains_most() -> None:
    assert _who_gains_most({"879": 2.0, "878": 1.9}) == " Plymouth gains most, 2.0 beds."
    tie = _who_gains_most({"879": 2.0, "878": 2.0, "880": 1.0})
    assert tie == " Plymouth and Devon gain the same, 2.0 beds each, and no other more."
    assert "most" not in tie


def test_no_council_is_worse_off_than_alone_and_spare_beds_are_lent(two_councils: Path) -> None:
    returns = read_returns(two_councils)
    # One council has far too many residential beds, the other none.
    homes = [home(f"DEMO-H{n}", "879", places=10) for n in range(20)]
    question = PartnershipQuestion(start=AS_OF, months=6, as_of=AS_OF, runs=10)
    answer = plan_partnership(returns, homes, question)
    assert {one["council"] for one in answer["councils"]} == {"878", "879"}
    sums: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0.0, 0.0])
    for row in answer["rows"]:
        assert row["together"] <= row["alone"] + 1e-9
        if row["council"] != "all":
            sums[row["date"], row["placement"]][0] += row["alone"]
            sums[row["date"], row["placement"]][1] += row["together"]
        else:
            assert sums[row["date"], row["placement"]] == pytest.approx(
                [row["alone"], row["together"]], abs=0.02
            )
    (few,) = [one for one in answer["evidence"]["warnings"] if "homes of its own" in one]
    assert few.startswith(f"{authority_name('878')} has 0 homes")
    last = [
        row for row in answer["rows"] if row["placement"] == "residential" and row["date"] == "2021-10-01"
    ]
    lender = next(row for row in last if row["council"] == "879")
    borrower = next(row for row in last if row["council"] == "878")
    assert lender["alone"] == lender["together"] == 0
    assert borrower["alone"] > 1
    assert borrower["together"] == 0
    assert "No council is worse off than alone on any date." in answer["answers"]
    assert plan_partnership(returns, homes, question) == answer
    made = partnership_report(answer, made_on=AS_OF)
    assert [section.heading for section in made.sections] == [
        "The whole partnership",
        "Devon",
        "Plymouth",
        "What to know about these answers",
    ]
    borrowed = made.sections[1].tables[0].rows
    assert ("Children's homes", "1 October 2021", borrower["alone"], 0, borrower["alone"]) in borrowed


def test_over_all_councils_no_bed_counts_twice() -> None:
    shared = home("DEMO-S", "801", contract=ContractKind.SPOT, vacancies=2, vacancies_confirmed_on=AS_OF)
    homes = [home("DEMO-A", "879"), home("DEMO-B", "878"), shared]
    usable = [sum(one.beds for one in capacity_of(code, homes, AS_OF, 2).supplies) for code in ("878", "879")]
    # Four of its own each, and a half of what our children get of the two vacancies.
    assert usable == [4.5, 4.5]
    carer = replace(
        homes[0], type=PlacementType.IN_HOUSE_FOSTER_CARER, approved_by_authority="878", home_id="DEMO-C"
    )
    assert sum(one.beds for one in capacity_of("878", [carer], AS_OF, 2).supplies) == 4
    assert not capacity_of("879", [carer], AS_OF, 2).supplies


def test_one_council_is_no_partnership() -> None:
    with pytest.raises(InvalidInput, match="at least two councils"):
        plan_partnership(
            read_returns(SAMPLE_RETURNS),
            [],
            PartnershipQuestion(start=AS_OF, months=1, as_of=AS_OF, runs=2),
        )
