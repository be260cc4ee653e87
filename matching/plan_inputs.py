"""What a plan's fingerprint of its input is taken over, so that whoever holds the records can take it again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from matching.home import Home
from matching.pins import Pin
from matching.policy import Policy
from matching.referral import Referral


def plan_inputs(
    referrals: Sequence[Referral],
    homes: Sequence[Home],
    *,
    as_of: date,
    policy: Policy,
    pins: Sequence[Pin],
    arrivals: Sequence[Sequence[Referral]],
    time_limit_seconds: float,
) -> tuple[object, ...]:
    """Return everything a plan is made from, in an order that is the same for any order of the files.

    Parameters
    ----------
    pins
        Pins as ``read_as_pins`` returns them.
    arrivals
        Samples of the children who may come next; empty where none were given.
    """
    return (
        sorted(referrals, key=lambda one: one.child_id),
        sorted(homes, key=lambda home: home.home_id),
        as_of,
        policy,
        pins,
        [sorted(sample, key=lambda one: one.child_id) for sample in arrivals],
        time_limit_seconds,
    )
