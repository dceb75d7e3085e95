"""Asking the audit record, and saying what a review found."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from iom.access.scope import Scope
from iom.audit.choices import Kind
from iom.common.errors import InvalidInput
from iom.govuk.fields import GovukDateField, GovukRadios
from iom.govuk.forms import GovukForm
from iom.sharing.choices.looks import Doubt, Finding
from iom.sharing.queries.events import EventFilter, find_person
from iom.sharing.rules.looks import LONGEST_NOTE

ANY = ("", _("All"))
Choices = list[tuple[str, str]]


class EventFilterForm(GovukForm):
    """A filter panel: everything may be left out."""

    mark_optional = False
    person = forms.CharField(
        label=_("About"),
        required=False,
        max_length=120,
        help_text=_("An identifier, or a name and date of birth"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    user = forms.ChoiceField(label=_("Done by"), required=False)
    agency = forms.ChoiceField(label=_("For"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[ANY, *Kind.choices])
    since = GovukDateField(label=_("From"), required=False)
    until = GovukDateField(label=_("To"), required=False)

    def __init__(self, *args: Any, users: Choices, agencies: Choices, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scope = scope
        for name, choices in (("user", users), ("agency", agencies)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [ANY, *choices]

    def clean_person(self) -> int | None:
        typed = self.cleaned_data["person"].strip()
        if not typed:
            return None
        try:
            return find_person(typed=typed, scope=self.scope)
        except InvalidInput as error:
            raise forms.ValidationError(error.fields["person"]) from error

    def filter(self) -> EventFilter | None:
        """What was asked; None where it cannot be, as the form then says."""
        if not self.is_valid():
            return None
        given = self.cleaned_data
        return EventFilter(
            person_id=given["person"],
            actor_id=int(given["user"]) if given["user"] else None,
            agency_id=int(given["agency"]) if given["agency"] else None,
            kind=given["kind"],
            since=begin_of(given["since"]) if given["since"] else None,
            until=begin_of(given["until"] + timedelta(days=1)) if given["until"] else None,
        )


def begin_of(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


class ReviewFilterForm(GovukForm):
    mark_optional = False
    doubt = forms.ChoiceField(label=_("Why it is here"), required=False, choices=[ANY, *Doubt.choices])

    def chosen(self) -> str:
        return str(self.cleaned_data["doubt"]) if self.is_valid() else ""


class ReviewForm(GovukForm):
    finding = forms.ChoiceField(label=_("What did you find?"), choices=Finding.choices, widget=GovukRadios)
    note = forms.CharField(
        label=_("What you were told, and by whom"),
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Ask the user or their manager. Do not name the person the record is about."),
    )
