"""The partnership that the tests of this folder share: it takes some seconds to invent."""

from __future__ import annotations

import pytest

from reference_data.synthetic.partnership import Partnership, invent_partnership


@pytest.fixture(scope="session")
def partnership() -> Partnership:
    """Return the partnership whose Plymouth ships."""
    return invent_partnership()
