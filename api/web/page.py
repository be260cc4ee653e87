"""A page as the answer to a request: told who is reading it and whether the data is invented."""

from __future__ import annotations

from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse

from api.auth.roles import Permission, may
from api.auth.sessions import csrf_token
from api.web.pages import navigation, rendered, second_navigation


def page(request: Request, template: str, *, status: int = 200, **facts: Any) -> HTMLResponse:
    """Return a page, told who is reading it and whether the data is invented."""
    settings = request.app.state.settings
    user = request.state.user
    return HTMLResponse(
        rendered(
            template,
            user=user,
            role=user.role.words if user else "",
            csrf_token=csrf_token(request),
            navigation=navigation(request.url.path, user.role if user else None),
            second_navigation=second_navigation(request.url.path, user.role if user else None),
            demo=settings.demo,
            **{"may_open_child": user is not None and may(user.role, Permission.OPEN_CHILD)} | facts,
        ),
        status_code=status,
    )
