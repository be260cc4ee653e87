"""The policy an installation answers by: the council's file where one is set, else the shipped default."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from api.settings import Settings
    from matching.policy import Policy


def policy_of(settings: Settings) -> Policy:
    """Return the policy that the settings name."""
    from matching.policy import default_policy, read_policy

    return default_policy() if settings.policy_path is None else read_policy(Path(settings.policy_path))
