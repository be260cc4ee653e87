"""The annual report: the same figures in every kind of file, a PDF that is tagged, and text that stays text."""

from __future__ import annotations

import json
import re
from datetime import date
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import openpyxl
import pypdf
import pytest
from docx import Document
from pypdf.generic import BooleanObject
from pypdf.generic import NameObject as NAME

from api.reporting import check_out, read_council, write_report
from reference_data.problems import ImportRejected, InvalidInput
from reference_data.sample import sample_path
from sufficiency import read_returns
from sufficiency.action_plan import Milestone, on_track_percent, read_action_plan
from sufficiency.annual_report import ReportQuestion, annual_report
from sufficiency.report import FanChart, Report, Section, Table, shown, table_of
from sufficiency.returns import Returns
from tests.oracles import office_open, pdf_ua

EVIL = '=HYPERLINK("http://x") #set text(red) <script>alert(1)</script> *bold* $x$'
POINT = {"mean": 10, "p2_5": 8, "p10": 9, "p25": 9.5, "p50": 10, "p75": 10.5, "p90": 11, "p97_5": 12}
TABLE = table_of("Homes by type", ("Type", "Homes"), [(EVIL, 1234), ("None known", None)], source="a test")
REPORT = Report(
    council="Invented Council",
    year=2026,
    made_on=date(2026, 6, 15),
    sections=(
        Section(key="one", heading="Who our children are", paragraphs=(EVIL,), tables=(TABLE,)),
        Section(
            key="two",
            heading="What is coming",
            charts=(
                FanChart(
                    title="Children looked after",
                    description="From 10 to 12 children.",
                    points=tuple({"date": f"2026-0{n}-01", **POINT} for n in range(1, 6)),
                    table=table_of(
                        "Forecast", ("Date", "Middle"), [("1 January 2026", 10.5)], source="a test"
                    ),
                ),
            ),
            to_write="what was decided.",
        ),
    ),
)


def figures(report: Report) -> list[str]:
    return [shown(cell) for _, table in report.tables() for row in table.rows for cell in row]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    for kind in ("pdf", "docx", "xlsx", "html", "json"):
        write_report(REPORT, folder / f"report.{kind}")
    return folder


def spaceless(text: str) -> str:
    """Leave out spaces, hyphens at line ends and typographic differences a setter makes."""
    return re.sub(r"[\s\u00ad\u200b-]", "", text.replace("”", '"').replace("“", '"'))


def test_every_figure_stands_in_every_kind_of_file(written: Path) -> None:
    pdf = spaceless("".join(page.extract_text() for page in pypdf.PdfReader(written / "report.pdf").pages))
    word = Document(str(written / "report.docx"))
    cells = [cell.text for table in word.tables for row in table.rows for cell in row.cells]
    page = (written / "report.html").read_text(encoding="utf-8")
    book = openpyxl.load_workbook(written / "report.xlsx")
    values = [
        cell.value for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None
    ]
    for figure in figures(REPORT):
        assert spaceless(figure) in pdf
        assert figure in cells
        assert figure in _Text.of(page)
    assert {1234, 10.5} <= set(values)
    assert (
        json.loads((written / "report.json").read_text(encoding="utf-8"))["sections"][0]["tables"][0]["rows"][
            0
        ][1]
        == 1234
    )


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.tags: list[str] = []

    def handle_data(self, data: str) -> None:
        self.found.append(data)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)

    @classmethod
    def of(cls, page: str) -> str:
        parser = cls()
        parser.feed(page)
        return "\n".join(parser.found)


def test_text_stays_text(written: Path) -> None:
    book = openpyxl.load_workbook(written / "report.xlsx")
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds
    parser = _Text()
    parser.feed((written / "report.html").read_text(encoding="utf-8"))
    assert "script" not in parser.tags
    assert EVIL in "".join(parser.found)


def test_the_pdf_keeps_the_part_of_pdf_ua_that_a_machine_can_check(written: Path) -> None:
    assert pdf_ua.problems(written / "report.pdf") == []
    reader = pypdf.PdfReader(written / "report.pdf")
    assert str(reader.trailer["/Root"]["/Lang"]).startswith("en")
    assert reader.metadata is not None
    assert "Sufficiency report 2025-26" in str(reader.metadata.title)
    shows = [str(one["/Alt"]) for one in structure(reader, "/Figure")]
    assert any("From 10 to 12 children" in text for text in shows)


@pytest.mark.parametrize(
    ("number", "spoil"),
    [
        ("06-001", lambda pdf: pdf.root_object["/MarkInfo"].update({NAME("/Marked"): BooleanObject(False)})),
        ("11-006", lambda pdf: pdf.root_object.pop("/Lang")),
        ("07-002", lambda pdf: pdf.root_object.pop("/ViewerPreferences")),
        ("13-004", lambda pdf: structure(pdf, "/Figure")[0].pop("/Alt")),
        ("14-002", lambda pdf: structure(pdf, "/H1")[0].update({NAME("/S"): NAME("/H3")})),
        ("15-003", lambda pdf: structure(pdf, "/TH")[0].pop("/A")),
        ("09-004", lambda pdf: structure(pdf, "/TR")[0].update({NAME("/S"): NAME("/P")})),
        ("02-003", lambda pdf: structure(pdf, "/TD")[0].update({NAME("/S"): NAME("/Cell")})),
        ("01-004", lambda pdf: structure(pdf, "/P")[-1].pop("/K")),
        ("28-012", lambda pdf: pdf.pages[0]["/Annots"][0].get_object().pop("/Contents")),
    ],
)
def test_the_checker_of_pdf_finds_what_is_spoilt(
    written: Path, tmp_path: Path, number: str, spoil: Any
) -> None:
    writer = pypdf.PdfWriter(clone_from=written / "report.pdf")
    spoil(writer)
    writer.write(tmp_path / "spoilt.pdf")
    assert number in {problem[:6] for problem in pdf_ua.problems(tmp_path / "spoilt.pdf")}


def structure(document: Any, kind: str) -> list[Any]:
    """Return the elements of a kind in the order of reading."""
    root = document.root_object if hasattr(document, "root_object") else document.trailer["/Root"]
    found: list[Any] = []

    def walk(node: Any) -> None:
        node = node.get_object() if hasattr(node, "get_object") else node
        for one in node if isinstance(node, list) else [node]:
            one = one.get_object()
            if isinstance(one, dict):
                if one.get("/S") == kind:
                    found.append(one)
                if "/K" in one:
                    walk(one["/K"])

    walk(root["/StructTreeRoot"]["/K"])
    return found


def test_word_and_excel_keep_the_rules_whose_breach_asks_for_a_repair(written: Path) -> None:
    assert office_open.problems(written / "report.docx") == []
    assert office_open.problems(written / "report.xlsx") == []


@pytest.mark.parametrize(
    ("kind", "part", "before", "after", "said"),
    [
        ("docx", "word/document.xml", "Heading1", "Heading17", "is used and not there"),
        ("docx", "word/document.xml", 'r:embed="rId', 'r:embed="rId9', "which it does not have"),
        ("docx", "word/document.xml", "<w:tc>", "<w:tc/><w:tc>", "a row of 3 cells"),
        ("docx", "[Content_Types].xml", "png", "gif", "has no content type"),
        ("xlsx", "xl/worksheets/sheet2.xml", 't="s"><v>', 't="s"><v>9', "a text that is not there"),
        ("xlsx", "xl/worksheets/sheet2.xml", 'r="A4"', 'r="A5"', "out of its place"),
        ("xlsx", "xl/workbook.xml", 'name="Homes by type"', 'name="Homes/type"', "no sheet may be called"),
    ],
)
def test_the_checker_of_office_files_finds_what_is_spoilt(
    written: Path, tmp_path: Path, kind: str, part: str, before: str, after: str, said: str
) -> None:
    spoilt = tmp_path / f"spoilt.{kind}"
    with ZipFile(written / f"report.{kind}") as source, ZipFile(spoilt, "w") as target:
        for name in source.namelist():
            text = source.read(name)
            if name == part:
                assert before.encode() in text
                text = text.replace(before.encode(), after.encode(), 1)
            target.writestr(name, text)
    assert any(said in problem for problem in office_open.problems(spoilt))


def test_word_has_real_headings_and_marked_header_rows(written: Path) -> None:
    document = Document(str(written / "report.docx"))
    headings = [p.text for p in document.paragraphs if p.style is not None and p.style.name == "Heading 1"]
    assert headings == ["Who our children are", "What is coming"]
    for table in document.tables:
        assert "w:tblHeader" in table.rows[0]._tr.xml
    (picture,) = document.inline_shapes
    assert "From 10 to 12 children." in picture._inline.docPr.get("descr")
    assert any("For people to write: what was decided." in p.text for p in document.paragraphs)


def test_a_report_is_never_overwritten_and_only_known_kinds_are_written(written: Path) -> None:
    before = (written / "report.pdf").read_bytes()
    with pytest.raises(InvalidInput, match="never overwritten"):
        write_report(REPORT, written / "report.pdf")
    assert (written / "report.pdf").read_bytes() == before
    for wrong in (written / "report.odt", written / "nowhere" / "report.pdf"):
        with pytest.raises(InvalidInput):
            check_out(wrong)


@cache
def sample_returns() -> Returns:
    return read_returns(sample_path("homes").parent / "sample_returns")


@cache
def sample_report() -> Report:
    question = ReportQuestion(year=2018, made_on=date(2018, 6, 1), months=12, runs=20)
    return annual_report(sample_returns(), question)


def test_a_report_without_homes_or_records_says_what_is_not_assessed() -> None:
    made = sample_report()
    assert [section.key for section in made.sections] == [
        *(
            "children",
            "homes",
            "indicators",
            "distance",
            "forecast",
            "beds",
            "actions",
            "costs",
            "voices",
            "method",
        ),
    ]
    said = " ".join(text for section in made.sections for text in section.paragraphs)
    assert "not assessed" in said.lower()
    voices = next(section for section in made.sections if section.key == "voices")
    assert voices.to_write
    assert not voices.paragraphs
    assert all(len(row) == len(table.columns) for _, table in made.tables() for row in table.rows)
    with pytest.raises(InvalidInput):
        annual_report(sample_returns(), ReportQuestion(year=2050, made_on=date(2050, 6, 1)))


def test_no_number_of_children_from_1_to_5_is_shown_by_age_or_placement() -> None:
    children = sample_report().sections[0]
    for table in children.tables:
        assert isinstance(table, Table)
        for row in table.rows:
            assert all(cell == "c" or cell == 0 or cell >= 6 for cell in row[1:])  # type: ignore[operator]


def test_what_is_on_track_is_counted_and_the_records_may_speak_against_it(tmp_path: Path) -> None:
    plan = read_action_plan(Path(__file__).parents[3] / "docs/examples/action_plan.toml")
    assert on_track_percent(plan) == 100
    assert on_track_percent(()) is None
    (late,) = [one for one in plan if one.contradiction(date(2026, 6, 15), {})]
    assert late.number == "3.3"
    opening = Milestone(
        number="1", text="a", owner="b", due=date(2027, 1, 1), status="on_track", opens_home="DEMO-X"
    )
    assert "not in the list of homes" in opening.contradiction(date(2026, 6, 15), {})
    wrong = tmp_path / "plan.toml"
    wrong.write_text(
        "[[milestones]]\nnumber = '1'\ntext = 'a'\nowner = 'b'\ndue = 'soon'\nstatus = 'fine'\n"
        "[[milestones]]\nnumber = '2'\n",
        encoding="utf-8",
    )
    with pytest.raises(ImportRejected) as rejected:
        read_action_plan(wrong)
    assert [(issue.row, issue.rule) for issue in rejected.value.issues] == [
        (1, "due"),
        (1, "status"),
        (2, "missing_key"),
    ]


def test_the_councils_name_colour_and_paragraphs_come_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "council.toml"
    path.write_text(
        "name = 'Invented'\ncolour = '#336699'\n[written]\nvoices = ['We were heard.', 'Twice.']\n",
        encoding="utf-8",
    )
    found = read_council(path)
    assert found == {
        "council": "Invented",
        "colour": "#336699",
        "written": {"voices": ["We were heard.", "Twice."]},
    }
    for text in ("colour = 'red'\n", "font = 'x'\n", "written = 3\n", "name = "):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(ImportRejected):
            read_council(path)
