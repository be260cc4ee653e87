"""Write the generated pages of the documentation: ``python docs/generate.py``.

``docs/reference/files.md`` comes from the field tables, ``docs/reference/commands.md`` from the commands
themselves, ``docs/reference/south-west-needs.md`` from the profile of that standard, ``docs/reference/benchmarks.md`` from the measured evidence and
``docs/worked-examples.md`` from the examples of the rules. Other pages are in the files
``pages_of_*.py`` beside this one. Figures that other pages quote from the evidence are brought up to date. A test
compares them with what is committed.
"""

from __future__ import annotations

import json
import re
import runpy
from pathlib import Path
from typing import Any

import typer.main

from api.cli import app
from api.settings import SETTING_VARIABLES
from matching.eligibility import RULES as ELIGIBILITY_RULES
from matching.eligibility import Context, assess
from matching.files import homes_from_values, referrals_from_values
from matching.policy import default_policy, policy_from_text
from reference_data.fields import Field, allowed_values, load_fields, record_names
from reference_data.profiles import ProfileField, load_profile

FOLDER = Path(__file__).parent / "reference"
EVIDENCE = Path(__file__).parent / "evidence"

RECORD_WORDS = {
    "referral": "One child who needs a home. Read by `rank --referral`, `match --referrals` and `import referrals`.",
    "home": "One home: a foster carer's household, a children's home, supported accommodation. "
    "Read by `rank`, `match`, `forecast --homes` and `import homes`.",
    "pin": "A pair of child and home that the joint plan must keep or must not use. Read by `match --pins`.",
    "choice": "What a person decided for one child, beside what the ranking put first. Read by `equality --decisions`.",
    "characteristic": "What is known of one child for the equality report. Read by `equality --characteristics`.",
    "stay": "One stay in emergency accommodation. Read by `watch --stays` and `import stays`.",
    "enquiry": "One home asked for one child, and its answer: who refused and why, what was needed and what was got. "
    "Read by `equality --enquiries`; the invented partnership writes it.",
    "notice": "One notice that a home or carer gave. Read by `indicators --notices`; the invented partnership writes it.",
    "stability_meeting": "One meeting on how to keep a child's placement, due or held. Read by `indicators --meetings`.",
    "needs_assessment": "One judgement of a child's needs, with its day, its rater and its source. Kept over time.",
    "contract": "One contract with a provider: what beds are paid for, and what each side has to do.",
    "void": "One empty bed that a contract pays for: why, and who bears the cost.",
    "nomination": "One child nominated to a home under a contract, and the home's answer.",
    "quality_visit": "One visit to a home to see how good it is. Partner councils may read it when it is shared.",
    "concern": "One concern about a home. Partner councils may read it when it is shared; only an embargo excludes.",
    "planned_opening": "Places that are to open.",
    "delegation": "Who may sign what in whose stead, from when to when.",
    "decision": "Why a home was chosen, how the child's wishes were considered, and why not the first-ranked.",
    "placement": "One placement: which bed, since when, until when.",
    "move": "One move of a child from one home to another.",
    "printed_figure": "One percentage as it was printed, with its fraction, target and which way is better. Read by "
    "`check-figures`.",
    "episode": "One row of the Episodes table of an SSDA903 return, read by `forecast --returns` as it is.",
    "header_903": "One row of the Header table of an SSDA903 return, read by `forecast --returns` as it is.",
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
        'A list may also be JSON in one cell (`["a; b"]`), and `[]` is a list known to be empty. In CSV an apostrophe '
        "before `=`, `+`, `-`, `@` or a tab keeps a spreadsheet from running the cell; `export` puts it there "
        "and readers "
        "take it off. What `export` writes reads back as the same records.",
        "",
        "Referrals may also be read and written in [the South West needs standard](south-west-needs.md).",
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


def indicators_page() -> str:
    """Return the page of every indicator with its definition."""
    from sufficiency.indicators import definitions

    lines = [
        "# Indicators",
        "",
        "Generated from the definitions in `sufficiency` by `python docs/generate.py`.",
        "",
        "`righthome indicators --returns returns/ --year 2026` counts each from the returns (and the list of "
        "homes and enquiries, "
        "where given). A fact that is missing leaves the child in the denominator and is told beside it. A "
        "table that is absent "
        "gives NOT_ASSESSED and names it. Published figures stand beside with their year and are never joined "
        "to local ones: "
        "their cohorts differ.",
        "",
        "Targets are a TOML file with a table `[targets]` and a number for each indicator named by its id. "
        "Amber is within fifteen in a hundred of the target, the council's policy of 2019; with `--points`, "
        "within as many points.",
        "",
    ]
    for one in definitions():
        better = {
            "high": "Higher is better.",
            "low": "Lower is better.",
            None: "Neither is better by itself.",
        }[one.better_when]
        lines += [
            f"## {one.name}",
            "",
            f"`{one.id}` · {one.unit} · {better}",
            "",
            f"{one.definition} Of: {one.population[0].lower()}{one.population[1:]}",
            "",
            f"Definition: {one.source}.",
            "",
        ]
    return "\n".join(lines).rstrip() + "\n"


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


def south_west_page() -> str:
    """Return the page of every column of the South West needs standard and its place in our referral."""
    lines = [
        "# The South West needs standard",
        "",
        "Generated from `reference_data/shipped/profiles/south_west_needs.csv` by `python docs/generate.py`. "
        "The standard "
        "is the South West sufficiency project's (MIT licence); [its page]"
        "(../../reference_data/shipped/profiles/README.md) names the editions.",
        "",
        "```",
        "righthome import referrals needs.csv --profile south-west --authority 879 --as-user NAME",
        "righthome export referrals needs.xlsx --profile south-west --authority 879 --as-user NAME",
        "```",
        "",
        "**Reads** one row a child under the standard's questions (CSV, the first sheet of an XLSX, a JSON "
        "list), or one table "
        "for each part of its diagram (a folder or zip of CSV files, a workbook with a sheet each, a JSON object with "
        "a list each). Headings may be the question, with or without what stands in brackets, or the diagram's "
        "name, in any "
        "case. Dates are `yyyy-mm-dd` or `dd/mm/yyyy`. Several answers in one cell are separated by `;`. "
        "**Writes** rows into `.csv` and tables into `.xlsx`, `.json` or `.zip`.",
        "",
        "Every row goes both ways. An answer that is none of the standard's is a problem, listed with file, row "
        "and column, and "
        "then nothing of the file is used. A column that is not here is named and not read. What our record holds "
        "beyond the standard, or tells it only more broadly, stands in the notes of the export.",
        "",
        "Reading adds to a stored referral and corrects it, and takes nothing away: an empty answer changes "
        "nothing, lists gain "
        "items, and an answer that says no more than the record already does leaves the record's own words "
        "(Emergency leaves "
        "`crisis`). A file that names no referral means the child's only one; for a new child the child's id "
        "stands for it. "
        "With `--dry-run --json` the referrals are printed and nothing is kept.",
        "",
        "The standard holds no birth date, sex or legal status, and only parts of postcodes. Until they are "
        "added, every home "
        "is a question. A yes without its detail (adaptations, brothers and sisters, culture, communication, places to "
        "avoid) is asked before the options of `rank`.",
        "",
        "| table and column | question | our field | answer and our code | to make it count |",
        "|---|---|---|---|---|",
    ]
    lines += [_profile_row(entry) for entry in load_profile("south-west")]
    return "\n".join(lines) + "\n"


def _profile_row(entry: ProfileField) -> str:
    ours = f"`{entry.ours}`" + (f"; whole postcode: `{entry.whole}`" if entry.whole else "")
    nothing = "none" if entry.is_list else "not known"
    said = [f"{word}: {f'`{code}`' if code else nothing}" for word, code in entry.codes.items()]
    said += [
        f"{f'`{code}`' if code != '*' else 'anything else'} is told as {word}"
        for code, word in entry.told_as.items()
    ]
    if entry.also_read:
        said.append("also read: " + ", ".join(entry.also_read))
    answer = "; ".join(said) or entry.field.type.value
    cells = (f"`{entry.table}.{entry.column}`", entry.heading, ours, answer, entry.say_more or "")
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


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


def benchmarks_page() -> str:
    """Return the page of every measured figure, from the evidence alone."""
    lines = [
        "# Benchmarks",
        "",
        "Generated from `docs/evidence` by `python docs/generate.py`. `make evidence` measures everything anew "
        "and writes this page again.",
        "",
        "Machines differ: figures named as a ratio compare two things run one after the other on the same machine. "
        "Names end in their unit or say what is counted.",
    ]
    found = sorted(EVIDENCE.glob("*.json"))
    if not found:
        lines += ["", "Nothing has been measured yet."]
    for path in found:
        lines += ["", f"## {path.stem}", "", *_evidence_lines(path)]
    return "\n".join(lines) + "\n"


def _evidence_lines(path: Path) -> list[str]:
    evidence: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    machine = evidence["machine"]
    what = evidence["what"]
    lines = [
        f"{what[0].upper()}{what[1:]}. (source: [evidence/{path.name}](../evidence/{path.name}))",
        "",
        "| figure | value |",
        "|---|---|",
    ]
    lines += [
        f"| `{key}` | <!-- figure {path.stem}.{key} -->{value}<!-- --> |"
        for key, value in evidence["figures"].items()
    ]
    counted = "; ".join(f"{key.replace('_', ' ')}: {value}" for key, value in evidence["counts"].items())
    return [
        *lines,
        "",
        f"- Counts: {counted}.",
        f"- Command: `{evidence['command']}`, at commit `{evidence['commit']}` on {evidence['measured_on']}.",
        f"- Machine: {machine['processors']} processors ({machine.get('processor') or machine['architecture']}), "
        f"{machine['system']}, Python {machine['python']}; peak memory in MB: {machine['peak_memory_mb']}.",
    ]


EXAMPLES = Path(__file__).parents[1] / "tests" / "examples" / "rules_of_eligibility.py"


def worked_examples_page() -> str:
    """Return the page of every rule of eligibility with its worked examples."""
    examples = runpy.run_path(str(EXAMPLES))
    context = Context(as_of=examples["AS_OF"], policy=default_policy())
    lines = [
        "# Worked examples: which home may be offered",
        "",
        "Generated from `tests/examples/rules_of_eligibility.py` by `python docs/generate.py`; the same "
        "examples run as "
        "tests. Each starts from the invented child and home below, who fit without a question, on "
        f"{examples['AS_OF']:%Y-%m-%d}, and changes what is named. The child is 13 on the start date.",
        "",
        "**excluded**: the home may not be offered. **asked**: a fact is missing, so the home ranks below what "
        "is known "
        "to fit until somebody answers. **fits**: this rule has nothing to say; another rule may.",
        "",
        f"- The child: {_changes(examples['CHILD'])}.",
        f"- The home: {_changes(examples['HOME'])}.",
    ]
    for rule in ELIGIBILITY_RULES:
        name = rule.__name__
        cases = [case for case in examples["CASES"] if case[0] == name]
        if not cases:
            continue
        says = (rule.__doc__ or "").splitlines()[0]
        lines += [
            "",
            f"## {name}",
            "",
            says,
            "",
            "| child | home | answer | what it says | instrument, or whom to ask |",
        ]
        lines += ["|---|---|---|---|---|"]
        lines += [_example_row(examples, case, context) for case in cases]
    lines += [
        "",
        "## council_rules",
        "",
        "A council's own rules stand in its policy file and exclude with the council's own reason; see "
        "[the method](method-matching.md). Two invented ones:",
        "",
        "| policy | home | answer | what it says | instrument, or whom to ask |",
        "|---|---|---|---|---|",
    ]
    for policy, child, home, answer in examples["COUNCIL_CASES"]:
        own = Context(as_of=examples["AS_OF"], policy=policy_from_text(policy))
        row = _example_row(examples, ("council_rule", child, home, answer), own)
        lines.append(row.replace("| as it is |", "| " + policy.replace("\n", ", ") + " |", 1))
    return "\n".join(lines) + "\n"


def _example_row(examples: dict[str, Any], case: tuple[Any, ...], context: Context) -> str:
    name, child, home, answer = case
    referral = referrals_from_values([_with(examples["CHILD"], child)])[0][0]
    found = assess(referral, homes_from_values([_with(examples["HOME"], home)])[0][0], context)
    text, basis = "", ""
    for exclusion in found.exclusions:
        if exclusion.rule == name:
            text, basis = exclusion.text, exclusion.instrument
    for question in found.questions:
        if question.rule == name and not text:
            text, basis = question.text, f"ask {question.ask}"
    cells = (_changes(child) or "as it is", _changes(home) or "as it is", f"**{answer}**", text, basis)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _with(base: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in {**base, **changes}.items() if value is not None}


def _changes(changes: dict[str, Any]) -> str:
    return ", ".join(f"`{name}` {_value(value)}" for name, value in changes.items())


def _value(value: object) -> str:
    if value is None:
        return "not recorded"
    return value if isinstance(value, str) else f"`{json.dumps(value, ensure_ascii=False)}`"


def _beside(name: str) -> dict[str, Any]:
    """Return the pages of a file beside this one, which is read by its path as this one is."""
    return runpy.run_path(str(Path(__file__).parent / f"{name}.py"))["PAGES"]


PAGES = {
    **_beside("pages_of_emergency"),
    **_beside("pages_of_matching"),
    **_beside("pages_of_people"),
    **_beside("pages_of_returns"),
    "files.md": files_page,
    "commands.md": commands_page,
    "indicators.md": indicators_page,
    "settings.md": settings_page,
    "south-west-needs.md": south_west_page,
    "benchmarks.md": benchmarks_page,
    "../worked-examples.md": worked_examples_page,
    **_beside("pages_of_reference_data"),
}


MARKED = re.compile(r"<!-- figure (?P<name>[a-z0-9_]+)\.(?P<key>[a-z0-9_]+) -->[^<]*<!-- -->")


def with_figures(text: str) -> str:
    """Return a page with every marked figure as the evidence has it now; one without evidence stays."""

    def current(match: re.Match[str]) -> str:
        path = EVIDENCE / f"{match['name']}.json"
        figures = json.loads(path.read_text(encoding="utf-8"))["figures"] if path.exists() else {}
        if match["key"] not in figures:
            return match[0]
        return f"<!-- figure {match['name']}.{match['key']} -->{figures[match['key']]}<!-- -->"

    return MARKED.sub(current, text)


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for file, page in PAGES.items():
        (FOLDER / file).write_text(page(), encoding="utf-8")
    root = Path(__file__).parents[1]
    for written in (root / "README.md", root / "CHANGELOG.md", *Path(__file__).parent.glob("*.md")):
        written.write_text(with_figures(written.read_text(encoding="utf-8")), encoding="utf-8")
