"""One invented child and one invented home that fit with no question; tests change one thing at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from matching.eligibility import Context, assess
from matching.files import homes_from_values, referrals_from_values
from matching.findings import Assessment
from matching.home import Home
from matching.policy import default_policy, policy_from_text
from matching.rank import Ranking, rank_homes
from matching.referral import Referral
from tests.examples.rules_of_eligibility import AS_OF, CHILD, HOME


@pytest.fixture
def a_child() -> Callable[..., Referral]:
    """Make the invented child with changes; ``None`` takes a field away."""

    def make(**changes: Any) -> Referral:
        return referrals_from_values([_changed(CHILD, changes)])[0][0]

    return make


@pytest.fixture
def a_home() -> Callable[..., Home]:
    """Make the invented home with changes; ``None`` takes a field away."""

    def make(**changes: Any) -> Home:
        return homes_from_values([_changed(HOME, changes)])[0][0]

    return make


@pytest.fixture
def assessed(a_child: Callable[..., Referral], a_home: Callable[..., Home]) -> Callable[..., Assessment]:
    """Assess the invented pair with changes to the child, the home, the others on the list and the policy."""

    def run(
        child: dict[str, Any] | None = None,
        home: dict[str, Any] | None = None,
        others: tuple[dict[str, Any], ...] = (),
        policy: str = "",
    ) -> Assessment:
        context = Context(
            as_of=AS_OF,
            policy=policy_from_text(policy) if policy else default_policy(),
            others=tuple(a_child(**other) for other in others),
        )
        return assess(a_child(**(child or {})), a_home(**(home or {})), context)

    return run


@pytest.fixture
def ranked(a_child: Callable[..., Referral], a_home: Callable[..., Home]) -> Callable[..., Ranking]:
    """Rank homes, each given as changes to the invented home, for the invented child."""

    def run(
        child: dict[str, Any] | None = None,
        homes: tuple[dict[str, Any], ...] = (),
        others: tuple[dict[str, Any], ...] = (),
        policy: str = "",
        **options: Any,
    ) -> Ranking:
        return rank_homes(
            a_child(**(child or {})),
            [a_home(**{"home_id": f"DEMO-H{number}", **home}) for number, home in enumerate(homes, start=1)],
            as_of=AS_OF,
            policy=policy_from_text(policy) if policy else None,
            others=tuple(a_child(**other) for other in others),
            **options,
        )

    return run


def _changed(base: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    merged = {**base, **changes}
    return {name: value for name, value in merged.items() if value is not None}
