"""The contracts, and the reading and checking of what partners send.

`identities`, the one table with names, is not exported here: only `linkage` and `synthetic` may read it as data.
"""

from iom_analytics.tables.checking import Checked, FileCheck, check_file
from iom_analytics.tables.contract import NO, YES, Column, Shape, Table, by_source, in_areas, without
from iom_analytics.tables.crosschecks import check_against_persons
from iom_analytics.tables.events import (
    ARRESTS,
    ASSESSMENTS,
    CUSTODY_SPELLS,
    DISPOSALS,
    DRUG_TESTS,
    EVENTS,
    INTELLIGENCE_COUNTS,
    REGISTERS,
    SANCTION_TYPES,
    SANCTIONS,
)
from iom_analytics.tables.held import held_file, neutralised
from iom_analytics.tables.known import KNOWN_LAYOUTS, narrowed, recognised, recognised_file
from iom_analytics.tables.layouts import Layout, column_map, suggest_mapping
from iom_analytics.tables.people import PERSONS
from iom_analytics.tables.places import CRIME_TYPES, OFFENCE_GROUPS, RECORDED_CRIMES, VICTIMS
from iom_analytics.tables.reading import Extract, Limits, ReadReport, open_extract
from iom_analytics.tables.reports import CheckReport, Tally
from iom_analytics.tables.surveys import CONFIDENCE
from iom_analytics.tables.validation import PROBLEMS, Validated, validate

__all__ = [
    "ARRESTS",
    "ASSESSMENTS",
    "CONFIDENCE",
    "CRIME_TYPES",
    "CUSTODY_SPELLS",
    "DISPOSALS",
    "DRUG_TESTS",
    "EVENTS",
    "INTELLIGENCE_COUNTS",
    "KNOWN_LAYOUTS",
    "NO",
    "OFFENCE_GROUPS",
    "PERSONS",
    "PLACES",
    "PROBLEMS",
    "RECORDED_CRIMES",
    "REGISTERS",
    "SANCTIONS",
    "SANCTION_TYPES",
    "VICTIMS",
    "YES",
    "CheckReport",
    "Checked",
    "Column",
    "Extract",
    "FileCheck",
    "Layout",
    "Limits",
    "ReadReport",
    "Shape",
    "Table",
    "Tally",
    "Validated",
    "by_source",
    "check_against_persons",
    "check_file",
    "column_map",
    "held_file",
    "in_areas",
    "narrowed",
    "neutralised",
    "open_extract",
    "recognised",
    "recognised_file",
    "suggest_mapping",
    "validate",
    "without",
]

PLACES = (RECORDED_CRIMES, VICTIMS, CONFIDENCE)
