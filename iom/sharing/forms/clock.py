"""A request about data whose clock stands still, or for which more time is taken."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from iom.govuk.fields import GovukDateField, GovukRadios
from iom.govuk.forms import GovukForm
from iom.sharing.choices.subject_access import PauseReason
from iom.sharing.forms.subject_access import prose
from iom.sharing.rules.clock import stops_clock

STOPS = _("The clock stands still until it comes")
RUNS_ON = _("The clock runs on: the law stops it for a request to see data alone")


class PauseForm(GovukForm):
    reason = forms.ChoiceField(
        label=_("What is awaited"),
        choices=[each for each in PauseReason.choices if each[0] != PauseReason.IDENTITY],
        widget=GovukRadios,
    )

    def __init__(self, *args: Any, is_access: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hints = {
            each: STOPS if stops_clock(each, is_access=is_access) else RUNS_ON
            for each in (PauseReason.FEE, PauseReason.CLARIFICATION)
        }
        self.fields["reason"].widget.hints = hints


class ExtendForm(GovukForm):
    reason = prose(
        _("Why more time is needed"),
        required=True,
        hint=_("How complex the person’s requests are, or how many. The person is told this, in these words"),
    )
    told_on = GovukDateField(
        label=_("When the person was told"),
        help_text=_("They must be told within the first month. Two more months are taken, once."),
        latest_is_today=True,
    )
