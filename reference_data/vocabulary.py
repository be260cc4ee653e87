"""The enumerations that logic branches on, in the field's words.

Codes that only label a record (ethnicity, reason for a change of placement) are dated code lists
in ``shipped/codelists``, not enumerations. The names here are the contract with other systems:
they are added to, never renamed.
"""

from __future__ import annotations

from enum import StrEnum


class PlacementType(StrEnum):
    """The kinds of home that may be offered to a child."""

    CONNECTED_FOSTER_CARER = "connected_foster_carer"
    IN_HOUSE_FOSTER_CARER = "in_house_foster_carer"
    AGENCY_FOSTER_CARER = "agency_foster_carer"
    CHILDRENS_HOME = "childrens_home"
    SECURE_CHILDRENS_HOME = "secure_childrens_home"
    SUPPORTED_ACCOMMODATION = "supported_accommodation"
    CRISIS_ACCOMMODATION = "crisis_accommodation"
    RESIDENTIAL_SCHOOL = "residential_school"
    RESIDENTIAL_FAMILY_CENTRE = "residential_family_centre"
    WITH_PARENTS = "with_parents"
    ADOPTION = "adoption"

    @property
    def words(self) -> str:
        """Return the type as a person would say it, in lower case."""
        return _PLACEMENT_WORDS[self]


_PLACEMENT_WORDS = {
    PlacementType.CONNECTED_FOSTER_CARER: "connected foster carer",
    PlacementType.IN_HOUSE_FOSTER_CARER: "in-house foster carer",
    PlacementType.AGENCY_FOSTER_CARER: "agency foster carer",
    PlacementType.CHILDRENS_HOME: "children's home",
    PlacementType.SECURE_CHILDRENS_HOME: "secure children's home",
    PlacementType.SUPPORTED_ACCOMMODATION: "supported accommodation",
    PlacementType.CRISIS_ACCOMMODATION: "crisis accommodation",
    PlacementType.RESIDENTIAL_SCHOOL: "residential school",
    PlacementType.RESIDENTIAL_FAMILY_CENTRE: "residential family centre",
    PlacementType.WITH_PARENTS: "home with parents",
    PlacementType.ADOPTION: "adoptive family",
}

FOSTERING_TYPES = frozenset(
    {
        PlacementType.CONNECTED_FOSTER_CARER,
        PlacementType.IN_HOUSE_FOSTER_CARER,
        PlacementType.AGENCY_FOSTER_CARER,
    }
)
RESIDENTIAL_TYPES = frozenset(
    {
        PlacementType.CHILDRENS_HOME,
        PlacementType.SECURE_CHILDRENS_HOME,
        PlacementType.RESIDENTIAL_SCHOOL,
        PlacementType.RESIDENTIAL_FAMILY_CENTRE,
    }
)
SUPPORTED_TYPES = frozenset({PlacementType.SUPPORTED_ACCOMMODATION, PlacementType.CRISIS_ACCOMMODATION})

OFFERED_ONLY_WHEN_NAMED = frozenset(
    {
        PlacementType.SECURE_CHILDRENS_HOME,
        PlacementType.RESIDENTIAL_FAMILY_CENTRE,
        PlacementType.WITH_PARENTS,
        PlacementType.ADOPTION,
    }
)
"""Types that are an option only where the referral names them."""


class EmergencySetting(StrEnum):
    """Places a child may be recorded in that are never offered."""

    HOTEL = "hotel"
    BED_AND_BREAKFAST = "bed_and_breakfast"
    CARAVAN = "caravan"
    HOLIDAY_LET = "holiday_let"
    HOSTEL = "hostel"
    NIGHT_SHELTER = "night_shelter"
    ADULT_HOSTEL = "adult_hostel"
    COUNCIL_OFFICE = "council_office"
    UNASSESSED_FRIEND = "unassessed_friend"
    POLICE_CELL = "police_cell"
    HOSPITAL_FIT_FOR_DISCHARGE = "hospital_fit_for_discharge"
    UNREGISTERED_HOME = "unregistered_home"
    UNREGISTERED_SUPPORTED_ACCOMMODATION = "unregistered_supported_accommodation"

    @property
    def words(self) -> str:
        """Return the setting as a person would say it, in lower case."""
        return self.value.replace("_", " ")


class PlacementGroup(StrEnum):
    """The four groups a forecast counts in."""

    FOSTERING = "fostering"
    RESIDENTIAL = "residential"
    SUPPORTED = "supported"
    OTHER = "other"


def placement_group(placement: PlacementType) -> PlacementGroup:
    """Return the forecast's group of a type of home."""
    if placement in FOSTERING_TYPES:
        return PlacementGroup.FOSTERING
    if placement in RESIDENTIAL_TYPES and placement is not PlacementType.RESIDENTIAL_FAMILY_CENTRE:
        return PlacementGroup.RESIDENTIAL
    if placement in SUPPORTED_TYPES:
        return PlacementGroup.SUPPORTED
    return PlacementGroup.OTHER


class NeedDomain(StrEnum):
    """The five domains of a BERRI-style needs profile, each scored 0-100 (100 = greatest need)."""

    BEHAVIOUR = "behaviour"
    EMOTIONAL = "emotional"
    RELATIONSHIPS = "relationships"
    RISK = "risk"
    INDICATORS = "indicators"

    @property
    def words(self) -> str:
        """Return the domain as a person would say it."""
        return _DOMAIN_WORDS[self]


_DOMAIN_WORDS = {
    NeedDomain.BEHAVIOUR: "behaviour",
    NeedDomain.EMOTIONAL: "emotional wellbeing",
    NeedDomain.RELATIONSHIPS: "relationships",
    NeedDomain.RISK: "risk",
    NeedDomain.INDICATORS: "indicators of psychiatric or neurodevelopmental conditions",
}


class Urgency(StrEnum):
    """How soon: tonight, within two days, or on a planned date."""

    CRISIS = "crisis"
    EMERGENCY = "emergency"
    PLANNED = "planned"


URGENCY_ORDER = (Urgency.CRISIS, Urgency.EMERGENCY, Urgency.PLANNED)
"""Most urgent first."""


class ContractKind(StrEnum):
    """How the council buys the bed."""

    IN_HOUSE = "in_house"
    BLOCK = "block"
    FRAMEWORK = "framework"
    SPOT = "spot"
    PARTNER = "partner"


class Control(StrEnum):
    """Who decides: we place; they may refuse for stated reasons; or we ask."""

    DIRECT = "direct"
    NOMINATE = "nominate"
    OFFER = "offer"


class HomeStatus(StrEnum):
    """Whether a home takes children now."""

    OPEN = "open"
    PLANNED = "planned"
    SUSPENDED = "suspended"
    CLOSED = "closed"


class PartnerConcern(StrEnum):
    """A concern shared between partner councils; only an embargo excludes."""

    NONE = "none"
    NOTE = "note"
    CAUTION = "caution"
    EMBARGO = "embargo"


class Sex(StrEnum):
    """Sex as the return records it since 2024/25."""

    FEMALE = "F"
    MALE = "M"
    UNKNOWN = "U"


class Suitability(StrEnum):
    """A social worker's view of a broad kind of home for one child."""

    PREFERRED = "preferred"
    SUITABLE = "suitable"
    UNSUITABLE = "unsuitable"


class SiblingsTogether(StrEnum):
    """Whether brothers and sisters must, preferably or need not live together."""

    MUST = "must"
    PREFER = "prefer"
    NO = "no"


class Alongside(StrEnum):
    """Whom the child can live alongside."""

    SOLO = "solo"
    WITH_OTHERS = "with_others"
    ONLY_OLDER = "only_older"
    ONLY_YOUNGER = "only_younger"
    NO_PREFERENCE = "no_preference"


class RiskLevel(StrEnum):
    """The three levels of the South West needs standard."""

    NONE = "none"
    LOW = "low"
    HIGH = "high"


class PlacementPurpose(StrEnum):
    """What the placement is for."""

    ORDINARY = "ordinary"
    STABILISE = "stabilise"
    RESPITE = "respite"
    SHORT_BREAK = "short_break"
    REMAND = "remand"
    PACE = "pace"
    PARENT_AND_CHILD = "parent_and_child"
    FOSTERING_FOR_ADOPTION = "fostering_for_adoption"


class AgeBasis(StrEnum):
    """How sure the birth date is."""

    KNOWN = "known"
    CLAIMED = "claimed"
    DISPUTED = "disputed"


class LimitSource(StrEnum):
    """Where a home's limits of age, number and sex come from."""

    REGISTRATION = "registration"
    STATEMENT = "statement"


class LegalBasis(StrEnum):
    """The legal basis of a stay in emergency accommodation."""

    SECTION_20 = "s20"
    CARE_ORDER = "care_order"
    REMAND = "remand"
    PACE = "pace"
    SECTION_17 = "s17"
    PART_7 = "part_7"
    RELEVANT_CHILD = "relevant_child"


class WatchOutcome(StrEnum):
    """What a rule of the emergency watch answers, worst first."""

    RAISED = "RAISED"
    WARNING = "WARNING"
    NOT_ASSESSED = "NOT_ASSESSED"
    CLEAR = "CLEAR"


class PlanStatus(StrEnum):
    """How far the joint plan got."""

    OPTIMAL = "OPTIMAL"
    FEASIBLE = "FEASIBLE"
    INFEASIBLE = "INFEASIBLE"
    TIME_LIMIT_NO_SOLUTION = "TIME_LIMIT_NO_SOLUTION"


AGE_BANDS = ("0", "1-4", "5-9", "10-15", "16-17")
"""The forecast's age bands, by whole years of age on the date counted."""


def age_band(age_years: int) -> str:
    """Return the band of a whole age in years, 0 to 17."""
    if age_years < 1:
        return AGE_BANDS[0]
    for band, upper in zip(AGE_BANDS[1:], (5, 10, 16, 18), strict=True):
        if age_years < upper:
            return band
    raise ValueError("a child in care is under 18")
