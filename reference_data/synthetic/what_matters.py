"""Places and people that matter to a child, and places to keep away from.

Brothers and sisters share their family's places. Every postcode is real and nobody's in particular.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import numpy as np

from reference_data.ages import age_on
from reference_data.postcode_areas import draw_postcode, draw_postcode_at_distance
from reference_data.postcodes import locate
from reference_data.synthetic.choices import between, chance, one_of, weighted
from reference_data.synthetic.searches import Search
from reference_data.synthetic.situations import in_year_11

APPROVED_CARER = "approved as the child's carer"
"""Ends the name of the place where a carer lives who is approved for the child: ``waiting_carers.py`` makes the home."""
SCHOOL_MILES = 3.0
FAMILY_MILES = 8.0

_RELATIVES = {
    "grandmother": 5,
    "grandparents": 4,
    "aunt": 3,
    "older brother": 1,
    "older sister": 2,
    "grandfather": 1,
    "cousins": 1,
}
_CLUBS = (
    "football",
    "swimming",
    "gymnastics",
    "boxing club",
    "drama group",
    "cadets",
    "stables",
    "skate park",
    "dance class",
    "judo",
    "church",
    "youth club",
    "scouts",
)
_WORK = ("apprenticeship", "Saturday job", "training provider", "job at a café")
_HEALTH = ("hospital", "clinic", "therapist", "youth therapist", "paediatrician")
_REASONS_TO_AVOID = {
    "exploited": (
        "Those who exploit the young person meet there",
        "Known adults wait at the station",
        "The group that runs the young person works from the centre",
    ),
    "remand": ("Bail condition: not to enter the centre", "Bail condition: not to go near a witness"),
    "unaccompanied": ("Traffickers are known to collect young people from the station",),
    "parent": (
        "A parent who may not know the address lives there",
        "A person who harmed the child lives there",
    ),
}


@dataclass(slots=True)
class WhatMatters:
    """The places of one council's children: remembers each family's."""

    authority: str
    on: date
    rng: np.random.Generator
    of_family: dict[str, list[dict[str, str]]] = field(default_factory=dict)

    def places(self, search: Search) -> tuple[list[dict[str, str]], str]:
        """Return the important places of a child, most often visited first, and the school's postcode."""
        school = self._school(search)
        found = [school] if school else []
        found += self._family(search)
        found += self._own(search)
        order = {"daily": 0, "weekly": 1, "fortnightly": 2, "monthly": 3, "rarely": 4}
        found.sort(key=lambda place: order[place["how_often"]])
        is_school = (
            school is not None and school["how_often"] == "daily" and not school["what"].startswith("nursery")
        )
        return found, school["postcode"] if school is not None and is_school else ""

    def avoid(self, search: Search) -> list[dict[str, object]]:
        """Return the places to keep away from."""
        name, rng = search.situation.name, self.rng
        if name in {"exploited", "remand"} or (name == "unaccompanied" and chance(rng, 0.2)):
            near = search.child.home_postcode or draw_postcode(self.authority, rng)
            miles = {"exploited": (8, 20), "remand": (1, 2), "unaccompanied": (2, 5)}[name]
            return [
                {
                    "postcode": self._near(near, 0.0, 2.0),
                    "miles": between(rng, *miles),
                    "reason": one_of(rng, _REASONS_TO_AVOID[name]),
                }
            ]
        if search.in_care is not None and search.legal_status in {"C1", "C2"} and chance(rng, 0.05):
            return [
                {
                    "postcode": self._near(search.child.home_postcode, 0.0, 5.0),
                    "miles": between(rng, 1, 5),
                    "reason": one_of(rng, _REASONS_TO_AVOID["parent"]),
                }
            ]
        return []

    def _school(self, search: Search) -> dict[str, str] | None:
        child, rng = search.child, self.rng
        age = age_on(child.date_of_birth, self.on)
        if age < 2 or (age < 4 and chance(rng, 0.4)) or search.situation.name in {"short_break"}:
            return None
        base = child.home_postcode
        if (
            search.in_care is not None
            and search.in_care.postcode
            and search.in_care.home_authority != self.authority
        ):
            # A child placed away goes to school there.
            base = search.in_care.postcode
        if not base:
            if chance(rng, 0.5) or not child.uasc:
                return None
            base = draw_postcode(self.authority, rng)
        postcode = self._near(base, 0.1, SCHOOL_MILES)
        if age < 5:
            return {
                "what": "nursery class" if age == 4 else "nursery",
                "postcode": postcode,
                "how_often": "daily" if age >= 3 else "weekly",
            }
        if child.disabled:
            return {"what": "special school", "postcode": postcode, "how_often": "daily"}
        if search.situation.name in {"hospital", "unregistered"}:
            return {"what": "school (not attending at present)", "postcode": postcode, "how_often": "rarely"}
        if in_year_11(child.date_of_birth, self.on):
            return {"what": "school (Year 11, GCSE examinations)", "postcode": postcode, "how_often": "daily"}
        if age >= 16:
            what = (
                weighted(rng, {"college": 7, one_of(rng, _WORK): 3})
                if not child.uasc
                else "college (ESOL course)"
            )
            return {"what": what, "postcode": postcode, "how_often": "daily"}
        what = weighted(
            rng,
            {"school": 84, "school (part-time timetable)": 8, "alternative provision": 8 if age >= 11 else 0},
        )
        return {"what": what, "postcode": postcode, "how_often": "daily"}

    def _family(self, search: Search) -> list[dict[str, str]]:
        child = search.child
        if child.uasc or not child.home_postcode:
            return []
        if child.family_id not in self.of_family:
            self.of_family[child.family_id] = self._new_family(search)
        return [dict(place) for place in self.of_family[child.family_id]]

    def _new_family(self, search: Search) -> list[dict[str, str]]:
        rng, child = self.rng, search.child
        ordered = search.legal_status in {"C1", "C2", "E1", "L1", "L2"}
        found = []
        parent = weighted(rng, {"mother": 6, "father": 2, "parents": 2})
        if search.situation.name == "short_break":
            return [{"what": "parents", "postcode": child.home_postcode, "how_often": "daily"}]
        if chance(rng, 0.75):
            supervised = ordered and chance(rng, 0.5)
            at_home = chance(rng, 0.4) and not supervised
            found.append(
                {
                    "what": f"{parent} (supervised)" if supervised else parent,
                    "postcode": child.home_postcode
                    if at_home
                    else self._near(child.home_postcode, 0.2, FAMILY_MILES),
                    "how_often": weighted(
                        rng,
                        {"weekly": 6, "fortnightly": 3, "monthly": 2}
                        if ordered
                        else {"weekly": 8, "fortnightly": 2},
                    ),
                }
            )
        if search.situation.name == "connected_carer":
            carer = weighted(
                rng, {"grandmother": 5, "aunt": 4, "grandparents": 3, "uncle": 1, "older sister": 1}
            )
            found.append(
                {
                    "what": f"{carer}, {APPROVED_CARER}",
                    "postcode": self._near(child.home_postcode, 0.5, 15.0),
                    "how_often": "weekly",
                }
            )
        elif chance(rng, 0.5):
            far = search.situation.name == "exploited"
            found.append(
                {
                    "what": weighted(rng, _RELATIVES),
                    "postcode": self._near(
                        child.home_postcode, 12.0 if far else 0.3, 35.0 if far else FAMILY_MILES
                    ),
                    "how_often": weighted(rng, {"weekly": 5, "fortnightly": 3, "monthly": 2}),
                }
            )
        return found

    def _own(self, search: Search) -> list[dict[str, str]]:
        rng, child, name = self.rng, search.child, search.situation.name
        age = age_on(child.date_of_birth, self.on)
        base = child.home_postcode or draw_postcode(self.authority, rng)
        found = []
        if age >= 7 and chance(rng, 0.28):
            what = one_of(rng, _CLUBS) if not child.uasc else one_of(rng, ("football", "church", "mosque"))
            found.append({"what": what, "postcode": self._near(base, 0.2, 5.0), "how_often": "weekly"})
        if child.uasc and chance(rng, 0.6):
            found.append(
                {"what": "solicitor", "postcode": self._near(base, 0.2, 25.0), "how_often": "monthly"}
            )
        if (child.disabled or name == "hospital" or child.needs[1] >= 70) and chance(rng, 0.6):
            found.append(
                {
                    "what": one_of(rng, _HEALTH),
                    "postcode": self._near(base, 0.5, 10.0),
                    "how_often": weighted(rng, {"weekly": 2, "monthly": 3}),
                }
            )
        if name == "remand":
            found.append(
                {"what": "youth court", "postcode": self._near(base, 0.2, 8.0), "how_often": "rarely"}
            )
        if name in {"fostering_for_adoption", "parent_and_child"}:
            found.append(
                {"what": "family time centre", "postcode": self._near(base, 0.2, 6.0), "how_often": "weekly"}
            )
        if (
            name in {"carer_stops", "to_supported", "gcse_year"}
            and search.in_care is not None
            and search.in_care.postcode
        ):
            found.append(
                {
                    "what": "carers, to stay in touch",
                    "postcode": search.in_care.postcode,
                    "how_often": "weekly",
                }
            )
        if search.together == "no":
            sex = search.sisters_and_brothers[0]
            found.append(
                {
                    "what": f"{'brother' if sex == 'M' else 'sister'} (supervised)",
                    "postcode": self._near(base, 0.3, 6.0),
                    "how_often": "monthly",
                }
            )
        return found

    def _near(self, postcode: str, low: float, high: float) -> str:
        place = locate(postcode) if postcode else None
        if place is None:
            return draw_postcode(self.authority, self.rng)
        area = place.authority_code or self.authority
        found = draw_postcode_at_distance(area, self.rng, place=place, at_least_miles=low, at_most_miles=high)
        return found or postcode
