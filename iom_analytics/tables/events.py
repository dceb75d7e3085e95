"""What happened: the event tables keyed by the pseudonymous `person_key`.

Spans are half-open: the start date is in, the end date is out, an empty end is still open.
"""

from iom_analytics.tables.contract import Column, Table
from iom_analytics.tables.people import AGES, PERSON_KEY

SANCTION_TYPES = ("conviction", "caution", "reprimand", "warning")
DISPOSALS = (
    "custody",
    "suspended sentence",
    "community order",
    "fine",
    "discharge",
    "caution",
    "conditional caution",
    "other",
)
BANDS = ("low", "medium", "high", "very high")
YOUNGEST = AGES[0]

SANCTIONS = Table(
    "sanctions",
    "One row per offence sanctioned. A sanction (occasion) is a distinct person and sanction date.",
    (
        PERSON_KEY,
        Column("sanction_date", "date", "Day of the conviction or caution", required=True, filled=True),
        Column(
            "sanction_type",
            "text",
            "What proved the offence",
            required=True,
            filled=True,
            codes=SANCTION_TYPES,
            synonyms={
                "convicted": "conviction",
                "conv": "conviction",
                "c": "conviction",
                "simple caution": "caution",
                "conditional caution": "caution",
                "youth caution": "caution",
                "youth conditional caution": "caution",
                "final warning": "warning",
            },
            trap="Reprimands and warnings ended in 2013 and count as cautions",
        ),
        Column(
            "offence_code",
            "text",
            "Home Office offence code, five digits",
            required=True,
            filled=True,
            offence=True,
            trap="A spreadsheet drops the leading zero: 02801 becomes 2801",
        ),
        Column("offence_date", "date", "Day the offence was committed", trap="May be years before the sanction"),
        Column(
            "disposal",
            "text",
            "Main disposal",
            codes=DISPOSALS,
            synonyms={
                "imprisonment": "custody",
                "immediate custody": "custody",
                "prison": "custody",
                "detention": "custody",
                "youth custody": "custody",
                "suspended": "suspended sentence",
                "suspended sentence order": "suspended sentence",
                "sso": "suspended sentence",
                "community": "community order",
                "community sentence": "community order",
                "co": "community order",
                "absolute discharge": "discharge",
                "conditional discharge": "discharge",
                "simple caution": "caution",
            },
        ),
        Column(
            "custody_days",
            "integer",
            "Length of the custodial sentence",
            unit="days",
            at_least=0,
            at_most=36525,
            trap="The sentence as passed, not the time served; empty for life",
        ),
        Column("release_date", "date", "Day of release from that sentence", may_be_future=True),
        Column("court", "text", "Court or police force that gave it"),
    ),
    in_order=(("offence_date", "sanction_date"), ("sanction_date", "release_date")),
    happened="sanction_date",
    youngest=YOUNGEST,
)

ARRESTS = Table(
    "arrests",
    "One row per arrest. An arrest proves nothing: watched people are arrested more.",
    (
        PERSON_KEY,
        Column("arrest_date", "date", "Day of the arrest", required=True, filled=True),
        Column("offence_code", "text", "Home Office offence code arrested for, five digits", offence=True),
        Column("domestic_abuse", "yes_no", "Whether flagged as domestic abuse"),
        Column("victim_ref", "text", "Pseudonym of the victim, so that repeat victims can be counted"),
    ),
    happened="arrest_date",
    youngest=YOUNGEST,
)

CUSTODY_SPELLS = Table(
    "custody_spells",
    "One row per spell in custody: reception in, release out.",
    (
        PERSON_KEY,
        Column("start_date", "date", "First day in custody", required=True, filled=True),
        Column(
            "end_date",
            "date",
            "Day of release; empty while still in custody",
            may_be_future=True,
            trap="A release that is planned is not a release: where it lies ahead the person is still inside",
        ),
        Column("prison", "text", "Prison code of the last establishment"),
        Column(
            "kind",
            "text",
            "Why",
            codes=("remand", "sentence", "recall"),
            synonyms={
                "remanded": "remand",
                "unsentenced": "remand",
                "convicted unsentenced": "remand",
                "sentenced": "sentence",
                "recalled": "recall",
            },
        ),
    ),
    key=("person_key", "start_date"),
    in_order=(("start_date", "end_date"),),
    happened="start_date",
    youngest=YOUNGEST,
)

DRUG_TESTS = Table(
    "drug_tests",
    "One row per drug test and what followed.",
    (
        PERSON_KEY,
        Column("test_date", "date", "Day of the test", required=True, filled=True),
        Column("occasion", "text", "When in the process", codes=("arrest", "charge", "licence", "order")),
        Column(
            "result",
            "text",
            "Result",
            codes=("positive", "negative", "refused", "disputed"),
            synonyms={"pos": "positive", "+": "positive", "neg": "negative", "refusal": "refused"},
        ),
        Column("opiates", "yes_no", "Positive for opiates"),
        Column("cocaine", "yes_no", "Positive for cocaine"),
        Column("required_assessment", "yes_no", "Whether a required assessment was imposed"),
        Column("assessment_attended", "yes_no", "Whether the person attended and remained; empty while pending"),
    ),
    happened="test_date",
    youngest=YOUNGEST,
)

ASSESSMENTS = Table(
    "assessments",
    "One row per person, assessment and item: a needs section's score, or a risk score imported from its own system.",
    (
        PERSON_KEY,
        Column("assessment_date", "date", "Day completed", required=True, filled=True),
        Column("instrument", "text", "OASys, ARP, VRP, SVRP, OGRS3, RoSH ...", required=True, filled=True),
        Column("version", "text", "Version of the instrument"),
        Column(
            "item",
            "text",
            "Section or score name, for instance 'accommodation' or 'two_year_percent'",
            required=True,
            filled=True,
        ),
        Column("score", "number", "Section score, or per cent for a risk score"),
        Column(
            "band",
            "text",
            "Band as given by the source",
            codes=BANDS,
            synonyms={
                "l": "low",
                "m": "medium",
                "med": "medium",
                "h": "high",
                "v": "very high",
                "vh": "very high",
                "veryhigh": "very high",
            },
            trap="The same word cuts elsewhere on each instrument: never compare bands across instruments",
        ),
        Column("kind", "text", "For a risk score", codes=("static", "dynamic")),
    ),
    key=("person_key", "assessment_date", "instrument", "version", "item", "kind"),
    happened="assessment_date",
)

REGISTERS = Table(
    "registers",
    "One row per person and registration (for instance MAPPA, risk to staff, integrated offender management).",
    (
        PERSON_KEY,
        Column(
            "register",
            "text",
            "Register code of the source, for instance IIOM, MAPP, IMAR, AV2S2",
            required=True,
            filled=True,
        ),
        Column("start_date", "date", "Registered from", required=True, filled=True),
        Column("end_date", "date", "Removed on; empty while registered", may_be_future=True),
        Column("level", "text", "Level or category, where the register has one"),
    ),
    key=("person_key", "register", "start_date"),
    in_order=(("start_date", "end_date"),),
    happened="start_date",
)

# Codes of intelligence, by 3x5x2 and by the 5x5x5 before it: College of Policing, APP intelligence management.
SUSPECTED_FALSE = ("E", "5")
WITH_CONDITIONS = ("C", "4", "5")

INTELLIGENCE_COUNTS = Table(
    "intelligence_counts",
    "How many intelligence reports name the person in a month. Counts only: content never leaves its owner.",
    (
        PERSON_KEY,
        Column("month", "date", "First day of the month", required=True, filled=True),
        Column("reports", "integer", "Number of reports", required=True, filled=True, at_least=0),
        Column("crime_type", "text", "Broad type of crime the reports are about"),
        Column(
            "source_evaluation",
            "text",
            "How reliable the source is, by 3x5x2 (1 to 3) or the older 5x5x5 (A to E)",
            codes=("1", "2", "3", "A", "B", "C", "D", "E"),
            trap="A count for each grading. When a report is graded anew, send the count of its old grading again too,"
            " lower by what went; a feed that begins to send gradings sends its ungraded counts once more, with 0",
        ),
        Column(
            "information_assessment",
            "text",
            "How far the information is known to be true, by 3x5x2 (A to E) or the older 5x5x5 (1 to 5)",
            codes=("A", "B", "C", "D", "E", "1", "2", "3", "4", "5"),
            trap="What is suspected to be false (E, or 5) counts for nothing in a ranking",
        ),
        Column(
            "handling_code",
            "text",
            "P: lawful sharing permitted. C: permitted with conditions. Or the older 1 to 5",
            codes=("P", "C", "1", "2", "3", "4", "5"),
            trap="What may be shared only with conditions (C, or 4 or 5) stays with its agency, and is not ranked on",
        ),
    ),
    key=("person_key", "month", "crime_type", "source_evaluation", "information_assessment", "handling_code"),
    happened="month",
)

EVENTS = (SANCTIONS, ARRESTS, CUSTODY_SPELLS, DRUG_TESTS, ASSESSMENTS, REGISTERS, INTELLIGENCE_COUNTS)
