"""Children who are about to come into care, or came since the last return: newly invented, so no history knows them yet.

Needs and ethnicity are those of a child of about the same age in the authority's history, so that those who come in
look like those who came.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from reference_data.ages import age_on
from reference_data.postcode_areas import draw_postcode, draw_postcode_at_distance
from reference_data.postcodes import locate
from reference_data.synthetic.choices import between, one_of, weighted
from reference_data.synthetic.history import Child, History

_UASC_ETHNICITIES = {"BAFR": 0.4, "OOTH": 0.25, "AOTH": 0.25, "WOTH": 0.1}
_NEEDS_IF_NOBODY = (45, 50, 48, 40, 35)
_NEEDS_OF_UASC_IF_NOBODY = (25, 55, 38, 35, 28)
_NEAR_IN_AGE_YEARS = 2
_HEAVIEST_OF = 6


@dataclass(slots=True)
class Newcomers:
    """The next children of one authority, numbered as they are asked for."""

    authority: str
    like: Sequence[Child]
    like_uasc: Sequence[Child]
    on: date
    rng: np.random.Generator
    children: int = 0
    families: int = 0

    def family(
        self, ages: Sequence[int], *, sexes: Sequence[str] = (), disabled: bool = False, heavy: bool = False
    ) -> list[Child]:
        """Return brothers and sisters of these ages.

        Parameters
        ----------
        disabled
            The first of them is.
        heavy
            Their behaviour or risk is the greatest of several children's of that age.
        """
        self.families += 1
        family_id = f"DEMO-F{self.authority}-N{self.families:03d}"
        postcode = self._family_home()
        model = one_of(self.rng, self.like) if self.like else None
        ethnicity = model.ethnicity if model else "WBRI"
        reason = model.category_of_need if model else "N1"
        return [
            self._child(
                age,
                sexes[index] if index < len(sexes) else one_of(self.rng, ("F", "M")),
                family_id=family_id,
                home_postcode=postcode,
                ethnicity=ethnicity,
                category_of_need="N2" if disabled and not index else reason,
                disabled=disabled and not index,
                heavy=heavy,
            )
            for index, age in enumerate(ages)
        ]

    def unaccompanied(self, age: int) -> Child:
        """Return a young person who has come alone and seeks asylum."""
        self.families += 1
        ethnicity = (
            one_of(self.rng, self.like_uasc).ethnicity
            if self.like_uasc
            else weighted(self.rng, _UASC_ETHNICITIES)
        )
        return self._child(
            age,
            weighted(self.rng, {"M": 0.94, "F": 0.06}),
            family_id=f"DEMO-F{self.authority}-N{self.families:03d}",
            home_postcode="",
            ethnicity=ethnicity,
            category_of_need="N8",
            uasc=True,
        )

    def _child(
        self,
        age: int,
        sex: str,
        *,
        family_id: str,
        home_postcode: str,
        ethnicity: str,
        category_of_need: str,
        disabled: bool = False,
        uasc: bool = False,
        heavy: bool = False,
    ) -> Child:
        self.children += 1
        return Child(
            child_id=f"DEMO-{self.authority}-N{self.children:03d}",
            authority=self.authority,
            family_id=family_id,
            date_of_birth=self._birth(age),
            sex=sex,
            ethnicity=ethnicity,
            uasc=uasc,
            disabled=disabled,
            home_postcode=home_postcode,
            category_of_need=category_of_need,
            needs=self._needs(age, uasc=uasc, disabled=disabled, heavy=heavy),
            frailty=1.0,
        )

    def _birth(self, age: int) -> date:
        day = date(self.on.year - age, self.on.month, min(self.on.day, 28))
        latest = between(self.rng, 5, 100) if age == 0 else between(self.rng, 1, 360)
        return day - timedelta(days=latest)

    def _needs(self, age: int, *, uasc: bool, disabled: bool, heavy: bool) -> tuple[int, int, int, int, int]:
        if uasc:
            return one_of(self.rng, self.like_uasc).needs if self.like_uasc else _NEEDS_OF_UASC_IF_NOBODY
        near = [
            child.needs
            for child in self.like
            if abs(age_on(child.date_of_birth, self.on) - age) <= _NEAR_IN_AGE_YEARS
            and (child.disabled or not disabled)
        ]
        if not near:
            return _NEEDS_IF_NOBODY
        drawn = [one_of(self.rng, near) for _ in range(_HEAVIEST_OF if heavy else 1)]
        return max(drawn, key=lambda needs: max(needs[0], needs[3]))

    def _family_home(self) -> str:
        # Half of the families live where families of children in care have lived before: need is not spread evenly.
        if self.like and self.rng.random() < 0.5:
            place = locate(one_of(self.rng, self.like).home_postcode)
            found = place and draw_postcode_at_distance(
                self.authority, self.rng, place=place, at_most_miles=1.0
            )
            if found:
                return found
        return draw_postcode(self.authority, self.rng)


def newcomers(history: History, on: date, rng: np.random.Generator) -> Newcomers:
    """Return the source of an authority's next children."""
    near = [child for child in history.children if 0 <= age_on(child.date_of_birth, on) < 18]
    return Newcomers(
        authority=history.authority,
        like=[child for child in near if not child.uasc],
        like_uasc=[child for child in near if child.uasc],
        on=on,
        rng=rng,
    )
