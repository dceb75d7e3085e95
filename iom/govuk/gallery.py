"""The context of the component gallery: every macro with made-up values, for who builds a page and for the tests."""

import datetime as dt
from typing import Any

from django import forms

from iom.govuk.fields import GovukCheckboxes, GovukDateField, GovukRadios
from iom.govuk.forms import GovukForm
from iom.govuk.frames import Identifier, PersonFrame, PersonWarning, Section

ON = dt.date(2026, 11, 23)
DECISIONS = [("select", "Select"), ("decline", "Decline"), ("defer", "Defer to the next meeting")]
AREAS = [("north", "North Valley"), ("south", "South Valley"), ("port", "Port")]


class GalleryForm(GovukForm):
    """One of each kind of field."""

    surname = forms.CharField(label="Family name", widget=forms.TextInput(attrs={"class": "govuk-input--width-20"}))
    born = GovukDateField(label="Date of birth", help_text="For example, 27 3 1997", latest=ON, latest_is_today=True)
    pnc = forms.CharField(label="PNC ID", required=False, help_text="For example, 2001/0012345B")
    decision = forms.ChoiceField(
        label="What did the panel decide?",
        choices=DECISIONS,
        widget=GovukRadios(hints={"defer": "The agencies are asked again"}),
    )
    areas = forms.MultipleChoiceField(label="Areas", choices=AREAS, widget=GovukCheckboxes)
    agency = forms.ChoiceField(label="Agency", choices=[("", "Choose an agency"), ("police", "Police")])
    reason = forms.CharField(label="Reason", max_length=500, widget=forms.Textarea(attrs={"rows": 4}))
    points = forms.IntegerField(label="Points", widget=forms.NumberInput(attrs={"class": "govuk-input--width-3"}))
    password = forms.CharField(label="Password", widget=forms.PasswordInput)
    extract = forms.FileField(label="Extract", help_text="CSV or Excel, at most 2 GB")
    told = forms.BooleanField(label="The person has been told")


class GalleryFilter(GovukForm):
    """A filter panel's form: everything may be left out."""

    mark_optional = False
    area = forms.MultipleChoiceField(label="Area", required=False, choices=AREAS, widget=GovukCheckboxes)
    born_after = GovukDateField(label="Born after", required=False)


FRAME = PersonFrame(
    name="Rowan Ashdown-Pemberton",
    href="#",
    date_of_birth=dt.date(1991, 2, 28),
    age=35,
    also_known_as=("Ro Ashdown", "Ryan Pemberton"),
    identifiers=(
        Identifier("PNC", "2008/0012345T"),
        Identifier("CRN", "X123456"),
        Identifier("Prison number", "A1234BC"),
    ),
    cohort_type="Fixed",
    rag="red",
    custody_status="In custody since 3 November 2026 (made-up prison)",
    lead_professional="Alex Green, Probation",
    warnings=(
        PersonWarning("Self-harm in custody", "the person", dt.date(2026, 11, 4)),
        PersonWarning("Visit in pairs: assaulted a member of staff", "staff", dt.date(2026, 5, 1), "#"),
        PersonWarning("Domestic abuse: non-molestation order in force", "others"),
    ),
    sections=tuple(
        Section(text, "#", active=text == "Overview")
        for text in (
            "Overview",
            "Timeline",
            "Needs and plan",
            "Contacts",
            "Conditions and compliance",
            "Risk and scores",
            "Offending",
            "Sharing",
            "Documents",
        )
    ),
)


def _attention(text: str, on: dt.date | None = None, overdue: bool = False, kind: str = "") -> dict[str, Any]:
    return {"text": text, "url": "#", "on": on, "overdue": overdue, "kind": kind}


def _compared(
    field: str, left: str, right: str | None, agreement: str, weight: str | None = None, why: str | None = None
) -> dict[str, Any]:
    return {"field": field, "left": left, "right": right, "agreement": agreement, "why": why, "weight": weight}


def gallery_context() -> dict[str, Any]:
    """Everything `govuk/gallery.html` shows. The form has been sent with mistakes, so that errors are seen too."""
    return {
        "form": GalleryForm({"surname": "", "born_day": "31", "born_month": "2", "born_year": "1997", "pnc": "2001/1"}),
        "filter_form": GalleryFilter({"area": ["north"]}),
        "frame": FRAME,
        "navigation": [
            {"text": text, "href": "#", "active": text == "Cohort"}
            for text in ("Today", "People", "Cohort", "Meetings", "Outcomes", "Resources", "Evidence", "Admin")
        ],
        "search": {"url": "#", "query": ""},
        "user_menu": {"name": "Sam Price", "role": "Co-ordinator, Police", "sign_out_url": "#", "links": []},
        "partnership_name": "Three Valleys partnership",
        "demonstration": "Every person here is made up. The second factor is switched off.",
        "privacy_url": "#hidden",
        "session_timeout": {
            "seconds": 3600,
            "warning_seconds": 120,
            "keep_alive_url": "#keep-alive",
            "leave_url": "#signed-out",
            "reach_url": "#reached",
        },
        "languages": {
            "url": "#",
            "current": "en",
            "next": "/",
            "choices": [{"code": "en", "name": "English"}, {"code": "cy", "name": "Cymraeg"}],
        },
        "breadcrumbs": [{"text": "Cohort", "href": "#"}, {"text": "Candidates", "href": "#"}],
        "footer_links": [{"text": "Accessibility statement", "href": "#"}, {"text": "Privacy", "href": "#"}],
        "attention": [
            _attention("Review of Rowan Ashdown-Pemberton", dt.date(2026, 11, 1), overdue=True),
            _attention("Release of Kit Marlowe-Jones", dt.date(2026, 12, 9), kind="Release"),
            _attention("Provisional score: age at first sanction is missing", kind="Score"),
        ],
        "tiles": [
            {
                "number": "1,204",
                "label": "Eligible people",
                "definition": "Aged 18 or over, sanctioned in the last 24 months, living in the area.",
                "as_at": ON,
                "href": "#",
            },
            {
                "number": "Fewer than 10",
                "label": "Entered this month",
                "definition": "Selected by the panel; small numbers are not shown.",
                "as_at": ON,
                "href": None,
            },
            {
                "number": "12.3%",
                "label": "Predicted to reoffend",
                "definition": "Mean OGRS3 probability over one year. Provisional for 31 people.",
                "as_at": None,
                "href": None,
            },
        ],
        "rows": [
            _compared("Name", "Rowan Ashdown", "Rowan Ashdown", "same", "+6.2"),
            _compared("Date of birth", "28 February 1991", "2 August 1991", "close", "+1.4", "Day and month swapped"),
            _compared("PNC ID", "2008/0012345T", None, "missing"),
            _compared("Postcode", "ZZ1 1AA", "ZZ9 9ZZ", "different", "-2.0"),
        ],
        "working": [
            {
                "factor": "Arrests in the last 12 months",
                "value": "7",
                "points": 14,
                "sources": [{"text": f"Arrest {n}", "href": "#"} for n in range(1, 8)],
            },
            {
                "factor": "Positive drug test on arrest",
                "value": "Yes, 4 October 2026",
                "points": 5,
                "sources": [{"text": "Test 3318", "href": "#"}],
            },
            {"factor": "Age at first sanction", "value": None, "points": 0, "sources": []},
        ],
        "timeline": [
            {
                "on": dt.datetime(2026, 11, 3, 14, 20, tzinfo=dt.UTC),
                "title": "Arrested",
                "text": "Theft from a shop",
                "kind": "Police",
                "source": "custody record",
                "href": "#",
            },
            {"on": dt.date(2026, 10, 4), "title": "Drug test positive", "text": "", "kind": "Test", "source": ""},
        ],
        "sort": "-points",
        "params": {"area": ["north", "south"], "sort": "-points", "page": "6"},
        "on": ON,
    }
