"""Authorities: all of them, every area code, and the neighbours known by hand."""

from __future__ import annotations

from collections import Counter

import pytest

from reference_data.authorities import (
    adjoins,
    authorities,
    authority,
    authority_by_gss,
    former_authorities,
    neighbours,
    partners,
    partnerships,
    shared_boundary,
)
from reference_data.problems import NotFound
from reference_data.shipped_tables import shipped_rows

REGIONS = {
    "North East": 12,
    "North West": 24,
    "Yorkshire and the Humber": 15,
    "East Midlands": 10,
    "West Midlands": 14,
    "East of England": 11,
    "London": 33,
    "South East": 19,
    "South West": 15,
}


def code_of(name: str) -> str:
    (found,) = (known.code for known in authorities() if known.name == name)
    return found


def test_there_are_153_authorities_in_nine_regions() -> None:
    assert len(authorities()) == 153
    assert Counter(known.region for known in authorities()) == REGIONS


def test_codes_and_names_are_unique() -> None:
    for field in ("code", "gss_code", "name"):
        assert len({getattr(known, field) for known in authorities()}) == 153


@pytest.mark.parametrize(
    ("code", "gss_code", "name"),
    [
        ("879", "E06000026", "Plymouth"),
        ("880", "E06000027", "Torbay"),
        ("878", "E10000008", "Devon"),
        ("933", "E06000066", "Somerset"),
        ("908", "E06000052", "Cornwall"),
    ],
)
def test_the_peninsula_has_its_codes(code: str, gss_code: str, name: str) -> None:
    known = authority(code)
    assert (known.gss_code, known.name, known.region) == (gss_code, name, "South West")
    assert authority_by_gss(gss_code) == known


@pytest.mark.parametrize(
    ("gss_code", "name"),
    [
        ("E07000041", "Devon"),
        ("E07000187", "Somerset"),
        ("E07000026", "Cumberland"),
        ("E07000150", "North Northamptonshire"),
        ("E07000154", "West Northamptonshire"),
        ("E07000165", "North Yorkshire"),
        ("E08000016", "Barnsley"),
        ("E08000038", "Barnsley"),
        ("E06000029", "Bournemouth, Christchurch and Poole"),
    ],
)
def test_districts_and_replaced_codes_lead_to_the_authority_of_today(gss_code: str, name: str) -> None:
    found = authority_by_gss(gss_code)
    assert found is not None
    assert found.name == name


def test_the_164_districts_in_use_belong_to_the_21_counties() -> None:
    rows = [row for row in shipped_rows("authorities", "districts.csv") if row["in_use"] == "current"]
    assert len({row["gss_code"] for row in rows}) == len(rows) == 164
    counties = {authority(row["authority_code"]) for row in rows}
    assert counties == {known for known in authorities() if known.gss_code.startswith("E10")}
    assert len(counties) == 21


@pytest.mark.parametrize("gss_code", ["W06000015", "S12000033", "N09000003", "E10000006", ""])
def test_areas_without_one_english_authority_lead_nowhere(gss_code: str) -> None:
    assert authority_by_gss(gss_code) is None


@pytest.mark.parametrize("code", ["909", "000", "", "Plymouth"])
def test_an_unknown_code_is_refused_not_guessed(code: str) -> None:
    with pytest.raises(NotFound):
        authority(code)
    with pytest.raises(NotFound):
        adjoins("879", code)


def test_replaced_authorities_name_their_successors() -> None:
    by_name = {former.name: former for former in former_authorities()}
    successors = {authority(code).name for code in by_name["Cumbria"].successors}
    assert successors == {"Cumberland", "Westmorland and Furness"}
    for former in former_authorities():
        assert all(authority(code) for code in former.successors)


def test_plymouth_adjoins_devon_and_cornwall_and_no_one_else() -> None:
    assert [known.name for known in neighbours("879")] == ["Devon", "Cornwall"]
    tamar = shared_boundary("879", "908")
    assert tamar is not None
    assert tamar.kind == "river"
    devon = shared_boundary("879", "878")
    assert devon is not None
    assert devon.kind == "land"


@pytest.mark.parametrize(
    ("name", "others"),
    [
        ("Torbay", {"Devon"}),
        ("Cornwall", {"Plymouth", "Devon"}),
        ("Devon", {"Plymouth", "Torbay", "Cornwall", "Somerset", "Dorset"}),
        ("Somerset", {"Devon", "Dorset", "Wiltshire", "Bath and North East Somerset", "North Somerset"}),
        ("Isle of Wight", set()),
        ("Isles of Scilly", set()),
        ("Derby", {"Derbyshire"}),
        ("Stoke-on-Trent", {"Staffordshire"}),
        ("Rutland", {"Leicestershire", "Lincolnshire", "North Northamptonshire"}),
        ("Merton", {"Croydon", "Kingston upon Thames", "Lambeth", "Sutton", "Wandsworth"}),
    ],
)
def test_known_authorities_have_exactly_their_known_neighbours(name: str, others: set[str]) -> None:
    assert {known.name for known in neighbours(code_of(name))} == others


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Liverpool", "Wirral"),
        ("Thurrock", "Kent"),
        ("Lewisham", "Tower Hamlets"),
        ("Newcastle upon Tyne", "Gateshead"),
        ("North Northamptonshire", "Lincolnshire"),
        ("Oldham", "Derbyshire"),
        ("Portsmouth", "Hampshire"),
        ("Southampton", "Hampshire"),
        ("Brighton and Hove", "East Sussex"),
        ("Brighton and Hove", "West Sussex"),
        ("Medway", "Kent"),
        ("Hartlepool", "County Durham"),
        ("Redcar and Cleveland", "North Yorkshire"),
        ("Middlesbrough", "Stockton-on-Tees"),
        ("Bristol, City of", "South Gloucestershire"),
        ("Bristol, City of", "North Somerset"),
        ("Bath and North East Somerset", "Wiltshire"),
        ("Swindon", "Wiltshire"),
        ("Cumberland", "Northumberland"),
        ("Cumberland", "Westmorland and Furness"),
        ("Westmorland and Furness", "Lancashire"),
        ("York", "North Yorkshire"),
        ("Leicester", "Leicestershire"),
        ("Nottingham", "Nottinghamshire"),
        ("Luton", "Central Bedfordshire"),
        ("Blackpool", "Lancashire"),
        ("Sefton", "Liverpool"),
        ("Knowsley", "Halton"),
        ("Newham", "Greenwich"),
        ("Richmond upon Thames", "Hounslow"),
        ("Barnet", "Hertfordshire"),
        ("Bromley", "Kent"),
        ("Croydon", "Surrey"),
        ("Wolverhampton", "Staffordshire"),
        ("Birmingham", "Solihull"),
        ("Coventry", "Solihull"),
        ("Devon", "Dorset"),
        ("Cornwall", "Devon"),
        ("Gateshead", "Sunderland"),
    ],
)
def test_known_pairs_adjoin(a: str, b: str) -> None:
    assert adjoins(code_of(a), code_of(b))


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Plymouth", "Torbay"),
        ("Plymouth", "Somerset"),
        ("Rutland", "Peterborough"),
        ("Isle of Wight", "Hampshire"),
        ("Bolton", "Manchester"),
        ("Croydon", "Kent"),
        ("North Somerset", "South Gloucestershire"),
        ("Cornwall", "Somerset"),
        ("Torbay", "Cornwall"),
        ("Torbay", "Somerset"),
        ("Southampton", "Portsmouth"),
        ("Portsmouth", "Isle of Wight"),
        ("Bristol, City of", "Wiltshire"),
        ("Brighton and Hove", "Surrey"),
        ("York", "Leeds"),
        ("Leicester", "Nottinghamshire"),
        ("Derby", "Nottingham"),
        ("Coventry", "Birmingham"),
        ("Wolverhampton", "Birmingham"),
        ("Newcastle upon Tyne", "County Durham"),
        ("Darlington", "Middlesbrough"),
        ("Cumberland", "Lancashire"),
        ("Reading", "Slough"),
        ("Luton", "Bedford"),
        ("Blackpool", "Sefton"),
        ("Isles of Scilly", "Cornwall"),
        ("Southend-on-Sea", "Medway"),
        ("Sefton", "Wirral"),
        ("Camden", "Southwark"),
    ],
)
def test_known_pairs_do_not_adjoin(a: str, b: str) -> None:
    assert not adjoins(code_of(a), code_of(b))


def test_adjoining_is_mutual_and_never_with_oneself() -> None:
    codes = [known.code for known in authorities()]
    for a in codes:
        assert not adjoins(a, a)
        for neighbour in neighbours(a):
            assert a in {known.code for known in neighbours(neighbour.code)}
    assert sum(len(neighbours(code)) for code in codes) == 2 * 382


def test_only_the_two_that_are_islands_adjoin_no_one_and_the_table_says_why() -> None:
    alone = {known.code: known.name for known in authorities() if not neighbours(known.code)}
    assert set(alone.values()) == {"Isle of Wight", "Isles of Scilly"}
    notes = [row for row in shipped_rows("authorities", "adjoining.csv") if {row["a"], row["b"]} & set(alone)]
    assert {row["adjoins"] for row in notes} == {"no"}
    assert all("sea" in row["note"] for row in notes)
    assert {code for code in alone for row in notes if code in (row["a"], row["b"])} == set(alone)


def test_the_adjoining_table_is_tidy() -> None:
    rows = list(shipped_rows("authorities", "adjoining.csv"))
    pairs = [(row["a"], row["b"]) for row in rows]
    assert pairs == sorted(set(pairs))
    for row in rows:
        assert row["a"] < row["b"]
        assert (authority(row["a"]).name, authority(row["b"]).name) == (row["name_a"], row["name_b"])
        assert row["certainty"] in {"sure", "likely", "doubtful"}
        if row["adjoins"] == "yes":
            assert row["boundary"] in {"land", "river"}
            assert row["certainty"] != "doubtful"
        else:
            assert row["adjoins"] == "no"
        if row["source"] == "hand":
            assert row["note"]


def test_the_peninsula_is_four_partners_with_cornwall_beside_them() -> None:
    assert partnerships()["peninsula"] == ("878", "879", "880", "933")
    assert [known.name for known in partners("880")] == ["Devon", "Plymouth", "Somerset"]
    assert partners("908") == ()
