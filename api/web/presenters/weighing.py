"""How far to trust the order of the options: what a moved weight would swap, other kinds of home, what would change."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.web.words import capital, counted, joined, number, plain, sentence
from matching.aim_words import aim_in_words

GAINED_NAMED = 6
"""Homes named beside each change that would open them."""

KIND_WORDS = {
    "connected_carer": "Best connected carer",
    "fostering": "Best foster home",
    "residential": "Best children's home",
    "supported": "Best supported accommodation",
}

Names = Callable[[str], str]
"""The name of a home by its id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherKindView:
    """The best home of another kind beside the first option."""

    kind: str
    name: str
    rank: int
    gives_up: tuple[str, ...]
    gains: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RelaxationView:
    """A change, or a smallest set of changes of which all are needed, and the homes it would open."""

    text: str
    gained: str
    homes: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AimView:
    """One aim of the policy: what it counts, its weight and its source."""

    aim: str
    stage: str
    weight: str
    unit: str
    source: str


def present_sensitivity(answer: Mapping[str, Any] | None, name: Names) -> tuple[str, ...]:
    """Return a sentence for each change of the first three that a moved weight would bring; none where none would.

    Weights that would bring the same change are told together.
    """
    if not answer or len(answer["first"]) < 2:
        return ()
    first = list(answer["first"])
    same: dict[tuple[str, ...], list[str]] = {}
    for change in answer["changes"]:
        quarter = "a quarter more" if change["direction"] == "up" else "a quarter less"
        same.setdefault(tuple(change["first_then"]), []).append(
            f"{aim_in_words(change['aim'])} weighed {quarter}"
        )
    return tuple(
        f"If {joined(causes, 'or')}, {_swapped(first, list(then), name)}: read them as equals."
        for then, causes in same.items()
    )


def _swapped(first: Sequence[str], then: Sequence[str], name: Names) -> str:
    new = [home_id for home_id in then if home_id not in first]
    gone = [home_id for home_id in first if home_id not in then]
    if new:
        come = "would come among the first three"
        return f"{joined(map(name, new))} {come} instead of {joined(map(name, gone))}"
    place = next(k for k, (before, after) in enumerate(zip(first, then, strict=True)) if before != after)
    return f"{name(then[place])} would come before {name(first[place])}"


def present_other_kinds(answer: Sequence[Mapping[str, Any]], name: Names) -> tuple[OtherKindView, ...]:
    """Return the best home of each other kind with what it gives up and gains beside the first option."""
    return tuple(
        OtherKindView(
            kind=KIND_WORDS.get(other["kind"]) or f"Best of another kind: {plain(other['kind'])}",
            name=name(other["home_id"]),
            rank=other["rank"],
            gives_up=tuple(sentence(text) for text in other["gives_up"]),
            gains=tuple(sentence(text) for text in other["gains"]),
        )
        for other in answer
    )


def present_relaxations(
    answer: Sequence[Mapping[str, Any]], name: Names
) -> tuple[tuple[RelaxationView, ...], tuple[RelaxationView, ...]]:
    """Return the single changes, and the smallest sets of several, with the homes each would open."""
    single = [_relaxation(item, name) for item in answer if len(item.get("changes", ())) < 2]
    several = [_relaxation(item, name) for item in answer if len(item.get("changes", ())) > 1]
    return tuple(single), tuple(several)


def _relaxation(item: Mapping[str, Any], name: Names) -> RelaxationView:
    named = [name(home_id) for home_id in item["homes_gained"]]
    if len(named) > GAINED_NAMED:
        named = [*named[:GAINED_NAMED], counted(len(named) - GAINED_NAMED, "more home")]
    return RelaxationView(
        text=sentence(str(item["text"])),
        gained=capital(counted(len(item["homes_gained"]), "home")),
        homes=joined(named),
    )


def present_aims(answer: Sequence[Mapping[str, Any]]) -> tuple[AimView, ...]:
    """Return every aim of the policy in its order, with what it counts and where it comes from."""
    return tuple(
        AimView(
            aim=capital(aim_in_words(aim["aim"])),
            stage=number(aim["stage"]),
            weight=number(aim["weight"]),
            unit=sentence(capital(str(aim["unit"]))),
            source=sentence(capital(str(aim["source"]))),
        )
        for aim in answer
    )
