"""The numbers by which another system may name a person. Pure: no database.

As HM Prison and Probation Service writes them: a prison number (NOMIS) is a letter, four digits and two letters; a case
reference number (nDelius) a letter and six digits.
"""

import re

PRISON_NUMBER = re.compile(r"[A-Z][0-9]{4}[A-Z]{2}")
CRN = re.compile(r"[A-Z][0-9]{6}")


def is_recognised(*, prison_number: str, crn: str) -> bool:
    """Whether each number that is given is written as such a number is."""
    return all(pattern.fullmatch(text) for pattern, text in ((PRISON_NUMBER, prison_number), (CRN, crn)) if text)
