"""What the invented homes are held to: registered homes, fostering places, and how their number has grown.

The figures ship in ``shipped/synthetic_supply`` with their sources; they hold no home's name, number or
postcode. What is invented from them is in ``homes.py`` and ``fostering_service.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

from reference_data.shipped_tables import shipped_rows

_FOLDER = "synthetic_supply"

REGISTER_DATE = date(2023, 3, 31)

GROWTH_A_YEAR = {2023: 0.18, 2024: 0.18, 2025: 0.15}
"""Net growth of children's homes in the year from 1 April, as a share of those open at its start.

England had 2,880 homes on 31 March 2023 and 4,010 on 31 March 2025, over 15% more in the last year (Ofsted, as
quoted by the National Audit Office in 2025). Later years go on as the last.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredHomes:
    """Homes of one authority that share what the register says of them.

    Parameters
    ----------
    authority
        DfE code of the area they stand in.
    provision
        childrens_home, school_registered_as_childrens_home, secure_childrens_home, residential_school,
        residential_family_centre or fostering_agency.
    sector
        private, voluntary, local_authority, health or academy.
    places
        Registered places each; 0 where the register gives none.
    grade
        Latest overall outcome in Ofsted's words; empty before the first inspection.
    number
        How many homes.
    """

    authority: str
    provision: str
    sector: str
    places: int
    grade: str
    short_breaks_only: bool
    number: int


@cache
def registered_homes() -> tuple[RegisteredHomes, ...]:
    """Return the homes and agencies registered on 31 March 2023, in order of authority and provision."""
    return tuple(
        RegisteredHomes(
            authority=row["authority"],
            provision=row["provision"],
            sector=row["sector"],
            places=int(row["places"] or 0),
            grade=row["grade"],
            short_breaks_only=row["short_breaks_only"] == "yes",
            number=int(row["number"]),
        )
        for row in shipped_rows(_FOLDER, "registered_2023.csv")
    )


@cache
def homes_by_year_registered() -> dict[int, int]:
    """Return England's children's homes of 31 March 2023 by the year in which they were registered."""
    rows = shipped_rows(_FOLDER, "childrens_homes_by_year_registered.csv")
    return {int(row["year"]): int(row["homes"]) for row in rows}


@cache
def share_leaving_a_year() -> float:
    """Return the share of England's children's homes that left the register in the year to 31 March 2023."""
    rows = shipped_rows(_FOLDER, "childrens_homes_joined_left_2022_23.csv")
    england = next(row for row in rows if row["authority"] == "ENG")
    joined, left = int(england["joined"]), int(england["left"])
    open_at_the_end = sum(row.number for row in registered_homes() if row.provision == "childrens_home")
    return left / (open_at_the_end - joined + left)


@dataclass(frozen=True, slots=True, kw_only=True)
class FosteringPlaces:
    """Places of a council's own mainstream carers on 31 March: approved, and with a child in them."""

    approved: int
    filled: int


@cache
def fostering_places(council: str) -> dict[int, FosteringPlaces]:
    """Return a council's own mainstream fostering places by year.

    For 2019 only the places of all carers are published; the share of households that are not family and
    friends stands in for the share of places.
    """
    found = {}
    for row in shipped_rows(_FOLDER, "fostering_places.csv"):
        if row["authority"] != council:
            continue
        approved, filled = float(row["approved"]), float(row["filled"])
        if row["scope"] == "all":
            mainstream = 1 - float(row["family_and_friends_households"]) / float(row["households"])
            approved, filled = approved * mainstream, filled * mainstream
        found[int(row["year"])] = FosteringPlaces(approved=round(approved), filled=round(filled))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class FosteringHouseholds:
    """Shape of a council's fostering households on 31 March 2019.

    Parameters
    ----------
    share_by_places
        Share approved for one, two and three children; sums to 1.
    not_available_of_unfilled
        Share of the places without a child that were not available, 0-1.
    """

    share_by_places: tuple[float, float, float]
    not_available_of_unfilled: float


@cache
def fostering_households(council: str) -> FosteringHouseholds:
    """Return the shape of a council's households; England's where the council's places were not reported."""
    rows = {
        row["authority"]: row
        for row in shipped_rows(_FOLDER, "fostering_places.csv")
        if row["scope"] == "all"
    }
    row = rows.get(council, rows["ENG"])
    counts = [float(row[f"households_for_{number}"]) for number in ("one", "two", "three")]
    vacant, not_available = float(row["vacant"]), float(row["not_available"])
    if not_available == 0:
        england = rows["ENG"]
        vacant, not_available = float(england["vacant"]), float(england["not_available"])
    one, two, three = (count / sum(counts) for count in counts)
    return FosteringHouseholds(
        share_by_places=(one, two, three),
        not_available_of_unfilled=not_available / (vacant + not_available),
    )


@cache
def authority_centres() -> dict[str, tuple[int, int]]:
    """Return the mean easting and northing of each authority's postcodes, in metres."""
    return {
        row["authority"]: (int(row["easting"]), int(row["northing"]))
        for row in shipped_rows(_FOLDER, "authority_centres.csv")
    }
