"""What is asked to limit a record, and to open one in an emergency."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from iom.agreements.choices.limits import AccessFinding, Emergency, LimitKind
from iom.agreements.rules import limits as rules
from iom.govuk.fields import GovukCheckboxes, GovukDateField, GovukRadios
from iom.govuk.forms import GovukForm


def words(label: Any, **given: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=4000, widget=forms.Textarea(attrs={"rows": 4}), **given)


class LimitForm(GovukForm):
    kind = forms.ChoiceField(label=_("What kind of limit"), choices=LimitKind.choices, widget=GovukRadios)
    user_ids = forms.TypedMultipleChoiceField(
        label=_("People"),
        help_text=_("From whom it is kept, or who alone may see it."),
        coerce=int,
        required=False,
        widget=GovukCheckboxes,
    )
    agency_ids = forms.TypedMultipleChoiceField(
        label=_("Agencies"),
        help_text=_("For a record that is only for some: every agency whose people may see it."),
        coerce=int,
        required=False,
        widget=GovukCheckboxes,
    )
    reason = words(_("Why"), help_text=_("Seen by those who manage limits, not by those kept out."))
    tells_reader = forms.TypedChoiceField(
        label=_("What those kept out are told"),
        choices=[
            ("no", _("Nothing: there is no such record for them")),
            ("yes", _("The words below, and whom to ask")),
        ],
        coerce=lambda value: value == "yes",
        widget=GovukRadios,
    )
    wording = words(
        _("Words for the reader"), required=False, help_text=_("Name nobody, and do not say why the record is limited.")
    )
    contact = forms.CharField(
        label=_("Whom to ask"),
        max_length=200,
        help_text=_("A post and a telephone number, for instance the duty manager"),
    )
    review_on = GovukDateField(label=_("Review by"), help_text=_("Within a year"))

    def __init__(
        self, *args: Any, users: list[tuple[int, str]], agencies: list[tuple[int, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user_ids"].choices = users  # type: ignore[attr-defined]
        self.fields["agency_ids"].choices = agencies  # type: ignore[attr-defined]


class LiftForm(GovukForm):
    reason = words(_("Why the limit is no longer needed"))


class EmergencyForm(GovukForm):
    emergency = forms.ChoiceField(label=_("What makes it an emergency"), choices=Emergency.choices, widget=GovukRadios)
    reason = words(_("What is happening, and what you need the record for"))
    hours = forms.TypedChoiceField(
        label=_("For how long"), choices=[(h, str(h)) for h in rules.HOURS], coerce=int, widget=GovukRadios
    )


class EmergencyByNumberForm(EmergencyForm):
    identifier = forms.CharField(
        label=_("PNC ID, CRO number, CRN or prison number"),
        max_length=30,
        help_text=_("Exactly as you know it. Names are not searched."),
    )
    field_order = ("identifier",)


class AccessReviewForm(GovukForm):
    finding = forms.ChoiceField(label=_("What you found"), choices=AccessFinding.choices, widget=GovukRadios)
    note = words(_("What you asked, and what you were told"))
