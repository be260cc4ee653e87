"""One rule asked of many homes at once: of one home of each kind, or of those where it can have something to say.

Which facts a rule looks at is in ``facts_read.py``; which homes are alike in them in ``home_list.py``. A home where
somebody lives who is to move in, or whose record differs from the listed one, is always asked itself.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

import numpy as np

from matching.facts_read import FACTS, MAY_SPEAK
from matching.findings import Case, Exclusion, Finding, Question
from matching.home import Home
from matching.home_list import Asked
from matching.when_rules_speak import silent_for

Rule = Callable[[Case, Home], Finding]
Found = list[tuple[Exclusion | Question, Sequence[int]]]
"""What a rule finds, each with the indices of the homes, among those asked, of which it is true."""

FEW_HOMES = 8
"""So few homes are asked one by one: sorting them into kinds would take longer."""


def findings_of_all(case: Case, rules: Sequence[Rule], asked: Asked) -> Iterator[Found]:
    """Yield what each rule finds, in the order of the rules; a rule that finds nothing at all is left out."""
    themselves = _asked_themselves(case, asked)
    for rule in that_may_speak(case, rules):
        if found := _found(case, rule, asked, themselves):
            yield found


def shut_by(case: Case, rules: Sequence[Rule], asked: Asked) -> set[int]:
    """Return the indices of the homes that some rule excludes; rules need not be asked of a home once one does."""
    shut: set[int] = set()
    themselves = _asked_themselves(case, asked)
    for rule in that_may_speak(case, rules):
        for said, indices in _found(case, rule, asked, themselves, leave_out=shut):
            if isinstance(said, Exclusion):
                shut.update(indices)
    return shut


def that_may_speak(case: Case, rules: Sequence[Rule]) -> list[Rule]:
    """Return the rules that can have something to say about the child (``when_rules_speak.py``)."""
    silent = silent_for(case)
    return [rule for rule in rules if rule.__name__ not in silent]


def _asked_themselves(case: Case, asked: Asked) -> frozenset[int]:
    if len(asked) < FEW_HOMES:
        return frozenset(range(len(asked)))
    listed = asked.listed
    places = set(asked.instead)
    for child_id, _, current_home_id in case.starts:
        places.update(listed.places_lived_in.get(child_id, ()))
        if current_home_id in listed.place_of:
            places.add(listed.place_of[current_home_id])
    return frozenset(asked.indices_of(places))


def _found(
    case: Case, rule: Rule, asked: Asked, themselves: frozenset[int], leave_out: Collection[int] = ()
) -> Found:
    found: Found = []
    if len(themselves) < len(asked):
        facts = FACTS.get(rule.__name__)
        if facts is None:
            indices = _where_it_may_speak(case, rule, asked)
            alone = [one for one in indices if one not in themselves and one not in leave_out]
            found = _one_by_one(case, rule, asked, alone)
        else:
            found = _of_each_kind(case, rule, asked, asked.kinds(facts), themselves)
    if not themselves:
        return found
    return found + _one_by_one(case, rule, asked, (one for one in themselves if one not in leave_out))


def _one_by_one(case: Case, rule: Rule, asked: Asked, indices: Iterable[int]) -> Found:
    homes = asked.homes
    return [(found, (index,)) for index in indices if (found := rule(case, homes[index])) is not None]


def _where_it_may_speak(case: Case, rule: Rule, asked: Asked) -> Iterable[int]:
    may_speak = MAY_SPEAK.get(rule.__name__)
    if may_speak is None:
        return range(len(asked))
    return np.flatnonzero(may_speak(case, asked.listed)[asked.places]).tolist()


def _of_each_kind(
    case: Case,
    rule: Rule,
    asked: Asked,
    kinds: Iterable[Sequence[int]],
    themselves: frozenset[int],
) -> Found:
    homes, found = asked.homes, []
    for alike in kinds:
        if not themselves.isdisjoint(alike):
            alike = [index for index in alike if index not in themselves]
            if not alike:
                continue
        if (said := rule(case, homes[alike[0]])) is not None:
            found.append((said, alike))
    return found
