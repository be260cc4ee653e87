"""Words as people write them, made comparable: case, spaces and the few spellings that mean the same.

It is for free words that two records share, such as languages and pets. Codes are checked when a file is
read, in ``files.py``. Lists of ids are put into words here too.
"""

from __future__ import annotations

from collections.abc import Sequence

_SAME = {
    "female": "f",
    "woman": "f",
    "women": "f",
    "male": "m",
    "man": "m",
    "men": "m",
    "british_sign_language": "bsl",
}


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


def listed(ids: Sequence[str]) -> str:
    """Return ids as a list in a sentence.

    Examples
    --------
    >>> listed(["C1", "C2", "C3"])
    'C1, C2 and C3'
    """
    return " and ".join(part for part in (", ".join(ids[:-1]), ids[-1]) if part) if ids else "nobody"
