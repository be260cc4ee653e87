"""Why care ends: the REC code that goes with where a child goes.

Codes are those in use to-day; ``returns.py`` writes those of the year.
"""

from __future__ import annotations

from reference_data.synthetic.draws import Draws
from reference_data.synthetic.lives import Life
from reference_data.synthetic.rates import Rates

_OF_ORDER_BY_KIND = {"K": "E45", "F": "E46"}


def reason_for_leaving(to: str, life: Life, rates: Rates, draws: Draws) -> str:
    """Return the REC code of one of ``rates.EXITS``."""
    u = draws.uniform()
    kind = life.stay.kind if life.stay else "F"
    if to == "home":
        unplanned = 0.25 * rates.factor("exit_to", "unplanned")
        return "E4B" if u < min(unplanned * (1.8 if life.status == "V2" else 0.6), 0.95) else "E4A"
    if to == "special_guardianship_order":
        return _OF_ORDER_BY_KIND.get(kind, "E47" if u < 0.8 else "E48")
    if to == "adopted":
        return "E12" if u < 0.85 else "E11"
    if to == "other":
        if life.child.uasc:
            return "E15" if u < 0.2 else "E8"
        return "E2" if u < 0.12 else "E16" if u < 0.16 else "E8"
    if to == "independent":
        return "E5" if u < 0.8 else "E6"
    return {
        "child_arrangements_order": "E41",
        "relatives": "E13",
        "other_authority": "E3",
        "custody": "E9",
    }[to]


def reason_at_18(kind: str, life: Life, rates: Rates, draws: Draws) -> str:
    """Return the REC code with which care ends on the eighteenth birthday."""
    codes, weights = rates.at_18(kind)
    code = codes[draws.pick(weights)]
    # Nobody goes home to parents who are a border away.
    return "E5" if life.child.uasc and code in ("E4A", "E4B", "E13") else code
