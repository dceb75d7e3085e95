"""A subject access request as it is recorded, decided item by item, and closed."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from iom.govuk.fields import GovukCheckboxes, GovukDateField, GovukRadios
from iom.govuk.forms import GovukForm
from iom.sharing.choices.subject_access import Channel, IdentityCheck, Treatment
from iom.sharing.models import SubjectAccessItem
from iom.sharing.rules.exemptions import ACCESS, grounds


def prose(label: Any, *, required: bool = False, hint: Any = "", rows: int = 3) -> forms.CharField:
    return forms.CharField(
        label=label, required=required, help_text=hint, max_length=4000, widget=forms.Textarea(attrs={"rows": rows})
    )


class RequestForm(GovukForm):
    received_on = GovukDateField(label=_("Received on"), latest_is_today=True)
    channel = forms.ChoiceField(label=_("How it came"), choices=Channel.choices, widget=GovukRadios)
    asked_for = prose(_("What was asked for"), required=True, hint=_("In the person's own words where you can"))
    identity_check = forms.ChoiceField(
        label=_("How identity was checked"), choices=IdentityCheck.choices, widget=GovukRadios
    )
    identity_note = prose(_("What was seen, and by whom"), rows=2)


class IdentityForm(GovukForm):
    check = forms.ChoiceField(
        label=_("How identity was checked"),
        choices=[each for each in IdentityCheck.choices if each[0] != IdentityCheck.NOT_YET],
        widget=GovukRadios,
    )
    note_of_it = prose(_("What was seen, and by whom"), rows=2)


class ReasonForm(GovukForm):
    reason = prose(_("Reason"), required=True)


class CloseForm(GovukForm):
    move = forms.ChoiceField(
        label=_("How it ends"),
        choices=[("refuse", _("Refused, once a second person agrees")), ("withdraw", _("Withdrawn by the person"))],
        widget=GovukRadios(hints={"refuse": _("The person is told the reason, in these words")}),
    )
    reason = prose(_("Reason"), required=True)


class ConsultedForm(GovukForm):
    consulted = prose(
        _("Who at the agency that owns these was asked, and what they said"),
        hint=_("Needed where they belong to another agency"),
    )


class DecideForm(GovukForm):
    """What becomes of one item. What is needed is in `rules`."""

    mark_optional = False
    treatment = forms.ChoiceField(
        label=_("What becomes of it"),
        choices=[each for each in Treatment.choices if each[0]],
        required=False,
        widget=GovukRadios,
    )
    redacted = forms.MultipleChoiceField(label=_("Fields to leave out"), required=False, widget=GovukCheckboxes)
    exemption = forms.ChoiceField(label=_("Exemption"), required=False)
    reason = prose(_("Reason"), hint=_("Kept on the record; the person does not see it"))
    consulted = prose(_("Who at the agency that owns it was asked, and what they said"), rows=2)

    def __init__(self, *args: Any, item: SubjectAccessItem, needs_consulting: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["redacted"].choices = [(field["name"], field["label"]) for field in item.fields]  # type: ignore[attr-defined]
        self.fields["exemption"].choices = [("", str(_("None")))] + [  # type: ignore[attr-defined]
            (each.slug, f"{each.name} ({each.law})") for each in grounds(right=ACCESS, regime=item.regime)
        ]
        if not needs_consulting:
            del self.fields["consulted"]
