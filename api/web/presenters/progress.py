"""How far long work is, in words: the step, and which of how many it is where that is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.web.words import sentence

if TYPE_CHECKING:
    from api.database.job_records import Job


def step_in_words(job: Job | None) -> str:
    """Return what is being done for a job; one that nobody has begun waits its turn."""
    if job is None or not job.step:
        return "It waits its turn."
    if job.step_number is None or job.step_count is None:
        return sentence(job.step)
    return f"Step {job.step_number} of {job.step_count}: {sentence(job.step)}"
