"""The anonymous sheet as rows of name and value: for the page that is read out, and for the provider's door."""

from __future__ import annotations

from api.services.anonymous_sheet import AnonymousReferral, Sheet
from api.web.words import british_date, capital, domain_words, plain, urgency_words


def present_sheet(sheet: Sheet) -> tuple[tuple[str, str], ...]:
    """Return every row of the sheet with its reference; what is not known is left out."""
    told = sheet.told
    needs = ", ".join(f"{domain_words(domain).lower()} {score}" for domain, score in told.needs.items())
    risks = ", ".join(f"{plain(risk)}: {level}" for risk, level in told.risks.items() if level != "none")
    rows = (("Needs, 0 to 100", needs), ("Risks", risks))
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
        ("Other children", told.alongside and capital(plain(told.alongside))),
        ("Adults needed", told.adult_ratio and plain(told.adult_ratio)),
        ("Communication", ", ".join(told.communication)),
        ("The home must have", ", ".join(plain(one) for one in told.requires)),
        ("Brothers and sisters", told.siblings_together and f"Together: {plain(told.siblings_together)}"),
    ]
    return tuple((name, str(value)) for name, value in facts if value)
