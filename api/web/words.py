"""How the pages say dates, money, distances, ages and counts to a British reader.

Every function returns plain text; templates escape it. Contract codes become words here too, so that no page
shows ``in_house_foster_carer`` to a person.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from reference_data.vocabulary import EmergencySetting, NeedDomain, PlacementGroup, PlacementType, Urgency

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)

UNKNOWN = "Not known"

PLACE_WORDS: dict[str, str] = {
    **{kind: kind.words for kind in PlacementType},
    **{setting: setting.words for setting in EmergencySetting},
}

DOMAIN_WORDS: dict[str, str] = {
    NeedDomain.BEHAVIOUR: "Behaviour",
    NeedDomain.EMOTIONAL: "Emotional wellbeing",
    NeedDomain.RELATIONSHIPS: "Relationships",
    NeedDomain.RISK: "Risk",
    NeedDomain.INDICATORS: "Clinical indicators",
}

URGENCY_WORDS: dict[str, str] = {
    Urgency.CRISIS: "Tonight",
    Urgency.EMERGENCY: "Within 2 days",
    Urgency.PLANNED: "Planned",
}

GROUP_WORDS: dict[str, str] = {
    PlacementGroup.FOSTERING: "Fostering",
    PlacementGroup.RESIDENTIAL: "Children's homes",
    PlacementGroup.SUPPORTED: "Supported accommodation",
    PlacementGroup.OTHER: "Other",
}

CONTRACT_WORDS = {
    "in_house": "our own",
    "block": "block contract",
    "framework": "framework",
    "spot": "spot purchase",
    "partner": "partner council",
}

CONTROL_WORDS = {
    "direct": "We place",
    "nominate": "We nominate; they may refuse for stated reasons",
    "offer": "We ask; they may say no",
}


def as_date(value: date | str) -> date:
    """Return a date from a date or the ISO text of the contract's JSON."""
    return value if isinstance(value, date) else date.fromisoformat(value)


def british_date(value: date | str | None) -> str:
    """Return a date as ``15 June 2026``."""
    if value is None:
        return UNKNOWN
    day = as_date(value)
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def short_month(value: date | str) -> str:
    """Return the month of a date as ``Jun 2026``, for chart axes and narrow tables."""
    day = as_date(value)
    return f"{MONTHS[day.month - 1][:3]} {day.year}"


def month_words(value: date | str) -> str:
    """Return the month of a date as ``June 2026``."""
    day = as_date(value)
    return f"{MONTHS[day.month - 1]} {day.year}"


def days_from(as_of: date, then: date | str | None) -> str:
    """Return how far a date lies from today, as a person would say it."""
    if then is None:
        return ""
    days = (as_date(then) - as_of).days
    if days == 0:
        return "today"
    if days == 1:
        return "tomorrow"
    if days == -1:
        return "yesterday"
    return f"in {days} days" if days > 0 else f"{-days} days ago"


def pounds(pence: int | None) -> str:
    """Return pence as pounds with commas; pence are shown only where there are some."""
    if pence is None:
        return UNKNOWN
    sign = "-" if pence < 0 else ""
    whole, part = divmod(abs(pence), 100)
    return f"{sign}£{whole:,}" + (f".{part:02d}" if part else "")


def weekly_cost(pence: int | None) -> str:
    """Return a weekly fee as ``£6,895 a week``."""
    return UNKNOWN if pence is None else f"{pounds(pence)} a week"


def miles(distance: float | None) -> str:
    """Return a distance as ``3.4 miles``."""
    if distance is None:
        return UNKNOWN
    return f"{distance:.1f} miles" if distance >= 0.1 else "less than 0.1 miles"


def counted(number: int, singular: str, plural: str | None = None) -> str:
    """Return a number with its noun: ``1 home``, ``2 homes``, ``no homes``."""
    noun = singular if number == 1 else (plural or f"{singular}s")
    return f"{number:,} {noun}" if number else f"no {noun}"


def number(value: float | int | None) -> str:
    """Return a number with commas and at most one decimal."""
    if value is None:
        return UNKNOWN
    if float(value).is_integer():
        return f"{int(value):,}"
    return f"{value:,.1f}"


def chance(probability: float | None) -> str:
    """Return a probability as a whole percentage, never claiming certainty."""
    if probability is None:
        return "Not assessed"
    percent = round(probability * 100)
    if percent == 0 and probability > 0:
        return "under 1%"
    if percent == 100 and probability < 1:
        return "over 99%"
    return f"{percent}%"


def joined(items: Iterable[str], last: str = "and") -> str:
    """Return a list as ``a, b and c``."""
    words = list(items)
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def sentence(text: str) -> str:
    """Return text with a capital first letter and a full stop at the end."""
    text = text.strip()
    if not text:
        return ""
    text = text[0].upper() + text[1:]
    return text if text[-1] in ".!?" else f"{text}."


def capital(text: str) -> str:
    """Return text with a capital first letter and the rest as it was."""
    return text[:1].upper() + text[1:]


def plain(code: str) -> str:
    """Return a snake_case code as words, for codes that have no words of their own."""
    return code.replace("_", " ")


def placement_words(code: str) -> str:
    """Return a type of home, or a setting that is never offered, in words."""
    return PLACE_WORDS.get(code) or plain(code)


def group_words(code: str) -> str:
    """Return a forecast's placement group in words."""
    return GROUP_WORDS.get(code) or capital(plain(code))


def urgency_words(code: str) -> str:
    """Return how soon, in words."""
    return URGENCY_WORDS.get(code) or capital(plain(code))


def domain_words(code: str) -> str:
    """Return a domain of the needs profile in words short enough for a chart."""
    return DOMAIN_WORDS.get(code) or capital(plain(code))
