"""What is asked of somebody who shares outside the partnership."""

from functools import partial
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from iom.agreements import rules as sharing_rules
from iom.agreements.choices import Answers, RecordKind
from iom.common.subject_access import Gathered
from iom.govuk.fields import GovukCheckboxes, GovukRadios
from iom.govuk.forms import GovukForm
from iom.partnerships.models import Agency
from iom.sharing.forms.requests import HoldsField, powers, words
from iom.sharing.rules import packages as rules


class OutsideForm(GovukForm):
    organisation = forms.CharField(label=_("Organisation"), max_length=200)
    recipient = forms.CharField(label=_("Who there receives it"), max_length=200, help_text=_("Name and post"))
    certificate = forms.CharField(
        label=_("Their certificate"),
        max_length=20000,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        help_text=_("In PEM form. Only who holds its key can open the package. Have them read its fingerprint to you."),
    )
    purpose = words(_("What do they need it for?"))
    gateway = forms.ChoiceField(label=_("Which power in law do you rest on?"), choices=partial(powers, Answers.POWER))
    basis = forms.ChoiceField(label=_("On which lawful basis?"), choices=partial(powers, Answers.BASIS))
    kinds = forms.MultipleChoiceField(
        label=_("What do they need?"),
        choices=[(kind.value, kind.label) for kind in RecordKind.about_people()],
        widget=GovukCheckboxes,
        help_text=_("No more than that"),
    )
    necessity = words(_("Why is it necessary, and why would less not do?"))
    days = forms.TypedChoiceField(
        label=_("For how many days can the file be fetched?"),
        choices=[(days, str(days)) for days in rules.FETCHED_DAYS],
        coerce=int,
        widget=GovukRadios,
    )


class FillForm(GovukForm):
    ticked = forms.MultipleChoiceField(
        label=_("What goes in"),
        required=False,
        widget=GovukCheckboxes,
        help_text=_("Your agency's own rows of the kinds chosen. Nothing goes in that you do not tick."),
    )
    text = words(
        _("In words"),
        rows=6,
        required=False,
        help_text=_("Put [[ and ]] round what must be cut, where you copy from your own record."),
    )

    special = HoldsField()
    conditions = forms.MultipleChoiceField(
        label=_("On which conditions in law do you give special categories?"),
        required=False,
        widget=GovukCheckboxes,
        help_text=_("One for each that the rows or the words hold; none where they hold none"),
    )

    def __init__(self, *args: Any, held: list[Gathered], giver: Agency, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["conditions"].choices = [  # type: ignore[attr-defined]
            (slug, f"{each.name} ({each.citation})")
            for slug, each in sharing_rules.gateways().items()
            if each.answers == Answers.SPECIAL and each.opens(giver=giver.kind, regime=giver.regime)
        ]
        self.fields["ticked"].choices = [  # type: ignore[attr-defined]
            (f"{each.source}:{each.row_id}", _line(each)) for each in held
        ]
        if not held:
            self.fields["ticked"].help_text = _("Your agency holds no rows of the kinds chosen.")


def _line(each: Gathered) -> str:
    said = "; ".join(f"{field.label}: {field.text}" for field in each.fields)
    return f"{_(each.title)}{each.on.strftime(', %d/%m/%Y') if each.on else ''}: {said}"
