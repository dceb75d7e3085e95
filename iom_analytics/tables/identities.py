"""The one table with names: a row per source record. Only `linkage` and `synthetic` may read it as data.

The command `validate` and the reference page read this contract, which describes names and holds none.
Shapes of identifiers: HMPPS `hmpps-person-record` (PNC ID, CRO) and `hmpps-prisoner-search` (prison number, CRN).
"""

from iom_analytics.tables.contract import Column, Shape, Table
from iom_analytics.tables.people import AGES, SEX

IDENTITIES = Table(
    "identities",
    "Who each partner says a person is: one row per record in a partner's system, several per person.",
    (
        Column("source", "text", "The partner system the record comes from", required=True, filled=True),
        Column("source_id", "text", "The record's number in that system", required=True, filled=True),
        Column("given_names", "text", "All given names, first one first", trap="May be swapped with the family name"),
        Column("family_name", "text", "Family name"),
        Column("aliases", "text", "Other full names the person has used, separated by semicolons"),
        Column("date_of_birth", "date", "Date of birth", ages=AGES, trap="1 January often stands for 'day not known'"),
        SEX,
        Column(
            "postcode",
            "text",
            "Last known home postcode",
            shape=Shape(r"^[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][A-Z]{2}$", "SW1A 1AA"),
            trap="People move; hostels are shared",
        ),
        Column(
            "pnc_id",
            "text",
            "Police National Computer ID, YYYY/NNNNNNND",
            shape=Shape(r"^([0-9]{2}|[0-9]{4})/?[0-9]{1,7}[A-Z]$", "2001/0000001Q"),
            trap="The last character is a check letter, which linkage checks; one person can hold several",
        ),
        Column(
            "cro",
            "text",
            "Criminal Records Office number, NNNNNN/YYD or SFYY/NNNNNND",
            shape=Shape(r"^([0-9]{1,6}/[0-9]{2}[A-Z]|SF[0-9]{2}/[0-9]{1,6}[A-Z])$", "265416/21G"),
        ),
        Column("crn", "text", "Probation case reference number, A999999", shape=Shape(r"^[A-Z][0-9]{6}$", "X123456")),
        Column(
            "prison_number",
            "text",
            "Prison (NOMS) number, A9999AA",
            shape=Shape(r"^[A-Z][0-9]{4}[A-Z]{2}$", "A1234AA"),
        ),
    ),
    key=("source", "source_id"),
)
