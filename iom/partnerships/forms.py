"""What is asked before another system is let in."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from iom.govuk.fields import GovukCheckboxes, GovukDateField, GovukRadios
from iom.govuk.forms import GovukForm
from iom.partnerships.choices import TokenScope


class TokenForm(GovukForm):
    system = forms.CharField(label=_("Which system"), max_length=80, help_text=_("Its name, and whose it is"))
    agency = forms.TypedChoiceField(
        label=_("Which agency it acts for"),
        help_text=_("It sees what that agency sees, and nothing else."),
        coerce=int,
        widget=GovukRadios,
    )
    scopes = forms.MultipleChoiceField(label=_("What it may do"), choices=TokenScope.choices, widget=GovukCheckboxes)
    expires_on = GovukDateField(label=_("Last day"), help_text=_("At most a year from now"))

    def __init__(self, *args: Any, agencies: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agency"].choices = agencies  # type: ignore[attr-defined]
