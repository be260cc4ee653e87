"""``righthome demo``: the three jobs on Plymouth's part of the invented partnership, then the site.

The database is a file in a temporary folder, made anew at every start and removed at the end, so that a
demonstration never meets real records.
"""

from __future__ import annotations

import json
import tempfile
import time
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Any

from api import printing, printing_matching
from reference_data.sample import SAMPLE_DATE
from reference_data.vocabulary import Urgency
from sufficiency.beds_words import beds_in_words_by_part

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.console import Console

    from api.database.engine import Database
    from api.database.records import Records
    from api.services.sample import LoadedSample

DEMO_MONTHS = 24
HOST = "127.0.0.1"
LOOKS_EVERY_SECONDS = 0.2


def run_demo(console: Console, *, port: int, serve_site: bool, as_json: bool) -> None:
    """Print the four parts, or one JSON document with them, and then serve the site.

    Raises
    ------
    Conflict
        If the site is wanted and its port is taken; nothing is printed then.
    """
    from api.services.sample import load_partnership
    from api.serving import require_free_port

    if serve_site and not as_json:
        require_free_port(HOST, port)
    with tempfile.TemporaryDirectory(prefix="righthome-demo-") as folder:
        url = f"sqlite:///{Path(folder) / 'demo.sqlite3'}"
        sample = load_partnership(url)
        answers = _answers(url)
        if as_json:
            print(json.dumps(answers, ensure_ascii=False, indent=2, allow_nan=False))
            return
        _print_parts(console, answers)
        if serve_site:
            _serve(console, url, port, sample, Path(folder) / "messages")


def _answers(url: str) -> dict[str, Any]:
    """Return the four answers, each made from the stored records and not from the files.

    The forecast and beds short are kept, so that the site shows the same at once. Beds short are worked out in another
    process meanwhile, as the site would.
    """
    from api.database.migrate import open_existing
    from api.services.sample import SAMPLE_AUTHORITY
    from api.services.stored import stored_records

    database = open_existing(url)
    with closing(database), working_out_beds(database, url) as beds:
        with stored_records(url, SAMPLE_AUTHORITY) as records:
            answers = _answers_of(records, database)
        return answers | {"beds": beds()}


@contextmanager
def working_out_beds(database: Database, url: str) -> Iterator[Callable[[], dict[str, Any]]]:
    """Have beds short worked out by a worker while the block lasts, and give what waits for the answer."""
    from api.database.job_records import OPEN
    from api.services.analyses import BedsSettings, analysis_kept, ask_by_itself
    from api.services.sample import ACTOR, SAMPLE_AUTHORITY
    from api.settings import Settings
    from api.working import Workers
    from matching.policy import default_policy

    asked = BedsSettings(months=DEMO_MONTHS)
    analysis_id = ask_by_itself(
        database, SAMPLE_AUTHORITY, SAMPLE_DATE, asked, policy=default_policy(), actor=ACTOR
    )
    workers = Workers(Settings(database_url=url, worker_niceness=0), database)
    workers.start()

    def answer() -> dict[str, Any]:
        while (found := analysis_kept(database, SAMPLE_AUTHORITY, analysis_id)).status in OPEN:
            time.sleep(LOOKS_EVERY_SECONDS)
        if found.answer is None:
            raise RuntimeError("beds short could not be worked out for the demonstration")
        return dict(found.answer)

    try:
        yield answer
    finally:
        workers.close()


def _answers_of(records: Records, database: Database) -> dict[str, Any]:
    from api.services.emergency_watch import emergency_watch
    from api.services.forecast import kept_forecast
    from api.services.joint_plan import joint_plan
    from api.services.ranked_options import ranked_options
    from api.services.sample import SAMPLE_AUTHORITY

    return {
        "as_of": SAMPLE_DATE.isoformat(),
        "ranking": ranked_options(records, _tonight(records), SAMPLE_DATE).as_dict(),
        "plan": joint_plan(records, SAMPLE_DATE).as_dict(),
        "forecast": kept_forecast(records, database, SAMPLE_AUTHORITY, months=DEMO_MONTHS).answer,
        "watch": emergency_watch(records, SAMPLE_DATE).as_dict(),
    }


def _tonight(records: Records) -> str:
    """Return the referral of the eldest young person in crisis: the one a night desk has most trouble to place."""
    in_crisis = [one for one in records.referrals() if one.urgency == Urgency.CRISIS]
    return min(in_crisis, key=lambda one: (one.date_of_birth or date.max, one.referral_id)).referral_id


def _print_parts(console: Console, answers: dict[str, Any]) -> None:
    today = printing.british_date(answers["as_of"])
    console.print(f"Everything here is invented. The date of the demonstration is {today}.\n", style="dim")
    console.rule(f"1. Homes for one child tonight ({answers['ranking']['referral_id']})", align="left")
    printing_matching.print_ranking(console, answers["ranking"], shown=3)
    console.rule("2. The whole waiting list at once", align="left")
    printing_matching.print_plan(console, answers["plan"], shown=8)
    console.rule(f"3. Beds short over {DEMO_MONTHS} months", align="left")
    printing.print_forecast(console, answers["forecast"])
    for sentence in beds_in_words_by_part(answers["beds"])["fit"]:
        console.print(f"- {sentence}")
    console.rule("4. Young people in emergency accommodation today", align="left")
    printing.print_watch(console, answers["watch"])


def _serve(console: Console, url: str, port: int, sample: LoadedSample, messages: Path) -> None:
    from api.serving import serve
    from api.settings import Settings

    console.rule("The site", align="left")
    console.print(f"Open http://{HOST}:{port} and sign in with password {sample.password} as one of:")
    for user in sample.users:
        console.print(f"  {user.username} ({user.role.words})")
    console.print("Alerts reach them on the page Alerts, Messages; emails are written as files to")
    console.print(f"  {messages}")
    console.print("A plan's check and other commands, in another terminal, read these records after:")
    console.print(f"  export RIGHTHOME_DATABASE_URL={url}", soft_wrap=True)
    console.print("Stop with Ctrl+C. Everything is deleted then.")
    settings = replace(
        Settings(),
        database_url=url,
        demo=True,
        as_of=sample.as_of,
        secret=token_urlsafe(32),
        base_url=f"http://{HOST}:{port}",
        message_folder=str(messages),
    )
    serve(settings, host=HOST, port=port)
