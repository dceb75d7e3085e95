"""What a data protection impact assessment says."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from iom.agreements.choices import ImpactOutcome, Risk
from iom.agreements.models import ImpactAssessment, SharingAgreement
from iom.agreements.operations import Assessed
from iom.govuk.fields import GovukDateField, GovukRadios
from iom.govuk.forms import GovukForm


def text(label: Any, help_text: Any = "") -> forms.CharField:
    return forms.CharField(label=label, help_text=help_text, max_length=20000, widget=forms.Textarea(attrs={"rows": 6}))


class AssessmentForm(GovukForm):
    title = forms.CharField(label=_("Title"), max_length=200)
    agreement = forms.ChoiceField(label=_("Sharing agreement"), required=False)
    processing = text(_("What is done with whose data, why, and whether it is needed"))
    risks = text(_("Risks to the people concerned, and the measures against each"))
    consulted = text(_("Who was consulted, and what they said"))
    residual_risk = forms.ChoiceField(
        label=_("The risk that is left"), choices=Risk.choices, widget=GovukRadios,
        help_text=_("Where it is high, the Information Commissioner must be consulted before it is approved"),
    )  # fmt: skip
    commissioner_on = GovukDateField(label=_("Day the Information Commissioner was consulted"), required=False)
    outcome = forms.ChoiceField(label=_("Outcome"), choices=ImpactOutcome.choices, widget=GovukRadios)
    review_on = GovukDateField(label=_("Review date"))

    def __init__(self, *args: Any, agreements: list[SharingAgreement], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["agreement"]
        field.choices = [
            ("", _("None")), *((str(each.pk), f"{each.reference}: {each.title}") for each in agreements)
        ]  # fmt: skip

    @staticmethod
    def initial_of(assessment: ImpactAssessment) -> dict[str, Any]:
        names = "title processing risks consulted residual_risk commissioner_on outcome review_on".split()
        return {**{name: getattr(assessment, name) for name in names}, "agreement": str(assessment.agreement_id or "")}

    def assessed(self) -> Assessed:
        given = dict(self.cleaned_data)
        agreement = given.pop("agreement")
        return Assessed(**given, agreement_id=int(agreement) if agreement else None)
