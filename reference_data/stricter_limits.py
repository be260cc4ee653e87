"""A council may make a limit of law stricter for itself, never looser.

Which way is stricter stands with each limit in ``shipped/law``. The council's own numbers come from the table
``[limits]`` of its policy file; that file is read in ``matching/policy.py``.
"""

from __future__ import annotations

from collections.abc import Mapping

from reference_data.law import Provision, all_provisions
from reference_data.problems import InvalidInput


def overridable_limits() -> Mapping[str, Provision]:
    """Return the limits that a council may make stricter, by key, as their latest version has them."""
    return {known.key: known for known in all_provisions() if known.stricter}


def stricter_limits(wanted: Mapping[str, object]) -> dict[str, int]:
    """Return a council's own numbers for limits of law, each at least as strict as the law.

    Parameters
    ----------
    wanted
        The council's number by the key of the provision, in the provision's unit.

    Raises
    ------
    InvalidInput
        If a key is no limit that may be made stricter, a number is not whole or below 0, or it is looser than
        the law. The message names every one that is wrong.

    Examples
    --------
    >>> stricter_limits({"placement_notice": 3})
    {'placement_notice': 3}
    >>> stricter_limits({"usual_fostering_limit": 4})
    Traceback (most recent call last):
    ...
    reference_data.problems.InvalidInput: Limits of law may be made stricter, never looser: \
usual_fostering_limit must be at most 3 children (Children Act 1989, Schedule 7, paragraph 2).
    """
    known = overridable_limits()
    wrong = [why for key, value in wanted.items() if (why := _why_not(key, value, known))]
    if wrong:
        raise InvalidInput(
            "limit_looser_than_law", f"Limits of law may be made stricter, never looser: {'; '.join(wrong)}."
        )
    return {key: int(str(value)) for key, value in wanted.items()}


def _why_not(key: str, value: object, known: Mapping[str, Provision]) -> str | None:
    limit = known.get(key)
    if limit is None or limit.value is None:
        return f"{key} is none of those a council may set ({', '.join(sorted(known))})"
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        return f"{key} must be a whole number of {limit.unit}"
    looser = value > limit.value if limit.stricter == "lower" else value < limit.value
    if looser:
        bound = "at most" if limit.stricter == "lower" else "at least"
        return f"{key} must be {bound} {limit.value} {limit.unit} ({limit.reference})"
    return None
