"""The anonymous sheet as rows of name and value: for the page that is read out, and for the provider's door."""

from __future__ import annotations

from api.services.anonymous_sheet import AnonymousReferral, Sheet
from api.web.words import british_date, capital, domain_words, plain, urgency_words
from matching.words import risk_words

COMMUNICATION_WORDS = {
    "esol": "English as a further language (ESOL)",
    "bsl": "British Sign Language (BSL)",
    "makaton": "Makaton",
    "pecs": "Picture Exchange Communication System (PECS)",
    "interpreter": "An interpreter",
    "lip_reading": "Lip-reading",
    "braille": "Braille",
}
TOGETHER_WORDS = {
    "must": "Must live together",
    "prefer": "Together if that can be",
    "no": "Need not live together",
}
ALONGSIDE_WORDS = {
    "solo": "Alone, without other children",
    "with_others": "With other children",
    "only_older": "With older children only",
    "only_younger": "With younger children only",
    "no_preference": "Alone or with others",
}


def present_sheet(sheet: Sheet) -> tuple[tuple[str, str], ...]:
    """Return every row of the sheet with its reference; what is not known is left out."""
    told = sheet.told
    needs = ", ".join(f"{domain_words(domain).lower()} {score}" for domain, score in told.needs.items())
    risks = ", ".join(f"{risk_words(risk)}: {level}" for risk, level in told.risks.items() if level != "none")
    rows = (("Needs, 0 to 100", capital(needs)), ("Risks", capital(risks)))
    return (
        ("Reference", sheet.reference),
        ("Council", told.council),
        *present_facts(told),
        *((name, value) for name, value in rows if value),
    )


def present_facts(told: AnonymousReferral) -> tuple[tuple[str, str], ...]:
    """Return what is told besides needs and risks; what is not known is left out."""
    facts = [
        ("Age", None if told.age_years is None else f"{told.age_years} years"),
        ("Sex", {"F": "Female", "M": "Male"}.get(told.sex or "")),
        ("How soon", told.urgency and urgency_words(told.urgency)),
        ("Needed by", told.needed_by and british_date(told.needed_by)),
        ("Expected to stay", told.expected_stay_days and f"{told.expected_stay_days:,} days"),
        ("Purpose", told.purpose and capital(plain(told.purpose))),
        ("Other children", told.alongside and ALONGSIDE_WORDS[told.alongside]),
        ("Adults needed", told.adult_ratio and capital(plain(told.adult_ratio))),
        ("Communication", "; ".join(_communication(one) for one in told.communication)),
        ("The home must have", capital(", ".join(plain(one) for one in told.requires))),
        ("Brothers and sisters", told.siblings_together and TOGETHER_WORDS[told.siblings_together]),
    ]
    return tuple((name, str(value)) for name, value in facts if value)


def _communication(told: str) -> str:
    return COMMUNICATION_WORDS.get(told.casefold()) or capital(plain(told))
