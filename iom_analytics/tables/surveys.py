"""What the public says when it is asked: survey waves, as estimates with how sure they are. Never an answer of one."""

from iom_analytics.tables.contract import Column, Table
from iom_analytics.tables.places import AREA

CONFIDENCE = Table(
    "confidence",
    "One row per survey wave, area and question: the weighted share of the public that says so.",
    (
        Column("wave", "text", "What the wave is called, for instance 2026 Q1", required=True, filled=True),
        Column("wave_start", "date", "First day of asking", required=True, filled=True),
        Column("wave_end", "date", "Last day of asking", required=True, filled=True),
        Column("area", "text", AREA, trap="Empty: the whole partnership, or the whole force"),
        Column(
            "question",
            "text",
            "What was asked, and which answers count as yes",
            required=True,
            filled=True,
            trap="Waves are compared where the words are the same, letter by letter: a changed question is another one",
        ),
        Column(
            "percent",
            "number",
            "Weighted share who say so",
            required=True,
            filled=True,
            unit="per cent",
            at_least=0,
            at_most=100,
        ),
        Column(
            "effective_sample",
            "number",
            "Interviews that a simple random sample would need to be as sure: those made over the design effect",
            required=True,
            filled=True,
            unit="interviews",
            at_least=1,
            trap="Not the interviews made: with those, every interval would be too narrow",
        ),
        Column("sample", "integer", "Interviews made", at_least=1),
        Column("design_effect", "number", "Interviews made over the effective sample", at_least=0.1, at_most=100),
    ),
    key=("wave", "area", "question"),
    in_order=(("wave_start", "wave_end"),),
)
