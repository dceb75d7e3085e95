"""Writing a scheme version, and activating one."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from iom.cohorts.forms.nominations import prose
from iom.govuk.fields import GovukRadios
from iom.govuk.forms import GovukForm


class VersionForm(GovukForm):
    """A version's text. Whether it holds together is for the library to say."""

    text = forms.CharField(
        label=_("Definition"),
        strip=False,
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 30, "class": "iom-code", "spellcheck": "false"}),
        help_text=_("In YAML. Every number says where it comes from: a source, or “local placeholder: true”"),
    )
    reason = prose(_("What changes, and why"), required=True)

    def clean_text(self) -> str:
        return str(self.cleaned_data["text"]).replace("\r\n", "\n")


class AdoptForm(GovukForm):
    scheme = forms.ChoiceField(label=_("Scheme"), widget=GovukRadios)

    def __init__(self, *args: Any, shipped: list[tuple[str, str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["scheme"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(slug, name) for slug, name, _purpose in shipped]
        assert isinstance(field.widget, GovukRadios)
        field.widget.hints = {slug: purpose for slug, _name, purpose in shipped}


class ActivateForm(GovukForm):
    reason = prose(_("Why it goes live"), required=True)
    understood = forms.BooleanField(label=_("I have read the fairness check and whom it would change"))
