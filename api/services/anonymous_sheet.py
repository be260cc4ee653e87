"""What a provider is told of a child before it is chosen: needs and circumstances, and nothing that says who.

The one anonymous sheet: read out at the telephone, printed, and shown at the provider's door. No id, birth date,
postcode, school, place or free text leaves by it. Its reference is a digest that nobody outside can turn back.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from api.services.desk import Desk

if TYPE_CHECKING:
    from matching.referral import Referral

KNOWN_COMMUNICATION = frozenset({"esol", "bsl", "makaton", "pecs", "interpreter", "lip_reading", "braille"})
KNOWN_FEATURES = frozenset(
    {
        "step_free",
        "hoist",
        "wheelchair",
        "ground_floor_bedroom",
        "own_bathroom",
        "solo",
        "waking_night_staff",
        "therapeutic",
        "no_pets",
        "pets",
        "garden",
        "two_carers",
        "on_site_education",
        "own_front_door",
        "sleep_in_staff",
        "fostering_for_adoption",
        "parent_and_child",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnonymousReferral:
    """What a provider is told of a child before it is chosen: what it takes to answer, and nothing that says who.

    No id, birth date, postcode, place, name or free text is among it: free text may say who a child is.
    """

    council: str
    age_years: int | None
    sex: str | None
    urgency: str | None
    needed_by: date | None
    expected_stay_days: int | None
    purpose: str | None
    needs: dict[str, int]
    risks: dict[str, str]
    alongside: str | None
    adult_ratio: str | None
    communication: tuple[str, ...]
    requires: tuple[str, ...]
    siblings_together: str | None

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON of one sheet."""
        return asdict(self) | {
            "needed_by": None if self.needed_by is None else self.needed_by.isoformat(),
            "communication": list(self.communication),
            "requires": list(self.requires),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """An anonymous sheet with the reference under which a provider speaks of the child."""

    reference: str
    told: AnonymousReferral

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON of one sheet."""
        return {"reference": self.reference, **self.told.as_dict()}


def anonymous_sheet(desk: Desk, referral_id: str) -> Sheet:
    """Return the anonymous sheet of a referral, and write down that it was made.

    Raises
    ------
    NotFound
        If the referral is not in view.
    """
    referral = desk.records.referral(referral_id)
    first = desk.records.kept("referrals", desk.authority).states(referral_id)[0]
    # Written down with the other views, once the answer is sent: looking changes nothing.
    desk.records.viewed.append(("anonymous_sheet", referral_id))
    return Sheet(
        reference=reference_of(referral_id, first.record_digest),
        told=told_of(referral, desk.authority, desk.today),
    )


def told_of(referral: Referral, council: str, today: date) -> AnonymousReferral:
    """Return a child without anything that says who it is. ``council`` is a DfE code."""
    from matching.referral import age_at
    from reference_data.authorities import authority

    return AnonymousReferral(
        council=authority(council).name,
        age_years=age_at(referral, today),
        sex=_text(referral.sex),
        urgency=_text(referral.urgency),
        needed_by=referral.needed_by,
        expected_stay_days=referral.expected_stay_days,
        purpose=_text(referral.placement_purpose),
        needs={str(domain): score for domain, score in referral.needs.items() if score is not None},
        risks={str(risk): str(level) for risk, level in referral.risks.items()},
        alongside=_text(referral.alongside),
        adult_ratio=_text(referral.adult_ratio),
        communication=_known(referral.communication, KNOWN_COMMUNICATION),
        requires=_known(referral.requires, KNOWN_FEATURES),
        siblings_together=_text(referral.siblings_together) if referral.sibling_group else None,
    )


def reference_of(referral_id: str, first_digest: str) -> str:
    """Return the reference under which a provider speaks of a child it does not know.

    The digest of the whole record as it first was goes in: an id alone could be guessed.
    """
    return sha256(f"{referral_id}|{first_digest}".encode()).hexdigest()[:10].upper()


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _known(values: Iterable[str] | None, known: frozenset[str]) -> tuple[str, ...]:
    """Return the words of a list that everybody uses; any other may say who a child is, and is only counted."""
    found = [str(value) for value in values or ()]
    told = sorted({value for value in found if value.casefold() in known})
    return tuple(told + (["something else: ask the council"] if len(told) < len(set(found)) else []))
