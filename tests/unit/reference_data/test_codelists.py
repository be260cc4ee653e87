"""The dated code lists: the changes of each return year, and that every PLACE code is counted."""

from __future__ import annotations

from datetime import date

import pytest

from reference_data.codelists import CodeStatus, codes, list_names, lookup
from reference_data.problems import NotFound
from reference_data.shipped_tables import shipped_rows
from reference_data.vocabulary import PlacementGroup

RETURN_2017_18 = date(2018, 3, 31)
RETURN_2018_19 = date(2018, 4, 1)
RETURN_2023_24 = date(2024, 3, 31)
RETURN_2024_25 = date(2024, 4, 1)
RETURN_2025_26 = date(2025, 4, 1)


def test_the_lists_of_the_return_are_shipped() -> None:
    assert set(list_names()) >= {
        "PLACE",
        "PLACE_PROVIDER",
        "LS",
        "CIN",
        "RNE",
        "REC",
        "REASON_PLACE_CHANGE",
        "SEX",
        "ACCOM",
        "ACTIV",
    }


def test_an_unknown_list_is_refused_with_the_names_of_the_known_ones() -> None:
    with pytest.raises(NotFound, match="PLACE_PROVIDER"):
        codes("PLACEMENT")


@pytest.mark.parametrize("name", list_names())
def test_every_list_is_tidy(name: str) -> None:
    rows = list(shipped_rows("codelists", f"{name}.csv"))
    assert len({row["code"] for row in rows}) == len(rows)
    for row in rows:
        assert row["code"] == row["code"].strip().upper()
        assert row["label"]
        assert row["source"]
        assert row["certainty"] in {"C", "S", "M"}
        known = codes(name)[row["code"]]
        assert known.valid_from is None or known.valid_to is None or known.valid_from <= known.valid_to


@pytest.mark.parametrize(
    ("name", "code", "on", "status"),
    [
        ("PLACE", "H5", RETURN_2023_24, CodeStatus.VALID),
        ("PLACE", "H5", RETURN_2024_25, CodeStatus.NO_LONGER_VALID),
        ("PLACE", "K3", RETURN_2023_24, CodeStatus.NOT_YET_VALID),
        ("PLACE", "K3", RETURN_2024_25, CodeStatus.VALID),
        ("PLACE", "P2", date(2023, 10, 27), CodeStatus.VALID),
        ("PLACE", "P2", date(2023, 10, 28), CodeStatus.NO_LONGER_VALID),
        ("PLACE", "Z1", date(2025, 3, 31), CodeStatus.VALID),
        ("PLACE", "Z1", RETURN_2025_26, CodeStatus.NO_LONGER_VALID),
        ("PLACE", "Z14", date(2025, 3, 31), CodeStatus.NOT_YET_VALID),
        ("PLACE", "Z14", RETURN_2025_26, CodeStatus.VALID),
        ("PLACE", "XX", RETURN_2025_26, CodeStatus.UNKNOWN),
        ("SEX", "1", RETURN_2023_24, CodeStatus.VALID),
        ("SEX", "M", RETURN_2023_24, CodeStatus.NOT_YET_VALID),
        ("SEX", "U", RETURN_2024_25, CodeStatus.VALID),
        ("REC", "E43", RETURN_2017_18, CodeStatus.VALID),
        ("REC", "E45", RETURN_2017_18, CodeStatus.NOT_YET_VALID),
        ("REC", "E45", RETURN_2018_19, CodeStatus.VALID),
        ("REASON_PLACE_CHANGE", "CUSTOD", RETURN_2017_18, CodeStatus.NOT_YET_VALID),
        ("ACTIV", "F3", date(2021, 4, 1), CodeStatus.NO_LONGER_VALID),
        ("ACTIV", "F4", date(2021, 4, 1), CodeStatus.VALID),
    ],
)
def test_a_code_is_valid_in_its_years_only(name: str, code: str, on: date, status: CodeStatus) -> None:
    answer = lookup(name, code, on)
    assert answer.status is status
    assert (answer.code is None) == (status is CodeStatus.UNKNOWN)
    assert (code in codes(name, on)) == (status is CodeStatus.VALID)


def test_case_and_spaces_do_not_matter_but_an_outdated_code_keeps_its_meaning() -> None:
    answer = lookup("PLACE", " h5 ", RETURN_2025_26)
    assert answer.status is CodeStatus.NO_LONGER_VALID
    assert answer.code is not None
    assert answer.code.maps_to == "supported"


def test_without_a_date_a_list_holds_every_code_that_ever_was() -> None:
    assert {"H5", "P2", "Z1", "K3", "Z13"} <= set(codes("PLACE"))
    assert lookup("PLACE", "H5").status is CodeStatus.VALID


EXPECTED_GROUPS = {
    "fostering": {"U1", "U2", "U3", "U4", "U5", "U6"},
    "residential": {"K1", "K2", "S1"},
    "supported": {"H5", "K3", "P2"},
}


def test_every_place_code_is_counted_in_one_of_the_four_groups() -> None:
    for group, members in EXPECTED_GROUPS.items():
        assert {code for code, known in codes("PLACE").items() if known.maps_to == group} == members
    assert {known.maps_to for known in codes("PLACE").values()} == {str(group) for group in PlacementGroup}


def test_kinship_is_fostering_by_relatives_or_friends_and_temporary_moves_are_told_apart() -> None:
    assert {code for code, known in codes("PLACE").items() if known.detail == "kinship"} == {"U1", "U2", "U3"}
    assert {code for code, known in codes("PLACE").items() if known.detail == "temporary"} == {
        "T0",
        "T1",
        "T2",
        "T3",
        "T4",
    }


def test_a_move_of_carer_is_p_or_b_only() -> None:
    assert {code for code, known in codes("RNE").items() if known.maps_to == "carer_move"} == {"P", "B"}


def test_care_leavers_accommodation_carries_its_judgement_in_the_digit() -> None:
    accommodation = codes("ACCOM")
    assert "S1" not in accommodation
    assert "X1" not in accommodation
    for code, known in accommodation.items():
        if code != "0":
            assert known.maps_to == {"1": "suitable", "2": "unsuitable"}[code[1]]


def test_codes_cannot_be_changed_by_a_caller() -> None:
    with pytest.raises(TypeError):
        codes("LS")["V9"] = codes("LS")["V2"]  # type: ignore[index]
