"""Changing a member's rating, lead and review, and de-selecting."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from iom.cohorts.choices import RAG_MEANING, EndReason, Rag
from iom.cohorts.forms.nominations import prose
from iom.govuk.fields import GovukDateField, GovukRadios
from iom.govuk.forms import GovukForm
from iom.partnerships.models import Membership


class RagForm(GovukForm):
    rag = forms.ChoiceField(label=_("Rating"), choices=Rag.choices, widget=GovukRadios(hints=RAG_MEANING))
    rationale = prose(_("Rationale"), required=True, hint=_("What has changed since the last rating"))


class ReviewForm(GovukForm):
    review_on = GovukDateField(label=_("Next review"))
    rationale = prose(_("What the review found, or why the date changes"), required=True)


class LeadForm(GovukForm):
    lead = forms.ChoiceField(label=_("Lead professional"))
    rationale = prose(_("Why the lead changes"), required=True)

    def __init__(self, *args: Any, leads: list[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.leads = {str(lead.pk): lead for lead in leads}
        field = self.fields["lead"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", str(_("Select a lead professional")))] + [
            (pk, f"{lead.user.name}, {lead.agency.name}") for pk, lead in self.leads.items()
        ]

    @property
    def chosen(self) -> Membership:
        return self.leads[self.cleaned_data["lead"]]


class DeselectForm(GovukForm):
    """Why the person leaves, who agreed, what goes on after, and how they were told. What is needed is in `rules`."""

    mark_optional = False
    end_reason = forms.ChoiceField(
        label=_("Reason"),
        choices=[(value, label) for value, label in EndReason.choices if value != EndReason.SAME_PERSON],
        required=False,
        widget=GovukRadios,
    )
    explanation = prose(_("Explain the reason"))
    agreed_by = prose(_("Which agencies agreed, and which did not"), rows=2)
    exit_plan = prose(
        _("Exit plan"), hint=_("What support goes on, who gives it, and what would bring the person back")
    )
    told = prose(_("How and when the person was told, or why not"), rows=2)
