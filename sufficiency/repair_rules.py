"""What the repair of episodes may do to a row of a return, in words: one sentence for each rule.

How each is applied is in ``repair.py``; what reading tells of rows before that is in ``READING`` here.
"""

from __future__ import annotations

from sufficiency.return_limits import LIMIT_RULES
from sufficiency.return_sheets import NOTED

DONE = {
    "no_child": "Set aside: the row names no child.",
    "no_start_date": "Set aside: there is no start date that can be read.",
    "start_taken_from_previous_end": "Started where the child's episode before ended with care going on (X1).",
    "no_birth_date": "Set aside: no table gives the child a birth date, so no age can be counted.",
    "two_birth_dates": "The birth date of the latest header is used; another table differs.",
    "impossible_birth_date": "Not used: more of the child's episodes are possible with the birth date of another table.",
    "starts_before_birth": "Set aside: the episode starts before the child's birth.",
    "starts_after_18": "Set aside: the episode starts on or after the eighteenth birthday.",
    "ends_after_18": "Ended on the eighteenth birthday, when care ends.",
    "starts_after_the_return": "Set aside: the episode starts after its return closed.",
    "ends_after_the_return": "Kept open: the end lies after its return closed.",
    "duplicate_row": "Merged with another row of the same file, child and start date.",
    "carried_over": "Merged with the same episode in a later return.",
    "back_in_later_return": "Started anew on the first day of this return, which has it again; one between lacks it.",
    "corrected_later": "Replaced by the same episode in a later return, which differs.",
    "reopened_later": "The earlier return's end is kept, though a later return leaves it empty.",
    "reversed_dates": "The end lies before the start and is not used.",
    "end_reason_without_date": "Kept open: a reason for ending is given, but no end date.",
    "end_taken_from_next_start": "Ended where the child's next episode starts.",
    "gone_from_next_return": "Ended on 31 March of the last return it was in.",
    "overlap": "Ended where the child's next episode starts, which was before its own end.",
    "one_day_gap": "The day between this episode and the one before is counted in the placement before.",
    "gap_in_care": "Told only: care is said to go on, but days lie before this episode; they are not counted as care.",
    "nothing_follows": "Told only: ended with care going on (X1), but no next episode follows; counted as its end.",
    "same_day": "Left out: the episode starts and ends on one day, so it has no night.",
    "short_break": "Left out of counts: a short break (V3 or V4).",
    "temporary_place": "Counted in the placement kept open for the child (T code).",
    "temporary_place_alone": "Counted as other: a temporary place (T code) with no placement kept open beside it.",
    "unknown_place": "Counted as other: the placement code is not one of the return's.",
    **LIMIT_RULES,
}
"""What is said of each rule, by name."""

READING = {
    **NOTED,
    "other_date_form": "Read: the date of the column named is written in another form than the return asks for.",
    "unreadable_end_date": "The end date cannot be read; the episode is treated as having none.",
    "unreadable_birth_date": "The birth date cannot be read and is not used.",
    "unknown_code": "Told only: no list of the return ever had the code of the column named; nothing is read from it.",
    "code_not_yet_valid": "Told only: the code of the column named came into use later; its meaning of then is read.",
    "code_no_longer_valid": "Told only: the code of the column named had gone out of use; its old meaning is read.",
}
"""What reading tells of rows, by rule; some name the column in the report."""
