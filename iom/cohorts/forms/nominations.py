"""The referral form, an agency's return, and withdrawing."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from iom.agreements.choices import Audience
from iom.agreements.choices.grading import Handling, InformationAssessment, SourceEvaluation
from iom.agreements.rules import grading
from iom.cohorts.choices import Known, LawfulBasis, OtherArrangement, Supervision, View
from iom.cohorts.operations import Referral, Report
from iom.govuk.fields import GovukCheckboxes, GovukDateField, GovukRadios
from iom.govuk.forms import GovukForm

Choices = list[tuple[str, str]]
LONG = 4000


def prose(label: Any, *, required: bool = False, hint: Any = "", rows: int = 4) -> forms.CharField:
    return forms.CharField(
        label=label, required=required, help_text=hint, max_length=LONG, widget=forms.Textarea(attrs={"rows": rows})
    )


class NominateForm(GovukForm):
    """A partner's referral. The record brings names, identifiers, scores and history; this brings the rest."""

    scheme = forms.ChoiceField(label=_("Scheme"), widget=GovukRadios)
    reason = prose(
        _("Why now"), required=True, hint=_("What has changed, and what IOM would add to what is done already")
    )
    proposed_type = forms.ChoiceField(label=_("Cohort type you propose"), required=False)
    supervision = forms.ChoiceField(label=_("Supervision"), choices=Supervision.choices, widget=GovukRadios)
    sentence_ends_on = GovukDateField(label=_("Sentence ends"), required=False)
    licence_ends_on = GovukDateField(label=_("Licence or order ends"), required=False)
    index_offence = forms.CharField(label=_("Index offence"), required=False, max_length=200)
    needs = prose(
        _("Needs, by pathway"), hint=_("Accommodation, drugs and alcohol, work, health, money, family, attitudes")
    )
    engagement = prose(_("How the person has engaged so far"))
    protective_factors = prose(_("What protects the person from offending"))
    victims = prose(_("Victims, and domestic abuse"), hint=_("No victim's name or address"))
    other_arrangements = forms.MultipleChoiceField(
        label=_("Other arrangements"), required=False, choices=OtherArrangement.choices, widget=GovukCheckboxes
    )
    lawful_basis = forms.ChoiceField(
        label=_("Lawful basis for sharing this"), choices=LawfulBasis.choices, widget=GovukRadios
    )
    agreement_reference = forms.CharField(
        label=_("Sharing agreement reference"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-20"}),
    )
    endorsed_by = forms.CharField(label=_("Supervisor who endorses it"), required=False, max_length=120)
    asked = forms.MultipleChoiceField(
        label=_("Agencies to ask for a return"),
        widget=GovukCheckboxes,
        help_text=_("Each is asked whether the person is known to them, and what they think"),
    )
    returns_due_on = GovukDateField(label=_("Returns wanted by"))
    only_asked = forms.BooleanField(
        label=_("Only these agencies and mine may see this nomination"),
        required=False,
        help_text=_("Otherwise all partners may see it"),
    )

    PARTS = (
        (_("What you propose"), ("scheme", "reason", "proposed_type")),
        (_("The person's position"), ("supervision", "sentence_ends_on", "licence_ends_on", "index_offence")),
        (
            _("What you know"),
            ("needs", "engagement", "protective_factors", "victims", "other_arrangements"),
        ),
        (
            _("Sharing"),
            ("lawful_basis", "agreement_reference", "endorsed_by", "asked", "returns_due_on", "only_asked"),
        ),
    )

    def __init__(self, *args: Any, schemes: Choices, types: Choices, agencies: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (
            ("scheme", schemes),
            ("proposed_type", [("", str(_("No proposal"))), *types]),
            ("asked", agencies),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices

    def referral(self) -> Referral:
        given = self.cleaned_data
        names = [name for name in Referral.__dataclass_fields__ if name != "other_arrangements"]
        return Referral(other_arrangements=tuple(given["other_arrangements"]), **{name: given[name] for name in names})

    @property
    def asked_ids(self) -> list[int]:
        return [int(pk) for pk in self.cleaned_data["asked"]]


class ReturnForm(GovukForm):
    """What one agency says on a nomination, and who may read it."""

    known = forms.ChoiceField(label=_("Is the person known to your agency?"), choices=Known.choices, widget=GovukRadios)
    summary = prose(_("What the panel should know"), hint=_("Only what the panel needs for its decision"))
    view = forms.ChoiceField(label=_("Your agency's view"), choices=View.choices, widget=GovukRadios)
    view_reason = prose(_("Why"), rows=2)
    audience = forms.ChoiceField(
        label=_("Who may read this return?"),
        choices=Audience.choices,
        widget=GovukRadios(
            hints={
                Audience.PARTNERS: _("Every agency that sees the nomination"),
                Audience.LISTED: _("Your agency and those you select below"),
                Audience.OWN: _("Your agency alone: the panel will see only that you answered"),
            }
        ),
    )
    audience_agencies = forms.MultipleChoiceField(
        label=_("Agencies that may read it"), required=False, widget=GovukCheckboxes
    )

    def __init__(self, *args: Any, agencies: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["audience_agencies"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = agencies


def first_of(choices: Any, codes: Any) -> Choices:
    """The choices of today's grading, each with its code before its words."""
    return [(str(code), f"{code}: {choices(code).label}") for code in codes]


class IntelligenceForm(GovukForm):
    """One piece of intelligence for the panel, with its grading, and who its handling code lets read it."""

    text = prose(
        _("Intelligence"),
        required=True,
        hint=_("Sanitised: nothing that could reveal a source. Keep verifiable facts out of it: they go in the return"),
    )
    source_evaluation = forms.ChoiceField(label=_("Source"), widget=GovukRadios)
    information_assessment = forms.ChoiceField(label=_("Information"), widget=GovukRadios)
    handling_code = forms.ChoiceField(label=_("Handling code"), widget=GovukRadios)
    conditions = prose(
        _("Conditions"), hint=_("What whoever reads this may and may not do with it, and whom to ask"), rows=2
    )
    audience = forms.ChoiceField(
        label=_("Who may read it?"),
        choices=Audience.choices,
        widget=GovukRadios(
            hints={
                Audience.PARTNERS: _("Every agency that sees the nomination; not for code C"),
                Audience.LISTED: _("Your agency and those you select below"),
                Audience.OWN: _("Your agency alone"),
            }
        ),
    )
    agencies = forms.MultipleChoiceField(label=_("Agencies that may read it"), required=False, widget=GovukCheckboxes)

    def __init__(self, *args: Any, agencies: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (
            ("source_evaluation", first_of(SourceEvaluation, grading.SOURCES)),
            ("information_assessment", first_of(InformationAssessment, grading.ASSESSMENTS)),
            ("handling_code", first_of(Handling, grading.HANDLINGS)),
            ("agencies", agencies),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices

    def report(self) -> Report:
        given = self.cleaned_data
        agencies = tuple(int(pk) for pk in given["agencies"])
        return Report(**{name: given[name] for name in self.fields if name != "agencies"}, agencies=agencies)


class TransferForm(GovukForm):
    agency = forms.ChoiceField(label=_("Agency that answers for it from now on"), widget=GovukRadios)
    reason = prose(_("Why it is handed over"), required=True)

    def __init__(self, *args: Any, agencies: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["agency"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = agencies


class WithdrawForm(GovukForm):
    reason = prose(_("Why it is withdrawn"), required=True)
