"""What invented children say: each in a way of its own, and nothing that names anybody."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date

import pytest

from reference_data.ages import age_on
from reference_data.synthetic.choices import stock
from reference_data.synthetic.waiting_list import invent_referrals
from tests.unit.reference_data.synthetic.small_histories import ON, small_partnership

NO_NAME = {
    "A", "All", "An", "And", "Anybody", "Are", "Ask", "Auntie", "Badly", "Big", "Birthdays", "Back", "Beans", "Called",
    "Can", "Chose", "Christmas", "College", "Could", "Dad", "Daddy", "Did", "Do", "Dogs", "Don", "Everyone", "Everything",
    "Friday", "Fridays", "Grandad", "Grandma", "Have", "He", "How", "I", "If", "Is", "It", "Just", "Leave", "Less", "Let",
    "Little", "Me", "Mess", "Moving", "Mum", "Mummy", "My", "Nan", "No", "Nobody", "Not", "Only", "PE", "People", "Please",
    "Proper", "Put", "Same", "Saturday", "Saturdays", "She", "Shown", "Smiled", "Some", "Somebody", "Someone", "Somewhere",
    "Sunday", "Tell", "That", "The", "Their", "There", "They", "This", "Tuesdays", "Two", "Use", "Used", "We", "When",
    "Who", "Why", "Will", "Would", "You", "English", "July", "June", "August", "OK", "TV", "Seeing", "Then",
    "Bring", "GCSE", "E", "Anyone",
}  # fmt: skip


@pytest.mark.parametrize(("history_seed", "seed"), [(1, 1), (2, 3), (3, 5), (4, 7)])
def test_no_two_children_of_a_council_say_the_same(history_seed, seed):
    rows = invent_referrals(*small_partnership(history_seed), ON, seed)
    for authority in ("879", "880"):
        said = [
            row["wishes"]["text"] for row in rows if row["authority"] == authority and "text" in row["wishes"]
        ]
        assert len(said) > 5
        assert len(set(said)) == len(said)
        sentences = Counter(
            entry["text"] for entry in stock("wishes") for text in said if entry["text"] in text
        )
        assert not [sentence for sentence, times in sentences.items() if times > 1 and len(sentence) > 20]


def test_every_child_has_said_something_or_there_is_a_reason_why_not():
    for row in invent_referrals(*small_partnership(), ON, 1):
        wishes = row["wishes"]
        assert ("text" in wishes) != ("reason_not_asked" in wishes)
        assert ("text" in wishes) == ("asked_on" in wishes) == ("asked_by" in wishes)


def test_children_under_four_are_not_asked_in_words():
    for row in invent_referrals(*small_partnership(), ON, 1):
        if age_on(date.fromisoformat(row["date_of_birth"]), ON) < 4:
            assert "reason_not_asked" in row["wishes"]


@pytest.mark.parametrize("name", ["wishes", "not_asked", "move_reasons"])
def test_no_sentence_of_the_stock_names_a_person_or_a_place(name):
    column = {"wishes": "text", "not_asked": "reason", "move_reasons": "reason"}[name]
    capitals = {word for row in stock(name) for word in re.findall(r"\b[A-Z][A-Za-z]*", row[column])}
    # Whatever begins with a capital is a known word of the field, of the week or at the start of a sentence.
    starts = {
        word
        for row in stock(name)
        for word in re.findall(r"(?:^|[.!?:|] )['\"]?([A-Z][A-Za-z]*)", row[column])
    }
    assert capitals - starts <= NO_NAME


def test_no_sentence_stands_twice_in_the_stock():
    texts = Counter(row["text"] for row in stock("wishes"))
    assert [text for text, times in texts.items() if times > 1] == []


def test_every_situation_has_words_for_the_ages_it_can_meet():
    ages = dict.fromkeys(range(4, 18), 0)
    for row in stock("wishes"):
        for age in range(int(row["from_age"]), int(row["to_age"]) + 1):
            ages[age] += 1
    assert min(ages.values()) >= 40
