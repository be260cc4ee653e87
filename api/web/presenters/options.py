"""The options page: ranked homes for one child, how far to trust the order, what was excluded and what could change.

One home is in ``one_option.py``, excluded homes in ``excluded.py``, and what the order hangs on in ``weighing.py``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from api.web.presenters.evidence import EvidenceView, present_evidence
from api.web.presenters.excluded import ExclusionGroup, present_exclusions
from api.web.presenters.one_option import OptionView, home_name, present_option
from api.web.presenters.parts import Part, in_parts
from api.web.presenters.weighing import (
    AimView,
    OtherKindView,
    RelaxationView,
    present_aims,
    present_other_kinds,
    present_relaxations,
    present_sensitivity,
)
from api.web.words import UNKNOWN, british_date, capital, counted, days_from, sentence, urgency_words
from matching.home import Home
from matching.referral import Referral, Wishes
from reference_data.codelists import lookup

SHOWN_IN_FULL = 8
"""Options laid out in full on one page; all others stand in a table, and each page of them has its address."""


ASK_FIRST = "Ask first"
"""How the engine begins what an urgent answer lacks most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionsPage:
    """Everything the options page shows.

    ``further`` are the options after those in full.
    """

    referral_id: str
    child_id: str
    urgency: str
    urgency_words: str
    needed_by: str
    needed_in: str
    age: str
    legal_status: str
    siblings: str
    as_of: str
    prompts: tuple[str, ...]
    assumptions: tuple[str, ...]
    wishes: str
    wishes_source: str
    advocate: str
    options: tuple[OptionView, ...]
    further: tuple[OptionView, ...]
    parts: tuple[Part, ...]
    part: int
    option_count: str
    sensitivity: tuple[str, ...]
    order_is_steady: bool
    other_kinds: tuple[OtherKindView, ...]
    aims: tuple[AimView, ...]
    excluded: tuple[ExclusionGroup, ...]
    excluded_count: int
    relaxations: tuple[RelaxationView, ...]
    sets_of_changes: tuple[RelaxationView, ...]
    evidence: EvidenceView


def present_options(
    *,
    ranking: Mapping[str, Any],
    referral: Referral,
    homes: Mapping[str, Home],
    age_years: int | None,
    part: int = 1,
    promised: tuple[str, ...] = (),
    placed: bool = False,
) -> OptionsPage:
    """Return the options page of one child from the contract's ``rank`` answer.

    Parameters
    ----------
    ranking
        The answer of the ranking, as the contract's JSON.
    referral, homes
        The records it was made from; homes by their id.
    age_years
        The child's age on the day of the answer; the birth date itself is never shown.
    promised
        Sentences of what is promised for the child already.
    placed
        Whether the child lives where we have placed it: then it no longer sleeps where the referral says.
    part
        Which eight of the options are laid out in full, from 1; a part that does not exist shows the last.
    """
    from matching.rank import IN_NO_PLACEMENT

    as_of = date.fromisoformat(ranking["as_of"])
    prompts = [text for text in ranking["prompts"] if not (placed and text == IN_NO_PLACEMENT)]
    aims = {aim["aim"]: aim for aim in ranking["aims"]}
    found = ranking["options"]
    shown = in_parts(found, part, most=SHOWN_IN_FULL)
    options = [
        present_option(item, referral, homes.get(item["home_id"]), as_of, aims)
        for item in found[shown.first :]
    ]
    wishes = referral.wishes
    ask_first = tuple(sentence(text) for text in ranking["assumptions"] if text.startswith(ASK_FIRST))
    single, several = present_relaxations(ranking["relaxations"], lambda home_id: _name(homes, home_id))
    sensitivity = present_sensitivity(ranking["sensitivity"], lambda home_id: _name(homes, home_id))
    return OptionsPage(
        referral_id=referral.referral_id,
        child_id=referral.child_id,
        urgency=str(referral.urgency or ""),
        urgency_words=urgency_words(str(referral.urgency)) if referral.urgency else "Urgency not known",
        needed_by=british_date(referral.needed_by),
        needed_in=days_from(as_of, referral.needed_by),
        age=UNKNOWN if age_years is None else str(age_years),
        legal_status=_legal_status(referral.legal_status),
        siblings=_siblings(referral),
        as_of=british_date(as_of),
        # What has to be asked before any home is rung stands before everything else.
        prompts=(*promised, *ask_first, *_prompts(prompts, wishes)),
        assumptions=tuple(
            sentence(text) for text in ranking["assumptions"] if not text.startswith(ASK_FIRST)
        ),
        wishes=(wishes.text if wishes else None) or "",
        wishes_source=_wishes_source(wishes),
        advocate=(wishes.advocate if wishes else None) or "",
        options=tuple(options[:SHOWN_IN_FULL]),
        further=tuple(options[SHOWN_IN_FULL:]),
        parts=shown.links,
        part=shown.number,
        option_count=capital(counted(len(found), "ranked home")),
        sensitivity=sensitivity,
        order_is_steady=len(found) > 1 and not sensitivity,
        other_kinds=present_other_kinds(
            ranking["alternatives_in_kind"], lambda home_id: _name(homes, home_id)
        ),
        aims=present_aims(ranking["aims"]),
        excluded=present_exclusions(ranking["excluded"], homes),
        excluded_count=len(ranking["excluded"]),
        relaxations=single,
        sets_of_changes=several,
        evidence=present_evidence(ranking["evidence"]),
    )


def _name(homes: Mapping[str, Home], home_id: str) -> str:
    return home_name(homes.get(home_id), home_id)


def _legal_status(code: str | None) -> str:
    if code is None:
        return UNKNOWN
    known = lookup("LS", code).code
    return f"{known.label} ({known.code})" if known else code


def _prompts(prompts: Sequence[str], wishes: Wishes | None) -> tuple[str, ...]:
    """Return the prompts without what the child said, or why not: the page shows that in a place of its own."""
    said = (wishes.text or wishes.reason_not_asked) if wishes else None
    return tuple(sentence(text) for text in prompts if not (said and said in text))


def _siblings(referral: Referral) -> str:
    if not referral.sibling_group:
        return "No brothers or sisters on this list"
    together = {
        "must": "must live together",
        "prefer": "should live together if possible",
        "no": "need not live together",
    }.get(str(referral.siblings_together or ""), "whether they must live together is not known")
    return f"Sibling group {referral.sibling_group}: {together}"


def _wishes_source(wishes: Wishes | None) -> str:
    if wishes is None:
        return ""
    if wishes.reason_not_asked:
        return sentence(f"Not asked: {wishes.reason_not_asked}")
    asked = []
    if wishes.asked_by:
        asked.append(f"by {wishes.asked_by}")
    if wishes.asked_on:
        asked.append(f"on {british_date(wishes.asked_on)}")
    return f"Asked {' '.join(asked)}." if asked else ""
