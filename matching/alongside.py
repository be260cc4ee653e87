"""What a referral says of the children its child would live with: whom it may not suit, and to whom it is a high risk.

Neither excludes: people who know the children weigh it. It is asked about the residents of a home in ``room.py`` and
about children who would move in together in ``company.py``.
"""

from __future__ import annotations

from matching.referral import Referral
from reference_data.vocabulary import Alongside, RiskLevel

RISKS_TO_OTHER_CHILDREN = ("physical_harm", "sexual_harm", "fire_setting", "criminal_exploitation_of_others")
"""Risks to others that are risks to the children of a home; harm to animals is one to its pets."""

IN_WORDS = {
    Alongside.SOLO: "without other children",
    Alongside.ONLY_OLDER: "with older children only",
    Alongside.ONLY_YOUNGER: "with younger children only",
}
"""Every answer that leaves some children out, as it goes on after "to live"."""


def high_risks_to_others(referral: Referral) -> list[str]:
    """Return the risks to other children that the referral records as high."""
    return [name for name in RISKS_TO_OTHER_CHILDREN if referral.risks.get(name) is RiskLevel.HIGH]


def company_wanted(referral: Referral) -> Alongside | None:
    """Return with whom the child is to live, one of ``IN_WORDS``; ``None`` where it is anybody or not recorded."""
    wanted = Alongside.SOLO if "solo" in referral.requires else referral.alongside
    return wanted if wanted in IN_WORDS else None


def may_not_suit(wanted: Alongside | None, age: int | None, other_age: int | None) -> bool:
    """Say whether it has to be asked if a child could live with another one, by the company it is to have.

    Parameters
    ----------
    wanted
        What ``company_wanted`` gives for the child.
    age, other_age
        Whole years of the child and of the other one; one that is not known has to be asked too.

    Examples
    --------
    >>> may_not_suit(Alongside.ONLY_OLDER, 12, 12), may_not_suit(Alongside.ONLY_OLDER, 12, 13)
    (True, False)
    """
    if wanted is None:
        return False
    if wanted is Alongside.SOLO or age is None or other_age is None:
        return True
    return other_age <= age if wanted is Alongside.ONLY_OLDER else other_age >= age


def are_kin(one: Referral, other: Referral) -> bool:
    """Say whether two children are of one sibling group: brothers and sisters are never asked about."""
    return one.sibling_group is not None and one.sibling_group == other.sibling_group
