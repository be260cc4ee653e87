"""Every code in every return from 2015/16 to 2026/27, against a table typed from the sources and not from the files."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from reference_data.codelists import (
    RETURN_YEARS,
    codes,
    codes_of_return,
    list_names,
    list_source,
    roll_forwards,
)
from reference_data.problems import NotFound
from reference_data.vocabulary import PlacementGroup, Sex

FIRST, LAST = 2016, 2027

ALWAYS: Mapping[str, str] = {
    "PLACE": "A3 A4 A5 A6 K1 K2 P1 P3 R1 R2 R3 R5 S1 T0 T1 T2 T3 T4 U1 U2 U3 U4 U5 U6",
    "PLACE_PROVIDER": "PR0 PR1 PR2 PR3 PR4 PR5",
    "LS": "C1 C2 D1 E1 V2 V3 V4 L1 L2 L3 J1 J2 J3",
    "CIN": "N1 N2 N3 N4 N5 N6 N7 N8",
    "RNE": "S L P T B U",
    "REC": "X1 E11 E12 E13 E14 E15 E16 E17 E2 E3 E41 E4A E4B E5 E6 E7 E8 E9",
    "REASON_PLACE_CHANGE": "CARPL CLOSE ALLEG STAND APPRR CREQB CREQO CHILD LAREQ PLACE OTHER",
    "SEX": "",
    "ACCOM": "0 B1 B2 C1 C2 D1 D2 E1 E2 G1 G2 H1 H2 K1 K2 R1 R2 S2 T1 T2 U1 U2 V1 V2 W1 W2 X2 Y1 Y2 Z1 Z2",
    "ACTIV": "0 F1 P1 F2 P2 G4 G5 G6",
    "IN_TOUCH": "YES NO DIED REFU NREQ RHOM",
    "MISSING": "M A",
    "REVIEW_CODE": "PN0 PN1 PN2 PN3 PN4 PN5 PN6 PN7",
    "ETHNIC": "WBRI WIRI WOTH WIRT WROM MWBC MWBA MWAS MOTH AIND APKN ABAN AOTH BCRB BAFR BOTH CHNE OOTH REFU NOBT",
    "PREV_PERM": "P1 P2 P3 P4 Z1",
    "SDQ_REASON": "SDQ1 SDQ2 SDQ3 SDQ4 SDQ5",
    "REASON_PLACED_CEASED": "RD1 RD2 RD3 RD4",
    "SW_REASON": "",
}

SOME_YEARS: Mapping[tuple[str, str], tuple[int, int]] = {
    # The first and the last return in which the code may stand.
    ("PLACE", "H5"): (FIRST, 2024),
    ("PLACE", "P2"): (FIRST, 2024),
    ("PLACE", "K3"): (2025, LAST),
    ("PLACE", "Z1"): (FIRST, 2025),
    ("PLACE", "Z11"): (2026, LAST),
    ("PLACE", "Z12"): (2026, LAST),
    ("PLACE", "Z13"): (2026, LAST),
    ("PLACE", "Z14"): (2026, LAST),
    ("REC", "E43"): (FIRST, 2018),
    ("REC", "E44"): (FIRST, 2018),
    ("REC", "E45"): (2019, LAST),
    ("REC", "E46"): (2019, LAST),
    ("REC", "E47"): (2019, LAST),
    ("REC", "E48"): (2019, LAST),
    ("REASON_PLACE_CHANGE", "CUSTOD"): (2019, LAST),
    ("SEX", "1"): (FIRST, 2024),
    ("SEX", "2"): (FIRST, 2024),
    ("SEX", "M"): (2025, LAST),
    ("SEX", "F"): (2025, LAST),
    ("SEX", "U"): (2025, LAST),
    ("ACTIV", "F3"): (FIRST, 2021),
    ("ACTIV", "P3"): (FIRST, 2021),
    ("ACTIV", "F4"): (2022, LAST),
    ("ACTIV", "P4"): (2022, LAST),
    ("ACTIV", "F5"): (2022, LAST),
    ("ACTIV", "P5"): (2022, LAST),
    **{
        ("SW_REASON", code): (2024, LAST)
        for code in [
            "MANAGE",
            "FCONTA",
            "LEFTRL",
            "ORGRST",
            "TSPROC",
            "ABSENC",
            "CHCHAN",
            "PCCHAN",
            "SWDIED",
            "OTHERS",
        ]
    },
}

GROUPS: Mapping[str, str] = {
    "fostering": "U1 U2 U3 U4 U5 U6",
    "residential": "K1 K2 S1",
    "supported": "H5 P2 K3",
    "other": "A3 A4 A5 A6 P1 P3 R1 R2 R3 R5 T0 T1 T2 T3 T4 Z1 Z11 Z12 Z13 Z14",
}


def expected(name: str, year: int) -> set[str]:
    some = {
        code for (each, code), (first, last) in SOME_YEARS.items() if each == name and first <= year <= last
    }
    return set(ALWAYS[name].split()) | some


def test_the_lists_are_those_typed_here_and_the_years_those_of_the_returns() -> None:
    assert set(list_names()) == set(ALWAYS)
    assert list(RETURN_YEARS) == list(range(FIRST, LAST + 1))


@pytest.mark.parametrize("year", range(FIRST, LAST + 1))
@pytest.mark.parametrize("name", sorted(ALWAYS))
def test_a_return_may_use_the_codes_of_its_year_and_no_others(name: str, year: int) -> None:
    assert set(codes_of_return(name, year)) == expected(name, year)


def test_every_placement_code_counts_as_its_group() -> None:
    assert {group: set(members.split()) for group, members in GROUPS.items()} == {
        group: {code for code, known in codes("PLACE").items() if known.maps_to == group} for group in GROUPS
    }


@pytest.mark.parametrize("name", sorted(ALWAYS))
def test_an_open_episode_keeps_its_code_while_the_next_return_has_it(name: str) -> None:
    for year in range(FIRST, LAST):
        for code in expected(name, year) & expected(name, year + 1):
            assert code in roll_forwards(name, code, year)


@pytest.mark.parametrize(
    ("code", "year", "next_codes"),
    [
        ("H5", 2023, ("H5",)),
        ("H5", 2024, ("K3",)),
        ("Z1", 2024, ("Z1",)),
        ("Z1", 2025, ("Z11", "Z12", "Z13", "Z14")),
        # What becomes of an episode still open with P2 is in no source, so no code is named.
        ("P2", 2024, ()),
        ("K2", 2026, ("K2",)),
    ],
)
def test_a_code_that_goes_out_of_use_rolls_forward_as_the_return_lets_it(
    code: str, year: int, next_codes: tuple[str, ...]
) -> None:
    assert roll_forwards("PLACE", code, year) == next_codes


def test_whatever_a_code_becomes_is_in_its_list_from_the_day_after() -> None:
    for name in list_names():
        for known in codes(name).values():
            for other in known.may_become:
                assert known.valid_to is not None
                assert codes(name)[other].valid_from is not None
                assert (codes(name)[other].valid_from - known.valid_to).days == 1  # type: ignore[operator]


def test_a_return_outside_the_lists_and_a_code_that_never_was_are_refused() -> None:
    for year in (FIRST - 1, LAST + 1):
        with pytest.raises(NotFound, match="2016 to 2027"):
            codes_of_return("PLACE", year)
    with pytest.raises(NotFound):
        roll_forwards("PLACE", "K3", LAST)
    with pytest.raises(NotFound):
        roll_forwards("PLACE", "QQ", 2020)


@pytest.mark.parametrize("name", sorted(ALWAYS))
def test_every_list_says_what_it_was_compiled_from_and_when(name: str) -> None:
    source = list_source(name)
    assert source.about
    assert "csc-validator-be-903" in source.source
    assert source.read_on.year == 2026
    assert "Open Government Licence" in source.licence


# What each list counts its codes as, typed from the vocabulary and the contract. A list that is not here counts nothing.
COUNTS_AS: Mapping[str, str] = {
    "PLACE": "fostering residential supported other",
    "PLACE_PROVIDER": "parents in_house other_authority other_public independent",
    "LS": "care_order adoption section_20 short_break protection youth_justice",
    "RNE": "start same_placement same_carer carer_move",
    "REC": "continues permanence family other adulthood died transferred custody",
    "REASON_PLACE_CHANGE": "planned provider breakdown same_carer other",
    "SEX": "M F U",
    "ACCOM": "suitable unsuitable no_information",
    "ACTIV": "in_activity not_in_activity no_information",
    "MISSING": "missing away",
    "ETHNIC": "white mixed asian black other not_known",
    "PREV_PERM": "permanence not_known none",
}


@pytest.mark.parametrize("name", sorted(ALWAYS))
def test_a_list_counts_its_codes_as_the_words_known_for_it(name: str) -> None:
    counted = {known.maps_to for known in codes(name).values()} - {""}
    assert counted == set(COUNTS_AS.get(name, "").split())


def test_the_words_of_placement_and_sex_are_those_of_the_vocabulary() -> None:
    assert set(COUNTS_AS["PLACE"].split()) == {str(group) for group in PlacementGroup}
    assert set(COUNTS_AS["SEX"].split()) == {str(sex) for sex in Sex}
