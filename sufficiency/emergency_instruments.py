"""Which instrument binds for whom: looked after or not, under 16 or over, a care leaver.

Where a fact is unknown, or changes within the spell, every instrument that may bind is cited. What the instruments say
is in the table of law; the rules that cite them are in ``emergency_nights.py`` and ``emergency_law.py``.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from reference_data.law import legal_limits
from reference_data.vocabulary import EmergencySetting, LegalBasis
from sufficiency.unsuitable import HOME_SETTINGS, Answer, Nights, looked_after

Laws = tuple[str, ...]


def accommodation_laws(runs: Iterable[Nights]) -> Laws:
    """Return what makes the accommodation of these nights unsuitable for this child."""
    return _by_care(runs, leaver="care_leaver_accommodation", homeless_16_17="homeless_duties")


def bed_and_breakfast_laws(runs: Iterable[Nights]) -> Laws:
    """Return what speaks against bed and breakfast for this child."""
    return _by_care(runs, leaver="bed_and_breakfast_care_leaver", homeless_16_17="bed_and_breakfast")


def other_arrangements_laws(runs: Iterable[Nights]) -> Laws:
    """Return the regulation that lists where a looked after child of that age may be placed."""
    found: list[str] = []
    for run in runs:
        if run.age_group in (None, "under_16"):
            found.append("other_arrangements_under_16")
        if run.age_group != "under_16":
            found.append("other_arrangements_16_17")
    return _once(found)


def registration_laws(runs: Iterable[Nights]) -> Laws:
    """Return what asks for registration: the Act for a children's home, the regulations at 16 and 17."""
    found: list[str] = []
    for run in runs:
        home = run.stay.setting in HOME_SETTINGS or run.stay.setting is EmergencySetting.UNREGISTERED_HOME
        if home or run.age_group in (None, "under_16"):
            found.append("childrens_home_registration")
        if not home and run.age_group != "under_16":
            found.append("supported_accommodation_registration")
    return _once(found)


def _by_care(runs: Iterable[Nights], *, leaver: str, homeless_16_17: str) -> Laws:
    found: list[str] = []
    for run in runs:
        in_care = looked_after(run.stay).answer
        if in_care is not Answer.NO:
            found.append("suitable_other_arrangements")
        if in_care is Answer.YES:
            continue
        if run.stay.legal_basis is LegalBasis.RELEVANT_CHILD:
            found.append(leaver)
        elif run.age_group in ("16_17", "adult"):
            found.append(homeless_16_17)
        else:
            # The guidance on homeless children is about those of 16 and 17; the duty itself is to any child.
            found.append("section_20_first")
    if "homeless_duties" in found:
        # It cites the section itself.
        found = [law for law in found if law != "section_20_first"]
    return _once(found)


def _once(laws: Iterable[str]) -> Laws:
    """Return each law once, in the order of the table: how a stay was cut must not change what is cited."""
    return _in_table_order(frozenset(laws))


@cache
def _in_table_order(laws: frozenset[str]) -> Laws:
    return tuple(name for name in legal_limits("emergency") if name in laws)
