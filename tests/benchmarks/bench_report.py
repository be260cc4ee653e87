"""The annual report of the invented Plymouth from eight years of returns: how long it takes, and whether its files hold.

Word and Excel are opened by LibreOffice where that is installed (``soffice``): it makes a PDF of each, and refuses a file that
it would have to repair. Where it is not, the figure says so and is no proof.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

from api.reporting import report_of_files, write_report
from tests.oracles import office_open, pdf_ua

ROOT = Path(__file__).parents[2]
ARCHIVE = ROOT / "reference_data" / "synthetic" / "partnership_plymouth.zip"
EXAMPLES = ROOT / "docs" / "examples"
YEARS = range(2019, 2027)


def measure(full: bool) -> dict[str, Any]:
    """Return the seconds a report takes, the steps it tells on the way, and what checkers say of its files."""
    runs = 300 if full else 20
    steps: list[str] = []
    with tempfile.TemporaryDirectory(prefix="rhreport-") as name:
        folder = Path(name)
        with zipfile.ZipFile(ARCHIVE) as archive:
            archive.extractall(folder)
        for path in (folder / "returns").glob("2*.csv"):
            if int(path.name[:4]) not in YEARS:
                path.unlink()
        began, worked = time.perf_counter(), time.process_time()
        report = report_of_files(
            returns=folder / "returns",
            year=YEARS[-1],
            homes=folder / "homes.json",
            referrals=folder / "referrals.json",
            enquiries=folder / "enquiries.json",
            stays=folder / "stays.json",
            stays_from=date(2025, 4, 1),
            actions=EXAMPLES / "actions.toml",
            plan=EXAMPLES / "action_plan.toml",
            targets=None,
            council=None,
            authority="879",
            as_of=date(2026, 6, 15),
            yearly_budget_pence=None,
            runs=runs,
            seed=0,
            step=steps.append,
        )
        made, work = time.perf_counter() - began, time.process_time() - worked
        files = [folder / f"report.{kind}" for kind in ("pdf", "docx", "xlsx", "html")]
        for path in files:
            write_report(report, path)
        taken = time.perf_counter() - began
        pdf, word, excel, _ = files
        figures = {
            "seconds_made": round(made, 1),
            "seconds_of_processor": round(work, 1),
            "seconds_with_four_files": round(taken, 1),
            "steps_told": len(steps),
            "tables": len(report.tables()),
            "pdf_ua_problems": len(pdf_ua.problems(pdf)),
            "word_problems": len(office_open.problems(word)),
            "excel_problems": len(office_open.problems(excel)),
            "opened_by_libreoffice": _opened([word, excel], folder / "opened"),
        }
    return {
        "what": "the annual report from eight years of returns, in four kinds of file",
        "counts": {"years": len(YEARS), "runs": runs},
        "figures": figures,
    }


def _opened(files: list[Path], into: Path) -> int | str:
    """Return how many files LibreOffice opens and makes a PDF of, with settings of its own so that none run beside it."""
    if shutil.which("soffice") is None:
        return "not installed"
    command = [
        "soffice",
        f"-env:UserInstallation=file://{into}/settings",
        "--headless",
        "--convert-to",
        "pdf",
    ]
    for path in files:
        subprocess.run(
            [*command, "--outdir", str(into / path.suffix[1:]), str(path)],
            check=False,
            capture_output=True,
            timeout=300,
        )
    return sum((into / path.suffix[1:] / f"{path.stem}.pdf").exists() for path in files)
