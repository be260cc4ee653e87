"""What children say about where they want to live, or why they have not been asked.

The sentences stand in ``stock/wishes.csv``, by topic and age. Within one council's list each is used once, so no two
children say the same. None names a person or a place.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import numpy as np

from reference_data.ages import age_on
from reference_data.synthetic.choices import between, chance, days_before, one_of, stock, weighted
from reference_data.synthetic.searches import Search

YOUNGEST_ASKED = 4
NOT_ASKED = 0.13
"""Share of the children old enough who have not been asked yet: as in the hand-written list. Our assumption."""
SECOND_SENTENCE = 0.45

_TOPICS: dict[str, tuple[str, ...]] = {
    "provider_notice": ("moved",),
    "breakdown": ("moved",),
    "carer_stops": ("carer", "moved"),
    "gcse_year": ("exams",),
    "step_down": ("family_life",),
    "to_supported": ("supported",),
    "long_term": ("long_term",),
    "come_back": ("home_area",),
    "secure_ends": ("secure",),
    "unregistered": ("unsafe_place",),
    "settled": ("settled",),
    "respite": ("respite",),
    "stabilise": ("break",),
    "connected_carer": ("connected",),
    "siblings_apart": ("apart",),
    "approval_ends": ("moved",),
    "bridging_ends": ("moved",),
    "exploited": ("distance",),
    "wheelchair": ("access",),
    "family_tonight": ("group_little", "group_big"),
    "child_tonight": ("tonight",),
    "child_in_two_days": ("tonight", "planned_in"),
    "young_person_tonight": ("tonight16",),
    "in_a_hotel": ("tonight16", "unsafe_place"),
    "planned_child": ("planned_in",),
    "planned_pair": ("planned_in",),
    "unaccompanied": ("unaccompanied",),
    "remand": ("remand",),
    "police_station": ("remand", "tonight"),
    "short_break": ("symbols", "short"),
    "hospital": ("ill",),
    "parent_in_hospital": ("planned_in",),
}
_ANYBODY = ("people", "interest", "room", "contact", "food", "pets")
_SAY_ONE_THING = frozenset({"unaccompanied", "symbols", "settled"})
_ASKED_BY = {
    "unaccompanied": "social worker with an interpreter",
    "remand": "youth justice officer",
    "police_station": "appropriate adult",
    "hospital": "hospital social worker",
    "short_break": "short breaks worker",
    "child_tonight": "out-of-hours social worker",
    "young_person_tonight": "out-of-hours social worker",
    "settled": "independent reviewing officer",
    "stabilise": "key worker",
}


@dataclass(slots=True)
class Wishes:
    """The wishes of one council's list: remembers what has been said already."""

    on: date
    rng: np.random.Generator
    said: set[str] = field(default_factory=set)

    def of(self, search: Search, *, keeps_school: bool, asked: bool) -> dict[str, str]:
        """Return the wishes part of a child's referral."""
        age = age_on(search.child.date_of_birth, self.on)
        text = self._text(search, age, keeps_school) if asked and age >= YOUNGEST_ASKED else ""
        if not text:
            return self._not_asked(search, age)
        found = {
            "text": text,
            "asked_on": self._asked_on(search).isoformat(),
            "asked_by": self._asked_by(search, age),
        }
        advocate = weighted(
            self.rng,
            {
                "offered, not yet taken up": 40,
                "an advocate spoke with the child": 34 if age >= 8 else 12,
                "offered, declined": 8,
                "an advocate is to see the child": 8,
                "": 10,
            },
        )
        return found | ({"advocate": advocate} if advocate else {})

    def _text(self, search: Search, age: int, keeps_school: bool) -> str:
        name = search.situation.name
        topics = list(_TOPICS.get(name, ()))
        if name == "short_break" or (search.child.disabled and age < 10 and chance(self.rng, 0.3)):
            topics = ["symbols", *topics]
        if "apart" in topics and chance(self.rng, 0.7):
            topics = ["apart_him" if search.sisters_and_brothers[0] == "M" else "apart_her", *topics]
        company = [{"M": "brother", "F": "sister"}[sex] for sex in search.sisters_and_brothers]
        if len(set(company)) == 1 and len(company) == 1 and search.together in {"must", "prefer"}:
            topics = [company[0], *topics]
        elif len(company) > 1 and search.together in {"must", "prefer"}:
            topics = ["group_little" if age < 8 else "group_big", *topics]
        first, topic = "", ""
        for topic in (*topics, *self._others(keeps_school)):
            first = self._take(topic, age)
            if first:
                break
        if (
            not first
            or topic in _SAY_ONE_THING
            or not chance(self.rng, SECOND_SENTENCE if age >= 6 else 0.15)
        ):
            return first
        second = self._take(one_of(self.rng, [t for t in self._others(keeps_school) if t != topic]), age)
        return f"{first} {second}".strip()

    def _others(self, keeps_school: bool) -> list[str]:
        school = ["school"] if keeps_school else []
        return school + [_ANYBODY[int(i)] for i in self.rng.permutation(len(_ANYBODY))]

    def _take(self, topic: str, age: int) -> str:
        free = [
            row["text"]
            for row in stock("wishes")
            if row["topic"] == topic
            and int(row["from_age"]) <= age <= int(row["to_age"])
            and row["text"] not in self.said
        ]
        if not free:
            return ""
        text = one_of(self.rng, free)
        self.said.add(text)
        return text

    def _asked_on(self, search: Search) -> date:
        # Asked when the search was opened or since; for a child already in care perhaps just before.
        since = (self.on - search.opened_on).days
        back = between(self.rng, 0, since + (5 if search.in_care is not None else 0))
        return max(days_before(self.on, back), search.child.date_of_birth)

    def _asked_by(self, search: Search, age: int) -> str:
        if search.situation.name in _ASKED_BY:
            return _ASKED_BY[search.situation.name]
        if search.in_care is None:
            return "social worker"
        return weighted(
            self.rng,
            {
                "social worker": 60,
                "independent reviewing officer": 16,
                "advocate": 10,
                "key worker" if age >= 13 else "supervising social worker": 8,
                "personal adviser" if age >= 16 else "foster carer": 6,
            },
        )

    def _not_asked(self, search: Search, age: int) -> dict[str, str]:
        kind = self._kind_of_silence(search, age)
        rows = [
            row
            for row in stock("not_asked")
            if row["kind"] == kind and int(row["from_age"]) <= age <= int(row["to_age"])
        ] or [row for row in stock("not_asked") if row["kind"] == "late"]
        row = one_of(self.rng, rows)
        words = row["reason"].split("|")
        reason = words[-1] if search.child.sex == "M" else words[0]
        return {"reason_not_asked": reason} | ({"advocate": row["advocate"]} if row["advocate"] else {})

    def _kind_of_silence(self, search: Search, age: int) -> str:
        name = search.situation.name
        if age < YOUNGEST_ASKED:
            return "infant"
        if name == "hospital":
            return "hospital"
        if search.child.uasc:
            return "uasc"
        if name in {"family_tonight", "child_tonight", "young_person_tonight", "police_station"}:
            return "tonight"
        if name == "short_break":
            return "symbols"
        return weighted(self.rng, {"late": 6, "refused": 4}) if age >= 10 else "late"
