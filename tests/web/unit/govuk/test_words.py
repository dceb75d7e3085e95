"""What a form says where an answer is wrong."""

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile

from iom.govuk.forms import GovukForm


class Answers(GovukForm):
    reason = forms.CharField(label="Reason", required=False, max_length=10, min_length=3)
    points = forms.IntegerField(label="Points", required=False, min_value=0, max_value=40)
    weight = forms.DecimalField(label="Weight", required=False)
    share = forms.FloatField(label="% of cases", required=False, max_value=100)
    email = forms.EmailField(label="Email address", required=False)
    agency = forms.ChoiceField(label="100% agency", required=False, choices=[("police", "Police")])


@pytest.mark.parametrize(
    ("name", "answer", "said"),
    [
        ("reason", "far too long a reason", "Reason must be 10 characters or fewer"),
        ("reason", "x", "Reason must be 3 characters or more"),
        ("points", "-1", "Points must be 0 or more"),
        ("points", "41", "Points must be 40 or less"),
        ("points", "1.5", "Points must be a whole number"),
        ("weight", "heavy", "Weight must be a number"),
        ("share", "101", "% of cases must be 100 or less"),
        ("email", "nobody", "Enter an email address in the correct format, like name@example.org"),
        ("agency", "circus", "Choose from the answers given for “100% agency”"),
    ],
)
def test_a_wrong_answer_is_said_in_words_that_say_what_to_do(name: str, answer: str, said: str) -> None:
    assert Answers({name: answer}).errors == {name: [said]}


def test_an_empty_file_is_said_to_be_empty() -> None:
    class Upload(GovukForm):
        extract = forms.FileField(label="Extract")

    assert Upload({}, {"extract": SimpleUploadedFile("a.csv", b"")}).errors == {"extract": ["The chosen file is empty"]}


def test_words_a_field_was_given_win() -> None:
    class Form(GovukForm):
        points = forms.IntegerField(max_value=40, error_messages={"invalid": "Digits only", "max_value": "Too many"})

    assert Form({"points": "x"}).errors == {"points": ["Digits only"]}
    assert Form({"points": "41"}).errors == {"points": ["Too many"]}


def test_a_form_made_by_a_library_can_be_given_other_labels() -> None:
    class Made(forms.Form):
        login = forms.CharField(label="Login")

    class Ours(GovukForm, Made):
        labels = {"login": "Email address"}

    assert Ours()["login"].label == "Email address"
    assert Ours({}).errors == {"login": ["Enter email address"]}
