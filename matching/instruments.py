"""The names of the instruments that rules and approvals cite, written once.

The numbers that an instrument sets are read from ``reference_data/shipped/law``; here are the words
that an answer shows.
"""

from __future__ import annotations

from collections.abc import Mapping

from reference_data.law import legal_limits


def legal_number(name: str, stricter: Mapping[str, int]) -> int:
    """Return the number of a limit on placements, such as the usual fostering limit of three.

    Parameters
    ----------
    name
        Its name in the table of law on placements.
    stricter
        The council's own numbers, by provision (``Policy.limits``).

    Raises
    ------
    KeyError
        If the table of law on placements has no such number.
    """
    limit = legal_limits("placement")[name]
    if limit.value is None:
        raise KeyError(name)
    return stricter.get(limit.provision or "", limit.value)


REGISTRATION = "Care Standards Act 2000, Part 2 (registration)"
CONDITIONS = "Care Standards Act 2000, Part 2 (conditions of registration)"
RESTRICTION_NOTICE = "Care Standards Act 2000, section 22B"
STATEMENT_OF_PURPOSE = "Children's Homes (England) Regulations 2015, statement of purpose"
SUPPORTED_STATEMENT = "Supported Accommodation (England) Regulations 2023 (SI 2023/416), statement of purpose"
CHILD = "Children Act 1989, section 105 (a child is under 18)"
UNDER_SIXTEEN = (
    "Care Planning, Placement and Case Review (England) Regulations 2010, regulation 27A; "
    "Supported Accommodation (England) Regulations 2023 (SI 2023/416)"
)
SIXTEEN_AND_SEVENTEEN = (
    "Care Planning, Placement and Case Review (England) Regulations 2010, regulation 27C; "
    "Supported Accommodation (England) Regulations 2023 (SI 2023/416)"
)
PLACEMENTS = "Children Act 1989, section 22C(6)"
MOST_APPROPRIATE = "Children Act 1989, section 22C(5)"
CONNECTED_CARER = "Children Act 1989, section 22C(6)(a) and (7)(a)"
FOSTER_CARER = "Children Act 1989, section 22C(6)(a) and (b)"
TEMPORARY_APPROVAL = (
    "Care Planning, Placement and Case Review (England) Regulations 2010, regulations 24 and 25"
)
APPROVAL_TERMS = "Terms of the foster carer's approval"
USUAL_FOSTERING_LIMIT = "Children Act 1989, Schedule 7"
SECURE = "Children Act 1989, section 25"
WELFARE = "Children Act 1989, section 22(3) (welfare)"
SIBLINGS = "Children Act 1989, section 22C(8)(c)"
DISABILITY = "Children Act 1989, section 22C(8)(d)"
SETTLED = "Care Planning, Placement and Case Review (England) Regulations 2010, regulation 14"
KEY_STAGE_4 = (
    "Children Act 1989, Schedule 2; "
    "Care Planning, Placement and Case Review (England) Regulations 2010, regulation 10"
)
OUTSIDE_AREA = "Care Planning, Placement and Case Review (England) Regulations 2010, regulation 11"
NOTIFICATION = "Care Planning, Placement and Case Review (England) Regulations 2010, regulation 13"
PLACEMENT_PLAN = "Care Planning, Placement and Case Review (England) Regulations 2010, regulation 9"
OTHER_ARRANGEMENTS = "Children Act 1989, section 22D"
OTHER_ARRANGEMENTS_SUITABLE = (
    "Care Planning, Placement and Case Review (England) Regulations 2010, regulation 27 and Schedule 6"
)
WITH_PARENTS = "Care Planning, Placement and Case Review (England) Regulations 2010, regulations 15 to 20"
ADMISSION = "The home's own admission criteria"
WRITTEN_EXCLUSION = "The provider's written exclusion"
SOCIAL_WORKER = "The referral, as the child's social worker recorded it"
HOME_RECORD = "The council's record of the home"
PARTNERSHIP = "Embargo shared between the partner councils"
COUNCIL_POLICY = "The council's policy"
