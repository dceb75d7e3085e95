"""Same person? From the records of many systems to one index of people; with `synthetic` the only place with names.

`link` is the whole. `model` is the one page of knobs; `docs/explanation/linkage.md` says how it works.
"""

from iom_analytics.linkage.explain import Explanation, Finding, explain
from iom_analytics.linkage.identifiers import (
    Identifier,
    parse,
    parse_crn,
    parse_cro,
    parse_pnc_id,
    parse_prison_number,
    recognise,
)
from iom_analytics.linkage.keying import keyed, persons
from iom_analytics.linkage.linking import Linked, link
from iom_analytics.linkage.model import BREAK, JOIN, MODEL_VERSION, REVIEW, Model
from iom_analytics.linkage.names import full_forms, sounds_like
from iom_analytics.linkage.records import ColumnMap, Records, read_column_map, read_records
from iom_analytics.linkage.truth import Quality, quality

__all__ = [
    "BREAK",
    "JOIN",
    "MODEL_VERSION",
    "REVIEW",
    "ColumnMap",
    "Explanation",
    "Finding",
    "Identifier",
    "Linked",
    "Model",
    "Quality",
    "Records",
    "explain",
    "full_forms",
    "keyed",
    "link",
    "parse",
    "parse_crn",
    "parse_cro",
    "parse_pnc_id",
    "parse_prison_number",
    "persons",
    "quality",
    "read_column_map",
    "read_records",
    "recognise",
    "sounds_like",
]
