"""Our own address as people reach it, for links that are handed out and for the way back from single sign-on.

The address of a request is what the browser claims. Links made from it could be made to lead elsewhere, so it counts
only on this machine itself; anywhere else the installation has to say what it is.
"""

from __future__ import annotations

from fastapi import Request

from reference_data.problems import Conflict

THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})


def own_site(request: Request) -> str:
    """Return our address without a slash at the end.

    Raises
    ------
    Conflict
        If the installation does not say and the request comes from elsewhere than this machine.
    """
    base: str = request.app.state.settings.base_url
    if base:
        return base.rstrip("/")
    if request.base_url.hostname not in THIS_MACHINE:
        raise Conflict("no_base_url", "RIGHTHOME_BASE_URL has to be set before links can be made.")
    return str(request.base_url).rstrip("/")
