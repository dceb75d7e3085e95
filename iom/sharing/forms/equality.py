"""What an entry of the equality evidence log says, and what its list is narrowed to."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from iom.govuk.fields import GovukCheckboxes, GovukDateField, GovukRadios
from iom.govuk.forms import GovukForm
from iom.sharing.choices.equality import Aim, Characteristic, Evidence, LookedAt
from iom.sharing.models import EqualityEntry
from iom.sharing.operations.equality import Entered

ALL = ("", _("All"))
# What stays the same when the same thing is looked at again; what was found and decided is said anew.
KEPT = ("subject", "title", "aims", "characteristics", "evidence", "decided_by")


def text(label: Any, help_text: Any = "") -> forms.CharField:
    return forms.CharField(label=label, help_text=help_text, max_length=20000, widget=forms.Textarea(attrs={"rows": 5}))


class EqualityForm(GovukForm):
    subject = forms.ChoiceField(
        label=_("What kind of thing was looked at?"), choices=LookedAt.choices, widget=GovukRadios
    )
    title = forms.CharField(
        label=_("What was looked at"),
        max_length=200,
        help_text=_("For instance: Neighbourhood crime, version 3, before it went live"),
    )
    looked_on = GovukDateField(label=_("Day it was looked at"))
    characteristics = forms.MultipleChoiceField(
        label=_("Which protected characteristics?"), choices=Characteristic.choices, widget=GovukCheckboxes
    )
    aims = forms.MultipleChoiceField(
        label=_("Which aims of the equality duty?"), choices=Aim.choices, widget=GovukCheckboxes
    )
    evidence = forms.ChoiceField(label=_("What kind of evidence is it?"), choices=Evidence.choices, widget=GovukRadios)
    source = text(_("What the evidence is, and where it is kept"))
    figures_key = forms.ChoiceField(
        label=_("Figures on record"),
        required=False,
        help_text=_(
            "How selection, a ranking or the check of a version falls on groups. They are copied into the entry."
        ),
    )
    showed = text(_("What it showed"), _("Name nobody, and give no count of people below 10"))
    decided = text(_("What was decided"), _("Also where nothing was to be done, and why"))
    decided_by = forms.CharField(label=_("Who decided"), max_length=200, help_text=_("A post or a board"))
    decided_on = GovukDateField(label=_("Day of the decision"))
    review_on = GovukDateField(label=_("When to look again"))

    def __init__(self, *args: Any, figures: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["figures_key"]
        field.choices = [("", _("None")), *figures]

    @staticmethod
    def initial_of(entry: EqualityEntry) -> dict[str, Any]:
        """All that an entry says, to be corrected."""
        of = {"run": entry.run_id, "version": entry.version_id, "outcomes": entry.outcomes_id}
        key = next((f"{kind}-{number}" for kind, number in of.items() if number), "")
        names = [name for name in EqualityForm.base_fields if name != "figures_key"]
        return {**{name: getattr(entry, name) for name in names}, "figures_key": key}

    @staticmethod
    def initial_again(entry: EqualityEntry) -> dict[str, Any]:
        """What of an entry still holds when the same thing is looked at again."""
        return {name: getattr(entry, name) for name in KEPT}

    def written(self) -> dict[str, Any]:
        """What the operation that adds the entry takes of it."""
        return {"entered": Entered(**{name: self.cleaned_data[name] for name in EqualityForm.base_fields})}


class EqualityCorrectionForm(EqualityForm):
    correction = text(_("What was wrong with the entry"))
    field_order = ("correction",)

    def written(self) -> dict[str, Any]:
        return {**super().written(), "correction": self.cleaned_data["correction"]}


class EqualityFilterForm(GovukForm):
    """A filter panel: everything may be left out."""

    mark_optional = False
    subject = forms.ChoiceField(label=_("What was looked at"), required=False, choices=[ALL, *LookedAt.choices])
    characteristic = forms.ChoiceField(
        label=_("Protected characteristic"), required=False, choices=[ALL, *Characteristic.choices]
    )
    evidence = forms.ChoiceField(label=_("Evidence"), required=False, choices=[ALL, *Evidence.choices])
    show = forms.ChoiceField(
        label=_("Entries"),
        required=False,
        choices=[("", _("Current")), ("all", _("All, also those that others follow"))],
    )
