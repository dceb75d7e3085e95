"""The panel's decision, and how the person was told."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from iom.cohorts.choices import RAG_MEANING, Outcome, Rag, TellingMethod, Told
from iom.cohorts.forms.nominations import prose
from iom.cohorts.operations import Verdict
from iom.govuk.fields import GovukCheckboxes, GovukDateField, GovukRadios
from iom.govuk.forms import GovukForm
from iom.partnerships.models import Membership

Choices = list[tuple[str, str]]
# Which answers belong to which outcome: the others are left aside, however they were filled in.
BELONGS = {
    Outcome.SELECT: ("cohort_type", "rag", "lead", "review_on", "against_draw"),
    Outcome.DECLINE: (),
    Outcome.DEFER: ("deferred_until",),
    Outcome.REDIRECT: ("to_scheme",),
}


class DecisionForm(GovukForm):
    """One page: what was decided, what goes with that outcome, and why. What an outcome needs is in `rules`."""

    mark_optional = False
    met_on = GovukDateField(label=_("When did the panel meet?"))
    present = forms.MultipleChoiceField(label=_("Agencies that were there"), required=False, widget=GovukCheckboxes)
    outcome = forms.ChoiceField(label=_("What did the panel decide?"), widget=GovukRadios)
    cohort_type = forms.ChoiceField(label=_("Cohort type"), required=False, widget=GovukRadios)
    rag = forms.ChoiceField(
        label=_("Rating"), required=False, choices=Rag.choices, widget=GovukRadios(hints=RAG_MEANING)
    )
    lead = forms.ChoiceField(label=_("Lead professional"), required=False)
    review_on = GovukDateField(label=_("Next review"), required=False)
    against_draw = prose(_("Why this person comes before others whom the draw put first"), rows=2)
    deferred_until = GovukDateField(label=_("Look at it again on"), required=False)
    to_scheme = forms.ChoiceField(label=_("Which scheme?"), required=False, widget=GovukRadios)
    reasons = prose(_("Reasons"), hint=_("The person may ask to read them"))
    dissent = prose(_("Dissent"), hint=_("Who disagreed, and why. Leave empty if everybody agreed"), rows=2)
    without_returns = prose(_("Why the panel did not wait for the outstanding returns"), rows=2)

    def __init__(
        self,
        *args: Any,
        outcomes: list[tuple[str, Any]],
        types: Choices,
        schemes: Choices,
        agencies: Choices,
        leads: list[Membership],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.leads = {str(lead.pk): lead for lead in leads}
        people = [(pk, f"{lead.user.name}, {lead.agency.name}") for pk, lead in self.leads.items()]
        for name, choices in (
            ("outcome", outcomes),
            ("cohort_type", types),
            ("to_scheme", schemes),
            ("present", agencies),
            ("lead", [("", str(_("Select a lead professional"))), *people]),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices

    def verdict(self, *, schemes: dict[str, Any]) -> Verdict:
        """The decision; answers that do not belong to the outcome are left out."""
        given = self.cleaned_data
        outcome = Outcome(given["outcome"])
        kept = {name: given[name] for name in BELONGS[outcome]}
        if "lead" in kept:
            kept["lead"] = self.leads.get(kept["lead"])
        if "to_scheme" in kept:
            kept["to_scheme"] = schemes.get(kept["to_scheme"])
        return Verdict(
            outcome=outcome,
            met_on=given["met_on"],
            present=tuple(int(pk) for pk in given["present"]),
            reasons=given["reasons"],
            dissent=given["dissent"],
            without_returns=given["without_returns"],
            **kept,
        )


class ToldForm(GovukForm):
    """How and when the person was told of the decision, or why they will not be."""

    told = forms.ChoiceField(label=_("Has the person been told?"), choices=Told.choices[1:], widget=GovukRadios)
    told_on = GovukDateField(label=_("When"), required=False)
    told_how = forms.ChoiceField(label=_("How"), required=False, choices=TellingMethod.choices, widget=GovukRadios)
    told_note = prose(_("Who told them and what was said, or why they will not be told"), rows=2)
