"""A paper to be put with an agreement."""

from django import forms
from django.utils.translation import gettext_lazy as _

from iom.govuk.forms import GovukForm


class DocumentForm(GovukForm):
    title = forms.CharField(label=_("What it is"), max_length=200, help_text=_("For instance: Signed copy"))
    file = forms.FileField(
        label=_("The file"), required=False, help_text=_("PDF, Word (.docx) or OpenDocument text (.odt), up to 20 MB")
    )
    kept_at = forms.CharField(
        label=_("Or where it is kept"), required=False, max_length=400, help_text=_("A file number or an address")
    )
