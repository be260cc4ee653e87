"""Who is asking: roles, passwords, sessions and the token that every form carries.

What a page needs from here:

- ``sessions.current_user(request) -> User``: a dependency; without a session the reader is sent to /sign-in.
- ``sessions.csrf_token(request) -> str``: the value of the form field ``csrf_token``, also before sign-in.
- ``passwords.sign_in(database, username, password) -> SignedIn``: a session's token, or ``SignInRefused``.
- ``sessions.start_session(response, request, token)`` and ``sessions.end_session(request, response)``.
- ``roles.require(permission)``: a dependency that also asks what the role may do.
"""
