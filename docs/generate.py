"""Write the generated pages of the documentation: ``python docs/generate.py``.

``docs/reference/files.md`` comes from the field tables and ``docs/reference/commands.md`` from the commands
themselves. A test compares them with what is committed.
"""

from __future__ import annotations

from pathlib import Path

import typer.main

from api.cli import app
from api.settings import SETTING_VARIABLES
from reference_data.fields import Field, allowed_values, load_fields, record_names

FOLDER = Path(__file__).parent / "reference"

RECORD_WORDS = {
    "referral": "One child who needs a home. Read by `rank --referral`, `match --referrals` and `import referrals`.",
    "home": "One home: a foster carer's household, a children's home, supported accommodation. "
    "Read by `rank`, `match`, `forecast --homes` and `import homes`.",
    "pin": "A pair of child and home that the joint plan must keep or must not use. Read by `match --pins`.",
    "stay": "One stay in emergency accommodation. Read by `watch --stays` and `import stays`.",
    "episode": "One row of the Episodes table of an SSDA903 return, read by `forecast --returns` as it is.",
    "header": "One row of the Header table of an SSDA903 return, read by `forecast --returns` as it is.",
}


def files_page() -> str:
    """Return the page of every file and every column."""
    lines = [
        "# Files and columns",
        "",
        "Generated from the field tables in `reference_data/shipped/fields` by `python docs/generate.py`.",
        "",
        "Every file may be CSV (UTF-8), XLSX or JSON (one object or a list). In CSV and XLSX a dot nests "
        "(`needs.behaviour`), a list is separated by `;`, and a list of objects stands in columns side by side "
        "(`beds.available_from`, `beds.held_for`), each with as many items. Dates are `yyyy-mm-dd` or "
        "`dd/mm/yyyy`. Money is pounds with at most two decimals. A cell left empty means that the fact is "
        "unknown: it never fits silently and never excludes silently. Unknown columns are reported and left alone.",
        "",
        "`righthome schema NAME` prints the JSON Schema of a record.",
    ]
    for record in record_names():
        lines += ["", f"## {record}", ""]
        if record in RECORD_WORDS:
            lines += [RECORD_WORDS[record], ""]
        lines += ["| column | type | needed | meaning | used for |", "|---|---|---|---|---|"]
        lines += [_field_row(field) for field in load_fields(record)]
    return "\n".join(lines) + "\n"


def _field_row(field: Field) -> str:
    kind = field.type.value + (f", {field.unit}" if field.unit else "")
    if field.minimum is not None or field.maximum is not None:
        low = "" if field.minimum is None else f"{field.minimum:g}"
        high = "" if field.maximum is None else f"{field.maximum:g}"
        kind += (
            f" ({low} to {high})" if low and high else f" (at least {low})" if low else f" (at most {high})"
        )
    meaning = field.meaning
    if field.values:
        words = allowed_values(field.values)
        listed = (
            ", ".join(f"`{word}`" for word in words) if len(words) <= 24 else f"a code of `{field.values}`"
        )
        meaning += f" One of: {listed}."
    needed = {"key": "yes, unique", "yes": "yes", "no": ""}[field.required]
    cells = (f"`{field.name}`", kind, needed, meaning, field.drives)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def commands_page() -> str:
    """Return the page of every command and every option."""
    lines = [
        "# Commands",
        "",
        "Generated from the commands by `python docs/generate.py`.",
        "",
        'Exit codes: 0 an answer (also "no home", RAISED, FEASIBLE or INFEASIBLE); 2 unusable arguments; '
        "3 unusable input, every problem listed; 4 no answer at all within the limit; 1 a fault of ours. With "
        "`--json` one document goes to standard output and nothing else; progress goes to standard error.",
    ]
    root = typer.main.get_command(app)
    for name, command in sorted(_leaves(root, "righthome")):
        lines += [
            "",
            f"## {name}",
            "",
            (command.help or "").strip(),
            "",
            "| argument | meaning |",
            "|---|---|",
        ]
        for parameter in command.params:
            shown = "/".join((*parameter.opts, *parameter.secondary_opts))
            if parameter.param_type_name == "argument":
                shown = (parameter.name or "").upper()
            text = getattr(parameter, "help", None) or ""
            lines.append(f"| `{shown}` | {text} |")
    return "\n".join(lines) + "\n"


def _leaves(command: object, name: str):
    children = getattr(command, "commands", None)
    if children is None:
        yield name, command
        return
    for child, inner in children.items():
        yield from _leaves(inner, f"{name} {child}")


def settings_page() -> str:
    """Return the page of every setting."""
    lines = [
        "# Settings",
        "",
        "Generated from `api/settings.py` by `python docs/generate.py`.",
        "",
        "Settings are environment variables of the machine that runs `righthome`. What a council may tune "
        "about placing children is policy, not a setting, and stands in the policy file.",
        "",
        "| variable | default | meaning |",
        "|---|---|---|",
    ]
    lines += [
        f"| `{variable}` | {f'`{default}`' if default else ''} | {meaning} |"
        for variable, default, meaning in SETTING_VARIABLES
    ]
    return "\n".join(lines) + "\n"


PAGES = {"files.md": files_page, "commands.md": commands_page, "settings.md": settings_page}


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for file, page in PAGES.items():
        (FOLDER / file).write_text(page(), encoding="utf-8")
