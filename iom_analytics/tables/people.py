"""Who the person is, without a name: `persons`, keyed by the pseudonymous `person_key`.

Code lists: Home Office self-defined ethnicity (16 + 1 and 18 + 1), PNC and ISO 5218 sex codes.
"""

from iom_analytics.tables.contract import Column, Table

AGES = (10, 110)  # 10 is the age of criminal responsibility: Children and Young Persons Act 1933, section 50

PERSON_KEY = Column(
    "person_key",
    "text",
    "The person: a pseudonym that means nothing outside the partnership",
    required=True,
    filled=True,
)

NOT_KNOWN = dict.fromkeys(("u", "unknown", "not known", "not recorded", "not specified", "not stated", "x"))

SEX = Column(
    "sex",
    "text",
    "Sex as recorded",
    codes=("M", "F"),
    synonyms={
        "male": "M",
        "man": "M",
        "1": "M",
        "female": "F",
        "woman": "F",
        "2": "F",
        "0": None,
        "9": None,
        **NOT_KNOWN,
    },
    trap="Scores are defined for M and F only; a person with neither cannot be scored",
)

ETHNICITY = Column(
    "ethnicity",
    "text",
    "Self-defined ethnicity, 5 + 1 groups",
    codes=("Asian", "Black", "Mixed", "Other", "White", "Not stated"),
    synonyms={
        **dict.fromkeys(("w1", "w2", "w3", "w4", "w8", "w9", "white british", "white irish"), "White"),
        **dict.fromkeys(("m1", "m2", "m3", "m9"), "Mixed"),
        **dict.fromkeys(("a1", "a2", "a3", "a4", "a9", "asian or asian british"), "Asian"),
        **dict.fromkeys(("b1", "b2", "b9", "black or black british"), "Black"),
        **dict.fromkeys(("o1", "o2", "o9", "chinese or other", "any other"), "Other"),
        **dict.fromkeys(("ns", "refused", "unknown", "not known"), "Not stated"),
    },
    trap="The officer's observation (IC1 to IC9) is another thing and is not accepted here",
)

PERSONS = Table(
    "persons",
    "One row per person. No name, no address, no identifier.",
    (
        PERSON_KEY,
        SEX,
        Column("date_of_birth", "date", "Date of birth", ages=AGES),
        ETHNICITY,
        Column("area", "text", "Community safety partnership or local authority district of residence"),
    ),
    key=("person_key",),
)
