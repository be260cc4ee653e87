"""Rebuild ``api/web/static/vendor`` from the two published front-end packages.

Run it by hand when a version changes, in a folder that holds the output of
``npm pack govuk-frontend@6.3.0 @ministryofjustice/frontend@11.1.0``:

    python docs/vendor_static.py FOLDER

Only the compiled files are kept, cut down to the components the pages use. The typeface, crown and
crest belong to GOV.UK and are not ours to use: every rule that names one is dropped or renamed, and
the script stops if any address of an image or font is left.
"""

from __future__ import annotations

import re
import sys
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

VENDOR = Path(__file__).resolve().parent.parent / "api" / "web" / "static" / "vendor"

GOVUK_ARCHIVE = "govuk-frontend-6.3.0.tgz"
MOJ_ARCHIVE = "ministryofjustice-frontend-11.1.0.tgz"

GOVUK_UNUSED = (
    "accordion",
    "breadcrumbs",
    "character-count",
    "cookie-banner",
    "date-input",
    "exit-this-page",
    "file-upload",
    "generic-header",
    "header",
    "logo",
    "logotype",
    "pagination",
    "panel",
    "password-input",
    "task-list",
    "textarea",
)
"""Components that no page uses yet. Take a name out when a page starts to use it."""

MOJ_USED = ("alert", "badge")
"""Components of the second package that pages use."""

SYSTEM_TYPEFACE = "Arial,Helvetica,sans-serif"


def main(folder: Path) -> None:
    """Write the cut-down files; stop if anything that is not ours to use is left in them."""
    govuk_css = _file(folder / GOVUK_ARCHIVE, "package/dist/govuk/govuk-frontend.min.css")
    govuk_script = _file(folder / GOVUK_ARCHIVE, "package/dist/govuk/govuk-frontend.min.js")
    moj_css = _file(folder / MOJ_ARCHIVE, "package/moj/moj-frontend.min.css")

    unused = re.compile(r"\.govuk-(?:" + "|".join(GOVUK_UNUSED) + r")(?![a-z])(?!-(?:group|row|link--))")
    used = re.compile(r"\.moj-(?:" + "|".join(MOJ_USED) + r")(?![a-z])")
    written = {
        "govuk-frontend-6.3.0.min.css": _styles(govuk_css, lambda selector: not unused.search(selector)),
        "moj-frontend-11.1.0.min.css": _styles(
            # The first package's custom properties serve both, in its own newer version.
            re.sub(r":root\{[^}]*\}", "", moj_css),
            lambda selector: bool(used.search(selector)),
        ),
        "govuk-frontend-6.3.0.min.js": re.sub(r"\n?//# sourceMappingURL=.*", "", govuk_script),
    }
    for name, text in written.items():
        for forbidden in ("url(", "GDS Transport", "crest", "@font-face"):
            if forbidden in text:
                raise SystemExit(f"{name} still holds {forbidden}")
        (VENDOR / name).write_text(text.strip() + "\n", encoding="utf-8")


def _file(archive: Path, member: str) -> str:
    with tarfile.open(archive) as package:
        content = package.extractfile(member)
        if content is None:
            raise SystemExit(f"{archive.name} holds no {member}")
        return content.read().decode("utf-8-sig")


def _styles(css: str, keep: Callable[[str], bool]) -> str:
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL).replace('@charset "UTF-8";', "")
    css = css.replace("GDS Transport,arial,sans-serif", SYSTEM_TYPEFACE)
    return '@charset "UTF-8";' + "".join(_kept(css, keep))


def _kept(css: str, keep: Callable[[str], bool]) -> Iterator[str]:
    for prelude, body in _blocks(css):
        if prelude.startswith("@font-face") or "crown" in prelude or "copyright-logo" in prelude:
            continue
        if prelude.startswith(("@media", "@supports")):
            inner = "".join(_kept(body, keep))
            if inner:
                yield f"{prelude}{{{inner}}}"
        elif prelude.startswith("@") or prelude == ":root":
            yield f"{prelude}{{{body}}}"
        else:
            selectors = [selector for selector in _selectors(prelude) if keep(selector)]
            if selectors:
                yield f"{','.join(selectors)}{{{body}}}"


def _selectors(prelude: str) -> list[str]:
    """Split a selector list at its top-level commas (``:not(a, b)`` holds commas of its own)."""
    parts, depth, start = [], 0, 0
    for place, character in enumerate(prelude):
        depth += (character == "(") - (character == ")")
        if character == "," and depth == 0:
            parts.append(prelude[start:place])
            start = place + 1
    return [*parts, prelude[start:]]


def _blocks(css: str) -> Iterator[tuple[str, str]]:
    """Yield the (selector, body) of each block at this level of a minified style sheet."""
    depth = start = body_start = 0
    prelude = ""
    for place, character in enumerate(css):
        if character == "{":
            if depth == 0:
                prelude, body_start = css[start:place].strip(), place + 1
            depth += 1
        elif character == "}":
            depth -= 1
            if depth == 0:
                yield prelude, css[body_start:place]
                start = place + 1


if __name__ == "__main__":
    main(Path(sys.argv[1]))
