"""Words: free words made comparable, such as languages and pets, and words of ours put into a sentence.

Codes are checked when a file is read, in ``files.py``; whole sentences are in ``explain.py`` and in the rules.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

_SAME = {
    "female": "f",
    "woman": "f",
    "women": "f",
    "male": "m",
    "man": "m",
    "men": "m",
    "british_sign_language": "bsl",
}


@lru_cache(maxsize=10_000)
def plain_word(word: str) -> str:
    """Return a word in one spelling.

    Examples
    --------
    >>> plain_word("Kurdish-Sorani") == plain_word("kurdish  sorani")
    True
    >>> plain_word("British Sign Language")
    'bsl'
    """
    plain = "_".join(word.replace("-", " ").replace("_", " ").casefold().split())
    return _SAME.get(plain, plain)


@lru_cache(maxsize=10_000)
def plain_words(words: tuple[str, ...]) -> frozenset[str]:
    """Return each of some words in one spelling.

    Examples
    --------
    >>> sorted(plain_words(("Sorani", "sorani", "Female")))
    ['f', 'sorani']
    """
    return frozenset(plain_word(word) for word in words)


def with_article(words: str) -> str:
    """Return words with "a" or "an", unless they name a thing that is not counted.

    Examples
    --------
    >>> with_article("unregistered home"), with_article("hotel"), with_article("supported accommodation")
    ('an unregistered home', 'a hotel', 'supported accommodation')
    """
    if words.endswith(("accommodation", "breakfast")):
        return words
    return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"


def miles_words(miles: float) -> str:
    """Return a distance as it is said.

    Examples
    --------
    >>> miles_words(2.1), miles_words(0.0)
    ('2.1 miles', 'less than 0.1 miles')
    """
    return f"{miles} miles" if miles >= 0.1 else "less than 0.1 miles"


_RISK_WORDS = {
    "self_harm": "self-harm",
    "drugs_alcohol": "harm from drugs and alcohol",
    "eating_disorder": "an eating disorder",
    "missing": "going missing",
    "physical_harm": "physical harm to others",
    "sexual_harm": "sexual harm to others",
    "fire_setting": "fire-setting",
}


def risk_words(risk: str) -> str:
    """Return a risk as it is said after "a risk of".

    Examples
    --------
    >>> risk_words("missing"), risk_words("criminal_exploitation_of_others")
    ('going missing', 'criminal exploitation of others')
    """
    return _RISK_WORDS.get(risk) or risk.replace("_", " ")


_FEATURE_WORDS = {"step_free": "step-free access", "solo": "a place without other children"}


def feature_words(features: Sequence[str]) -> str:
    """Return features of a home, and ways of communicating, as they are said after "the child needs".

    Examples
    --------
    >>> feature_words(["step_free", "waking_night_staff"])
    'step-free access and waking night staff'
    """
    return listed([_FEATURE_WORDS.get(one) or one.replace("_", " ") for one in features])


def day_words(on: date) -> str:
    """Return a day as it is written in a sentence.

    Examples
    --------
    >>> day_words(date(2026, 6, 1))
    '1 June 2026'
    """
    return f"{on.day} {on:%B %Y}"


NUMBER_WORDS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def number_word(number: int) -> str:
    """Return a small number as it is written in a sentence, and a large one in figures.

    Examples
    --------
    >>> number_word(3), number_word(16)
    ('three', '16')
    """
    return NUMBER_WORDS[number] if 0 <= number < len(NUMBER_WORDS) else str(number)


def capital(sentence: str) -> str:
    """Return a sentence with a capital first letter and the rest as it is."""
    return sentence[:1].upper() + sentence[1:]


def uncapital(sentence: str) -> str:
    """Return a sentence with a small first letter, to stand inside another one."""
    return sentence[:1].lower() + sentence[1:]


def listed(ids: Sequence[str]) -> str:
    """Return ids as a list in a sentence.

    Examples
    --------
    >>> listed(["C1", "C2", "C3"])
    'C1, C2 and C3'
    """
    return " and ".join(part for part in (", ".join(ids[:-1]), ids[-1]) if part) if ids else "nobody"
