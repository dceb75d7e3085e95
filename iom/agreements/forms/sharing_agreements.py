"""What a sharing agreement says, and what each of its parties does."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from iom.agreements import rules
from iom.agreements.choices import Answers, Audience, Category, Marking, RecordKind
from iom.agreements.models import AgreementParty, SharingAgreement
from iom.agreements.operations import Details, PartyDetails
from iom.govuk.fields import GovukCheckboxes, GovukDateField, GovukRadios
from iom.govuk.forms import GovukForm
from iom.partnerships.models import Agency

AREA = {"rows": 4}
TOLD = ("security", "quality", "complaints", "rights")


def told(label: Any, hint: Any) -> forms.CharField:
    """What an agreement should say, and an older one may not."""
    area = forms.Textarea(attrs=AREA)
    return forms.CharField(label=label, help_text=hint, max_length=8000, required=False, widget=area)


class DetailsForm(GovukForm):
    reference = forms.CharField(
        label=_("Reference"), max_length=40, help_text=_("What the partners call it, for instance ISA 2026/04")
    )
    title = forms.CharField(label=_("Title"), max_length=200)
    purposes = forms.CharField(label=_("What the sharing is for"), max_length=8000, widget=forms.Textarea(attrs=AREA))
    gateways = forms.MultipleChoiceField(
        label=_("Gateways in law"),
        help_text=_("At least one power to share and one lawful basis for each law that a giver works under."),
        widget=GovukCheckboxes,
    )
    retention = forms.CharField(
        label=_("How long receivers keep it, and what they do with it then"),
        max_length=8000,
        widget=forms.Textarea(attrs=AREA),
    )
    security = told(_("How is it kept safe?"), _("Who may read it, how it is sent, where it lies"))
    quality = told(_("How is it kept right?"), _("Who checks it, and who is told where it was wrong"))
    complaints = told(
        _("What happens after a complaint or a breach?"),
        _("Whom to tell, and when. A breach is reported to the Information Commissioner within 72 hours."),
    )
    rights = told(
        _("Who answers people's requests about their data?"), _("And requests under the Freedom of Information Act")
    )
    start_date = GovukDateField(label=_("First day in force"))
    last_day = GovukDateField(
        label=_("Last day in force"), required=False, help_text=_("Leave empty where it has no end of its own")
    )
    review_on = GovukDateField(label=_("Review date"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [each for each in rules.gateways().values() if each.answers != Answers.SPECIAL]
        field: Any = self.fields["gateways"]
        field.choices = [(each.slug, each.name) for each in offered]
        field.widget.hints = {each.slug: each.citation for each in offered}

    @staticmethod
    def initial_of(agreement: SharingAgreement) -> dict[str, Any]:
        names = ("reference", "title", "purposes", "gateways", "retention", *TOLD, "start_date", "review_on")
        return {
            **{name: getattr(agreement, name) for name in names},
            "last_day": agreement.end_date and agreement.end_date - timedelta(days=1),
        }

    def details(self) -> Details:
        given = dict(self.cleaned_data)
        last_day = given.pop("last_day")
        return Details(**given, end_date=last_day and last_day + timedelta(days=1))


class PartyForm(GovukForm):
    """What one agency does; a select of the conditions it can rely on for each special category."""

    gives = forms.MultipleChoiceField(
        label=_("What it gives"), required=False, choices=RecordKind.choices, widget=GovukCheckboxes
    )
    receives = forms.BooleanField(label=_("It receives what the others give"), required=False)
    audience = forms.ChoiceField(
        label=_("Who may see what it gives, unless its feed says otherwise"),
        choices=[(Audience.PARTNERS, _("All partners")), (Audience.OWN, _("Its own agency only"))],
        widget=GovukRadios,
        initial=Audience.PARTNERS,
    )
    marking = forms.ChoiceField(
        label=_("How it is marked"),
        choices=Marking.choices,
        widget=GovukRadios,
        initial=Marking.OFFICIAL_SENSITIVE,
    )
    signed_by = forms.CharField(label=_("Signed for the agency by"), required=False, max_length=120)
    signed_on = GovukDateField(label=_("Signed on"), required=False)

    def __init__(self, *args: Any, agency: Agency, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for category in Category:
            fitting = [
                each
                for each in rules.gateways().values()
                if rules.is_condition(each.slug, category=category, giver=agency)
            ]
            if fitting:
                self.fields[f"condition_{category}"] = forms.ChoiceField(
                    label=_("Condition for %(category)s") % {"category": category.label},
                    required=False,
                    choices=[
                        ("", _("It gives none")),
                        *((each.slug, f"{each.name}: {each.citation}") for each in fitting),
                    ],
                )
        conditions = [name for name in self.fields if name.startswith("condition_")]
        self.order_fields(["gives", "receives", *conditions, "audience", "marking", "signed_by", "signed_on"])

    @staticmethod
    def initial_of(party: AgreementParty) -> dict[str, Any]:
        names = ("gives", "receives", "audience", "marking", "signed_by", "signed_on")
        conditions = {f"condition_{each.category}": each.condition for each in party.conditions.all()}
        return {**{name: getattr(party, name) for name in names}, **conditions}

    def details(self) -> PartyDetails:
        given = dict(self.cleaned_data)
        names = [name for name in given if name.startswith("condition_")]
        conditions = {name.removeprefix("condition_"): given.pop(name) for name in names}
        return PartyDetails(**given, conditions=conditions)


class ReviewForm(GovukForm):
    next_on = GovukDateField(label=_("Next review"))


class WithdrawForm(GovukForm):
    reason = forms.CharField(label=_("Why it is withdrawn"), max_length=4000, widget=forms.Textarea(attrs=AREA))
