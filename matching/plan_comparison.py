"""Two plans of one waiting list side by side: who would live elsewhere, and what each is better in.

Either may be a plan just made or a saved answer, read from JSON. Nothing is solved, and neither is called right.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from matching.aim_words import aim_in_words, amount_in_words, children_in_words
from reference_data.problems import InvalidInput

OTHER_INPUTS = (
    "The plans were not made from the same referrals, homes, policy, pins, day and settings: values compare as far "
    "as those agree."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanComparison:
    """How a second plan differs from a first one.

    Parameters
    ----------
    changes
        ``(child_id, home in the first, home in the second)``; ``None`` for no home.
    stages
        ``(aim, value in the first, value in the second)`` of the aims that both have.
    differences
        Sentences: for whom it differs, what the second is better and worse in, aim by aim.
    same_question
        Whether both were made from the same referrals, homes, policy, pins, day and settings.
    """

    changes: tuple[tuple[str, str | None, str | None], ...]
    stages: tuple[tuple[str, int, int], ...]
    differences: tuple[str, ...]
    same_question: bool

    def as_dict(self) -> dict[str, Any]:
        """Return the comparison ready for JSON."""
        return {
            "same_question": self.same_question,
            "changes": [
                {"child_id": child_id, "first": first, "second": second}
                for child_id, first, second in self.changes
            ],
            "stages": [{"aim": aim, "first": first, "second": second} for aim, first, second in self.stages],
            "differences": list(self.differences),
        }


def compare_plans(first: Any, second: Any) -> PlanComparison:
    """Return how a second plan differs from a first one.

    Use it to show what a pin, a changed policy or a day's news did to the plan.

    Parameters
    ----------
    first, second
        A ``Plan``, or its contract JSON as a mapping.

    Raises
    ------
    InvalidInput
        If either is not a plan's answer.
    """
    one, other = _answer(first), _answer(second)
    same = one["evidence"].get("input_hash") == other["evidence"].get("input_hash")
    before, after = _homes(one), _homes(other)
    changes = tuple(
        (child_id, before.get(child_id), after.get(child_id))
        for child_id in sorted({*before, *after})
        if before.get(child_id) != after.get(child_id)
    )
    told = [] if same else [OTHER_INPUTS]
    told += _who_differs(before, after, changes)
    values = {stage["aim"]: stage for stage in other["stages"]}
    stages = []
    for stage in one["stages"]:
        aim = stage["aim"]
        if aim in values:
            stages.append((aim, int(stage["value"]), int(values[aim]["value"])))
            told += _in_words(stage, values[aim])
    return PlanComparison(
        changes=changes,
        stages=tuple(stages),
        differences=tuple(told) or ("The plans are the same.",),
        same_question=same,
    )


def _answer(plan: Any) -> Mapping[str, Any]:
    answer: Any = plan if isinstance(plan, Mapping) else plan.as_dict()
    if any(key not in answer for key in ("assignments", "unplaced", "stages", "evidence")):
        raise InvalidInput(
            "not_a_plan", "This is not the answer of a plan: save one with righthome match --json."
        )
    return answer  # type: ignore[no-any-return]


def _homes(answer: Mapping[str, Any]) -> dict[str, str | None]:
    """Return the home of every child the plan answers for; ``None`` for no home."""
    homes: dict[str, str | None] = {one["child_id"]: None for one in answer["unplaced"]}
    homes |= {
        one["child_id"]: one["home_id"] for part in ("assignments", "staying") for one in answer.get(part, ())
    }
    return homes


def _who_differs(
    before: Mapping[str, str | None],
    after: Mapping[str, str | None],
    changes: tuple[tuple[str, str | None, str | None], ...],
) -> list[str]:
    told = []
    for child_id, one, other in changes:
        if child_id not in before:
            told.append(f"{child_id} is in the second plan only.")
        elif child_id not in after:
            told.append(f"{child_id} is in the first plan only.")
        elif one is None:
            told.append(f"{child_id} has a home in the second plan only: {other}.")
        elif other is None:
            told.append(f"{child_id} has a home in the first plan only: {one}.")
        else:
            told.append(f"{child_id} would live in {other} instead of {one}.")
    return told


def _in_words(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    """Return a sentence on one aim where it differs, and on each of its terms."""
    aim, change = one["aim"], int(other["value"]) - int(one["value"])
    if aim.endswith("_placed"):
        if not change:
            return []
        more = "more" if change > 0 else "fewer"
        return [f"The second plan places {children_in_words(aim, abs(change))} {more}."]
    terms = {
        name: int(other["terms"][name]) - int(value)
        for name, value in one["terms"].items()
        if name in other["terms"]
    } or {aim: change}
    return [
        f"In {aim_in_words(name)} the second plan is {'worse' if by > 0 else 'better'} by {_amount(name, abs(by))}."
        for name, by in terms.items()
        if by
    ]


def _amount(name: str, amount: int) -> str:
    return amount_in_words(name, amount).partition(" in ")[0]
