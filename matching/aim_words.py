"""The aims of a plan in words, for every sentence that says what a choice gains or gives up."""

from __future__ import annotations

TERM_WORDS = {
    "connected_carer": "connected carers approved for the child",
    "area": "homes in the council's own area",
    "near_home": "nearness to home",
    "school": "nearness to school",
    "siblings": "brothers and sisters together",
    "access": "access and communication",
    "contact": "contact and important places",
    "identity": "religion, language and culture",
    "pets": "pets",
    "preferred_type": "the kind of home the social worker prefers",
    "unmet_need": "needs met",
    "specialist_capacity": "specialist places kept for those who need them",
    "stability": "no known end of the stay",
    "cost": "net weekly cost",
    "missed_by_next_arrivals": "beds kept for children who may arrive next",
    "unknown_facts": "facts known",
}

STAGE_WORDS = {
    "section_22c": "closeness to home, school, family and area",
    "unmet_need_and_specialist_capacity": "needs met and specialist places kept",
}


def aim_in_words(aim: str) -> str:
    """Return what an aim or one of its terms is about."""
    return TERM_WORDS.get(aim) or STAGE_WORDS.get(aim) or aim.replace("_", " ")


def amount_in_words(aim: str, amount: int) -> str:
    """Return an amount of an aim after the placing itself, with its unit.

    Examples
    --------
    >>> amount_in_words("near_home", 5), amount_in_words("cost", 1200), amount_in_words("unknown_facts", 1)
    ('5 penalty points in nearness to home', '£1,200 a week', '1 point for what is not known of the homes')
    """
    if aim == "cost":
        return f"£{amount:,} a week"
    if aim == "unknown_facts":
        return f"{amount} point{'' if amount == 1 else 's'} for what is not known of the homes"
    return f"{amount:,} penalty point{'' if amount == 1 else 's'} in {aim_in_words(aim)}"


def children_in_words(aim: str, amount: int) -> str:
    """Return a number of children counted by an aim of the placing itself.

    Examples
    --------
    >>> children_in_words("crisis_placed", 1), children_in_words("planned_placed", 2)
    ('1 crisis child', '2 planned children')
    """
    who = aim.removesuffix("_placed")
    return f"{amount} {who} {'child' if amount == 1 else 'children'}"
