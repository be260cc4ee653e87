"""Needs and homes, eligibility, ranking, the joint plan and its explanation. Values in, values out.

The doors for an analyst are ``rank_homes``, ``plan_list``, ``verify_plan`` and ``compare_plans``. They are opened on
first use, so that ``import matching`` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matching.plan_comparison import compare_plans as compare_plans
    from matching.rank import rank_homes as rank_homes

_DOORS = {
    "rank_homes": "rank",
    "plan_list": "plan",
    "verify_plan": "verify",
    "compare_plans": "plan_comparison",
}


def __getattr__(name: str) -> Any:
    if name not in _DOORS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_DOORS[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_DOORS})
