"""Form fields as GOV.UK components: what the macros are given, and that the page joins labels, hints and errors up."""

import datetime as dt
from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from django import forms

from iom.govuk.fields import GovukCheckboxes, GovukDateField, GovukRadios
from iom.govuk.forms import GovukForm, component_for, error_list, is_in_error

Draw = Callable[..., str]
KINDS = [("fixed", "Fixed"), ("flex", "Flex")]


class Everything(GovukForm):
    surname = forms.CharField(label="Surname", help_text="As on the record")
    pnc = forms.CharField(
        label="PNC number", required=False, widget=forms.TextInput(attrs={"class": "govuk-input--width-10"})
    )
    born = GovukDateField(label="Date of birth")
    reason = forms.CharField(label="Reason", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea)
    kind = forms.ChoiceField(label="Cohort type", choices=KINDS, widget=GovukRadios(hints={"fixed": "Serious"}))
    areas = forms.MultipleChoiceField(label="Areas", choices=[("n", "North"), ("s", "South")], widget=GovukCheckboxes)
    agency = forms.ChoiceField(label="Agency", choices=[("", "Choose"), ("police", "Police")])
    told = forms.BooleanField(label="I have told them", help_text="In person or by letter")
    extract = forms.FileField(label="the extract")
    points = forms.IntegerField(label="Points", min_value=0)
    weight = forms.DecimalField(label="Weight")
    email = forms.EmailField(label="Email address")
    password = forms.CharField(label="Password", widget=forms.PasswordInput)
    token = forms.CharField(widget=forms.HiddenInput)


GOOD = {
    "surname": "Green", "born_day": "28", "born_month": "2", "born_year": "1990", "reason": "Because", "kind": "flex",
    "areas": ["n"], "agency": "police", "told": "on", "points": "3", "weight": "0.5", "email": "a@example.org",
    "password": "secret", "token": "t",
}  # fmt: skip


class Ids(HTMLParser):
    """Every id of a page, and every id that something on it points at."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.pointed_at: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if "id" in found:
            self.ids.append(found["id"])
        if "aria-describedby" in found:
            self.pointed_at.update(found["aria-describedby"].split())
        if "for" in found:
            self.pointed_at.add(found["for"])
        if found.get("href", "").startswith("#"):
            self.pointed_at.add(found["href"][1:])


PAGE = '{% from "govuk/forms.html" import errors, form_fields %}{{ errors(form) }}{{ form_fields(form) }}'


@pytest.mark.parametrize("data", [None, {}, GOOD], ids=["empty page", "sent empty", "sent filled in"])
def test_every_label_hint_error_and_summary_link_points_at_something_once(
    draw: Draw, data: dict[str, str] | None
) -> None:
    page = Ids(draw(PAGE, form=Everything(data)))
    assert page.pointed_at <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))


def test_the_summary_has_a_line_for_each_field_in_the_forms_order() -> None:
    assert [(line["text"], line.get("href")) for line in error_list(Everything({}))] == [
        ("Enter surname", "#id_surname"),
        ("Enter date of birth", "#id_born_day"),
        ("Enter reason", "#id_reason"),
        ("Select cohort type", "#id_kind"),
        ("Select areas", "#id_areas"),
        ("Select agency", "#id_agency"),
        ("Tick “I have told them” to continue", "#id_told"),
        ("Choose a file for the extract", "#id_extract"),
        ("Enter points", "#id_points"),
        ("Enter weight", "#id_weight"),
        ("Enter email address", "#id_email"),
        ("Enter password", "#id_password"),
        ("Enter token", None),
    ]


def test_an_abbreviation_keeps_its_capitals() -> None:
    class Form(GovukForm):
        pnc = forms.CharField(label="PNC number")

    assert error_list(Form({}))[0]["text"] == "Enter PNC number"


def test_a_forms_own_words_for_a_missing_answer_win() -> None:
    class Form(GovukForm):
        reason = forms.CharField(error_messages={"required": "Say why"})

    assert error_list(Form({})) == [{"text": "Say why", "href": "#id_reason"}]


def test_errors_of_the_whole_form_come_first_and_have_no_link() -> None:
    class Form(GovukForm):
        surname = forms.CharField()

        def clean(self) -> None:
            raise forms.ValidationError("Give a name or a number")

    assert error_list(Form({}))[0] == {"text": "Give a name or a number"}


def test_several_forms_share_one_summary() -> None:
    first, second = Everything({}, prefix="a"), Everything({}, prefix="b")
    lines = error_list([first, second])
    assert lines[0]["href"] == "#id_a-surname"
    assert len(lines) == 26


def test_a_form_not_yet_sent_has_no_errors(draw: Draw) -> None:
    assert not is_in_error(Everything())
    assert not is_in_error(None)
    assert is_in_error(Everything({}))
    assert "govuk-error" not in draw(PAGE, form=Everything())


def test_the_title_says_error_where_there_is_one(env: object, draw: Draw) -> None:
    template = '{% extends "govuk/form_page.html" %}{% block title %}Nominate{% endblock %}'
    assert "<title>Error: Nominate – OpenIOM</title>" in draw(template, form=Everything({}))
    assert "<title>Nominate – OpenIOM</title>" in draw(template, form=Everything())


def test_optional_is_marked_unless_the_form_says_all_are() -> None:
    class Filters(Everything):
        mark_optional = False

    assert component_for(Everything()["pnc"]).params["label"]["text"] == "PNC number (optional)"
    assert component_for(Everything()["surname"]).params["label"]["text"] == "Surname"
    assert component_for(Filters()["pnc"]).params["label"]["text"] == "PNC number"


@pytest.mark.parametrize(
    ("name", "component", "params"),
    [
        ("surname", "input", {"type": "text", "hint": {"text": "As on the record"}}),
        ("pnc", "input", {"classes": "govuk-input--width-10"}),
        ("reason", "character_count", {"maxlength": "500", "rows": 3}),
        ("note", "textarea", {"value": ""}),
        ("points", "input", {"type": "text", "inputmode": "numeric"}),
        ("weight", "input", {"type": "text", "inputmode": "decimal"}),
        ("email", "input", {"type": "email", "autocomplete": "email", "spellcheck": False}),
        ("password", "password_input", {"autocomplete": "current-password"}),
        ("extract", "file_upload", {"multiple": False}),
        ("token", "hidden", {"value": ""}),
    ],
)
def test_each_field_becomes_its_component(name: str, component: str, params: dict[str, object]) -> None:
    found = component_for(Everything()[name])
    assert found.name == component
    assert {key: found.params[key] for key in params} == params


def test_what_was_typed_is_shown_again() -> None:
    form = Everything({**GOOD, "born_day": "31"})
    assert component_for(form["surname"]).params["value"] == "Green"
    assert [item["value"] for item in component_for(form["born"]).params["items"]] == ["31", "2", "1990"]
    assert [item["checked"] for item in component_for(form["kind"]).params["items"]] == [False, True]
    assert [item["checked"] for item in component_for(form["areas"]).params["items"]] == [True, False]
    assert [item["selected"] for item in component_for(form["agency"]).params["items"]] == [False, True]
    assert component_for(form["told"]).params["items"][0]["checked"] is True


def test_a_password_is_never_shown_again() -> None:
    assert "value" not in component_for(Everything(GOOD)["password"]).params


def test_what_is_on_record_is_shown_first() -> None:
    form = Everything(initial={"born": dt.date(1990, 2, 28), "kind": "fixed", "points": 3})
    assert [item["value"] for item in component_for(form["born"]).params["items"]] == ["28", "2", "1990"]
    assert [item["checked"] for item in component_for(form["kind"]).params["items"]] == [True, False]
    assert component_for(form["points"]).params["value"] == "3"


def test_choices_carry_hints_and_what_they_reveal() -> None:
    items = component_for(Everything()["kind"], {"conditional": {"flex": "<p>More</p>"}, "inline": True}).params[
        "items"
    ]
    assert items[0]["hint"] == {"text": "Serious"}
    assert items[1]["conditional"] == {"html": "<p>More</p>"}


def test_a_hostile_label_hint_and_value_are_escaped(draw: Draw) -> None:
    class Form(GovukForm):
        name = forms.CharField(label="<b>label", help_text="<b>hint", initial="<b>value")
        kind = forms.ChoiceField(label="<b>", choices=[("<b>", "<b>")], widget=GovukRadios(hints={"<b>": "<b>"}))
        many = forms.MultipleChoiceField(choices=[("<b>", "<b>")], widget=GovukCheckboxes)
        one = forms.ChoiceField(choices=[("<b>", "<b>")])
        born = GovukDateField(label="<b>")
        text = forms.CharField(widget=forms.Textarea, initial="</textarea><b>")

    assert "<b>" not in draw(PAGE, form=Form())
    assert "<b>" not in draw(PAGE, form=Form({"name": "<b>", "born_day": "<b>", "kind": "<b>!", "text": "<b>"}))


def test_a_widget_without_a_component_is_refused_by_name() -> None:
    class Form(GovukForm):
        when = forms.SplitDateTimeField()

    with pytest.raises(TypeError, match=r"when: no GOV\.UK component for SplitDateTimeWidget"):
        component_for(Form()["when"])
