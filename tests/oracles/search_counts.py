"""Indicators of searches, homes and prices counted again from the plain JSON of enquiries, homes and referrals."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

Record = dict[str, Any]
PLACEMENTS = {
    *("connected_foster_carer", "in_house_foster_carer", "agency_foster_carer", "childrens_home"),
    *("secure_childrens_home", "supported_accommodation", "crisis_accommodation", "residential_school"),
    *("residential_family_centre", "with_parents", "adoption"),
}


class Searches:
    """The records of one council, and the year from one day to another, both included."""

    def __init__(self, folder: Path, authority: str, first: date, last: date) -> None:
        self.enquiries, self.homes, self.referrals = (
            json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
            for name in ("enquiries", "homes", "referrals")
        )
        self.authority, self.first, self.last = authority, first, last

    def of_year(self, text: str) -> bool:
        return self.first <= date.fromisoformat(text) <= self.last

    def searches(self) -> list[list[Record]]:
        """Return each child's enquiries, parted where none was made for more than 90 days."""
        by_child: dict[tuple[str, str], list[Record]] = defaultdict(list)
        for one in self.enquiries:
            by_child[one["child_id"], one.get("referral_id", "")].append(one)
        found: list[list[Record]] = []
        for own in by_child.values():
            before = None
            for one in sorted(own, key=lambda row: (row["asked_on"], row["enquiry_id"])):
                asked = date.fromisoformat(one["asked_on"])
                if before is None or (asked - before).days > 90:
                    found.append([])
                found[-1].append(one)
                before = asked
        return [search for search in found if self.of_year(search[0]["asked_on"])]

    def by_the_first(self) -> tuple[int, int]:
        ended = [search for search in self.searches() if any(one.get("placed") for one in search)]
        return sum(bool(search[0].get("placed")) for search in ended), len(ended)

    def offers(self) -> tuple[int, int, int]:
        asked = [one for one in self.enquiries if self.of_year(one["asked_on"])]
        answers = Counter(one.get("answer") for one in asked)
        return answers["offered"], len(asked), answers[None]

    def refusals(self) -> Counter[str]:
        return Counter(
            one.get("reason", "not recorded")
            for one in self.enquiries
            if one.get("answer") == "declined" and self.of_year(one["asked_on"])
        )

    def days(self) -> float:
        found = []
        for search in self.searches():
            taken = [one for one in search if one.get("placed")]
            if taken and "answered_on" in taken[0]:
                asked, said = (
                    date.fromisoformat(text) for text in (search[0]["asked_on"], taken[0]["answered_on"])
                )
                found.append((said - asked).days)
        return median(found)

    def apart(self) -> tuple[int, int]:
        where: dict[str, tuple[str, str]] = {}
        for home in self.homes:
            for child in home.get("residents") or []:
                ours = isinstance(child, dict) and child.get("authority", self.authority) == self.authority
                if ours and child.get("sibling_group"):
                    where[child["child_id"]] = (child["sibling_group"], home["home_id"])
        for one in self.referrals:
            if one.get("sibling_group") and one.get("current_home_id"):
                where.setdefault(one["child_id"], (one["sibling_group"], one["current_home_id"]))
        sizes = Counter(group for group, _ in where.values())
        together = Counter(where.values())
        of_some = [place for place in where.values() if sizes[place[0]] > 1]
        return sum(together[place] < sizes[place[0]] for place in of_some), len(of_some)

    def open_homes(self) -> list[Record]:
        return [
            home
            for home in self.homes
            if home["type"] in PLACEMENTS
            and home.get("status", "open") == "open"
            and home.get("registered") is not False
        ]

    def occupancy(self) -> tuple[int, int]:
        ours = [
            home
            for home in self.open_homes()
            if home.get("contract") in ("in_house", "block") and home.get("places") and "residents" in home
        ]
        return sum(len(home["residents"]) for home in ours), sum(home["places"] for home in ours)

    def prices(self) -> dict[str, tuple[int, int]]:
        """Return the number of homes and the median weekly fee in pence, by type."""
        fees: dict[str, list[int]] = defaultdict(list)
        for home in self.open_homes():
            if "weekly_fee_pounds" in home:
                fees[home["type"]].append(round(100 * float(home["weekly_fee_pounds"])))
        return {kind: (len(own), round(median(own))) for kind, own in fees.items()}
