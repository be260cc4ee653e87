"""What a child, and those who speak for the child, would like in a home: it ranks homes and excludes none."""

from __future__ import annotations

from datetime import date

import numpy as np

from reference_data.ages import age_on
from reference_data.synthetic.choices import between, chance, one_of, weighted
from reference_data.synthetic.searches import Search
from reference_data.synthetic.situations import in_year_11

_LANGUAGES_OF_UASC = {
    "BAFR": ("Tigrinya", "Arabic", "Amharic", "Somali"),
    "OOTH": ("Kurdish Sorani", "Arabic"),
    "AOTH": ("Pashto", "Dari", "Vietnamese"),
    "WOTH": ("Albanian",),
    "BOTH": ("Arabic", "Tigrinya"),
}
_RELIGION_OF_LANGUAGE = {
    "Tigrinya": "Orthodox Christian",
    "Amharic": "Orthodox Christian",
    "Vietnamese": "Buddhist",
}
_LANGUAGES_AT_HOME = {
    "WOTH": ("Polish", "Romanian", "Portuguese"),
    "ABAN": ("Bengali",),
    "APKN": ("Urdu",),
    "AIND": ("Malayalam",),
}


def preferred(search: Search, school_postcode: str, on: date, rng: np.random.Generator) -> dict[str, object]:
    """Return what is preferred in a home."""
    child, name = search.child, search.situation.name
    age = age_on(child.date_of_birth, on)
    found: dict[str, object] = {}
    if not child.uasc and name != "exploited" and chance(rng, 0.9):
        found["max_miles"] = between(rng, 1, 3) * 5 if age < 16 or chance(rng, 0.5) else between(rng, 3, 12)
        if name in {"secure_ends", "unregistered"}:
            found["max_miles"] = between(rng, 4, 10) * 5
    if school_postcode:
        found["school_postcode"] = school_postcode
        if name == "gcse_year" or in_year_11(child.date_of_birth, on) or chance(rng, 0.85):
            found["keep_school"] = True
    languages = _languages(search, rng)
    found["language"] = languages
    religion = _religion(search, languages[0], rng)
    if religion:
        found["religion"] = [religion]
    if chance(rng, 0.85):
        found["ethnicity"] = [child.ethnicity]
    if chance(rng, 0.22):
        found["pets"] = [weighted(rng, {"dog": 6, "cat": 3, "none": 2})]
    if child.sex == "F" and age >= 9 and chance(rng, 0.22 if name != "exploited" else 0.8):
        found["gender_of_carer"] = "F"
    elif child.sex == "M" and age >= 9 and chance(rng, 0.05):
        found["gender_of_carer"] = "M"
    return found


def _languages(search: Search, rng: np.random.Generator) -> list[str]:
    child = search.child
    if child.uasc:
        known = _LANGUAGES_OF_UASC.get(child.ethnicity, ("Arabic", "Kurdish Sorani"))
        return [one_of(rng, known)]
    extra = _LANGUAGES_AT_HOME.get(child.ethnicity)
    # One draw by the family's id, so that brothers and sisters speak the same.
    if extra:
        return [extra[sum(map(ord, child.family_id)) % len(extra)], "English"]
    return ["English"]


def _religion(search: Search, language: str, rng: np.random.Generator) -> str:
    if search.child.uasc:
        return _RELIGION_OF_LANGUAGE.get(language, "Muslim") if chance(rng, 0.8) else ""
    if search.child.ethnicity in {"ABAN", "APKN"}:
        return "Muslim"
    return weighted(rng, {"": 92, "Church of England": 5, "Roman Catholic": 3})
