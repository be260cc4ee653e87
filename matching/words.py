"""Words as people write them, made comparable: case, spaces and the few spellings that mean the same.

It is for free words that two records share, such as languages and pets. Codes are checked when a file is
read, in ``files.py``.
"""

from __future__ import annotations

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
