"""What is asked of somebody who asks another agency for information, or answers."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from iom.agreements import rules as sharing_rules
from iom.agreements.choices import Answers, Category, RecordKind
from iom.govuk.fields import GovukCheckboxes, GovukDateField, GovukRadios
from iom.govuk.forms import GovukForm
from iom.sharing.choices.requests import DisclosureKind, Give, Refusal, Urgency
from iom.sharing.models import AnswerItem
from iom.sharing.rules import requests as rules


def words(label: Any, rows: int = 3, **given: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=4000, widget=forms.Textarea(attrs={"rows": rows}), **given)


def powers(*answers: Answers) -> list[tuple[str, str]]:
    """The powers or lawful bases to choose from, by name and citation; both where nothing is said."""
    wanted = answers or (Answers.POWER, Answers.BASIS)
    found = [
        (slug, f"{each.name} ({each.citation})")
        for slug, each in sharing_rules.gateways().items()
        if each.answers in wanted and not each.anonymous
    ]
    return [("", _("Select one")), *found]  # type: ignore[list-item]


class AskForm(GovukForm):
    agency = forms.TypedChoiceField(label=_("Which agency do you ask?"), coerce=int, widget=GovukRadios)
    who = forms.CharField(
        label=_("Who it is about"), max_length=400, help_text=_("The agency reads this. It may not see your record.")
    )
    purpose = words(_("What do you need it for?"), help_text=_("For instance: to plan the release on 3 May"))
    gateway = forms.ChoiceField(label=_("Which power in law do you rest on?"), choices=powers)
    kinds = forms.MultipleChoiceField(
        label=_("What do you need?"),
        choices=[(kind.value, kind.label) for kind in RecordKind.about_people()],
        widget=GovukCheckboxes,
        help_text=_("No more than that"),
    )
    question = words(_("Your question"))
    necessity = words(_("Why is it necessary, and why would less not do?"))
    urgency = forms.ChoiceField(label=_("How soon?"), choices=Urgency.choices, widget=GovukRadios)

    def __init__(self, *args: Any, agencies: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agency"].choices = agencies  # type: ignore[attr-defined]


class TextForm(GovukForm):
    """One text, whose name and label the page gives."""

    def __init__(self, *args: Any, name: str, label: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields[name] = words(label)


class RefuseForm(GovukForm):
    refusal = forms.ChoiceField(label=_("Why do you refuse?"), choices=Refusal.choices, widget=GovukRadios)
    reason = words(_("In words that the other agency can act on"))


class ItemForm(GovukForm):
    give = forms.ChoiceField(label=_("What becomes of it?"), choices=Give.choices, widget=GovukRadios)
    blacked_out = forms.MultipleChoiceField(label=_("What is blacked out?"), required=False, widget=GovukCheckboxes)
    reason = words(_("Why"), required=False, help_text=_("For what is blacked out. The other agency does not see it."))

    def __init__(self, *args: Any, item: AnswerItem, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["blacked_out"].choices = [  # type: ignore[attr-defined]
            (field["name"], f"{field['label']}: {field['text']}") for field in item.fields
        ]


NONE = "none"


class HoldsField(forms.MultipleChoiceField):
    """Which special categories words hold. That they hold none must be said too: nobody passes over the question."""

    widget = GovukCheckboxes

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=_("Which special categories do the words hold?"),
            help_text=_("Your own, and rows in words such as returns. What tables always hold is known."),
            choices=[*Category.choices, (NONE, _("None of these"))],
            error_messages={"required": _("Select what the words hold, or “None of these”")},
            **kwargs,
        )

    def clean(self, value: Any) -> list[str]:
        given: list[str] = super().clean(value)
        if NONE in given and len(given) > 1:
            raise ValidationError(_("Select either special categories or “None of these”"))
        return [each for each in given if each != NONE]


class SendForm(GovukForm):
    text = words(
        _("Your answer"),
        rows=8,
        required=False,
        help_text=_("Put [[ and ]] round what must be cut before it is sent, where you copy from your own record."),
    )
    special = HoldsField()
    is_part = forms.TypedChoiceField(
        label=_("Is anything left out that was asked for?"),
        choices=[("no", _("No")), ("yes", _("Yes: the other agency is told that something is left out, not what"))],
        coerce=lambda value: value == "yes",
        widget=GovukRadios,
    )
    reason = words(_("Why something is left out"), required=False, help_text=_("Kept with your agency alone"))
    kept_days = forms.TypedChoiceField(
        label=_("For how many days can they read it?"),
        choices=[(days, str(days)) for days in rules.KEPT_DAYS],
        coerce=int,
        widget=GovukRadios,
    )


class LogForm(GovukForm):
    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("All")), *DisclosureKind.choices], widget=GovukRadios
    )
    start = GovukDateField(label=_("From"), required=False)
    end = GovukDateField(label=_("To"), required=False)


class ContactForm(GovukForm):
    contact = forms.CharField(
        label=_("Whom others ask"),
        max_length=200,
        required=False,
        help_text=_("A post, and a telephone number or e-mail"),
    )
    points = forms.TypedChoiceField(
        label=_("Where your agency keeps a record of somebody from others who see the person:"),
        choices=[
            ("no", _("They are told nothing")),
            ("yes", _("They are told that your agency holds something, not what, and whom to ask")),
        ],
        coerce=lambda value: value == "yes",
        widget=GovukRadios,
    )
