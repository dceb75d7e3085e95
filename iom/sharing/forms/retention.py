"""What is asked at a review, of a hold, and where a list is withdrawn."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from iom.govuk.fields import GovukDateField, GovukRadios
from iom.govuk.forms import GovukForm
from iom.sharing.choices.retention import ReviewOutcome


def reason(label: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=4000, widget=forms.Textarea(attrs={"rows": 4}))


class ReviewForm(GovukForm):
    outcome = forms.ChoiceField(label=_("What should happen to it"), choices=ReviewOutcome.choices, widget=GovukRadios)
    reason = reason(_("Why"))
    next_on = GovukDateField(
        label=_("Next review"), required=False, help_text=_("Where you keep it. Leave empty for the rule's own period")
    )

    def __init__(self, *args: Any, must_be_kept: bool, **named: Any) -> None:
        super().__init__(*args, **named)
        field = self.fields["outcome"]
        assert isinstance(field, forms.ChoiceField)
        if must_be_kept:
            field.choices = [(ReviewOutcome.KEEP.value, ReviewOutcome.KEEP.label)]


class HoldForm(GovukForm):
    reason = reason(_("Why nothing may be destroyed"))
    until = GovukDateField(
        label=_("Until"), required=False, help_text=_("The first day on which it no longer holds. Empty: until lifted")
    )


class ReasonForm(GovukForm):
    reason = reason(_("Why"))
