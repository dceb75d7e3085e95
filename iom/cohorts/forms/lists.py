"""The filters of the lists. A filter that makes no sense is left out rather than refused."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from iom.cohorts.choices import AgeBand, NominationState, Rag, Standing
from iom.cohorts.queries import CandidateFilter, MemberFilter, NominationFilter
from iom.govuk.forms import GovukForm
from iom.people.choices import Sex

Choices = list[tuple[str, str]]
ANY = ("", _("All"))
YES_NO = [ANY, ("yes", _("Yes")), ("no", _("No"))]


class FilterForm(GovukForm):
    """A filter panel: everything may be left out."""

    mark_optional = False

    def choose(self, name: str, choices: Choices) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [ANY, *choices]

    def chosen(self) -> dict[str, str]:
        """What is filtered by: only valid answers."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def tags(self) -> list[dict[str, Any]]:
        """The chosen filters as the panel shows them: heading, text, and the name and value that a link takes out."""
        found = []
        for name, value in self.chosen().items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            words = dict(field.choices)  # type: ignore[arg-type]
            found.append({"heading": field.label, "text": words[value], "name": name, "value": value})
        return found


def yes_no(value: str | None) -> bool | None:
    return {"yes": True, "no": False}.get(value or "")


class CandidateFilterForm(FilterForm):
    area = forms.ChoiceField(label=_("Area"), required=False)
    strand = forms.ChoiceField(label=_("Cohort type"), required=False)
    sex = forms.ChoiceField(label=_("Sex"), required=False, choices=[ANY, *Sex.choices])
    age = forms.ChoiceField(label=_("Age"), required=False, choices=[ANY, *AgeBand.choices])
    custody = forms.ChoiceField(label=_("In custody"), required=False, choices=YES_NO)
    capacity = forms.ChoiceField(
        label=_("Capacity line"), required=False, choices=[ANY, ("yes", _("Above it")), ("no", _("Below it"))]
    )

    def __init__(self, *args: Any, areas: Choices, strands: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choose("area", areas)
        self.choose("strand", strands)
        if not strands:
            del self.fields["strand"]

    def filter(self, standing: str) -> CandidateFilter:
        chosen = self.chosen()
        return CandidateFilter(
            standing=standing,
            area_id=int(chosen["area"]) if "area" in chosen else None,
            # Who is not eligible is in no strand.
            strand=chosen.get("strand") if standing == Standing.ELIGIBLE else None,
            sex=chosen.get("sex"),
            age_band=chosen.get("age"),
            in_custody=yes_no(chosen.get("custody")),
            within_capacity=yes_no(chosen.get("capacity")) if standing == Standing.ELIGIBLE else None,
        )


class MemberFilterForm(FilterForm):
    rag = forms.ChoiceField(label=_("Rating"), required=False, choices=[ANY, *Rag.choices])
    type = forms.ChoiceField(label=_("Cohort type"), required=False)
    scheme = forms.ChoiceField(label=_("Scheme"), required=False)
    area = forms.ChoiceField(label=_("Area"), required=False)
    lead = forms.ChoiceField(label=_("Lead professional"), required=False)
    review = forms.ChoiceField(
        label=_("Review"),
        required=False,
        choices=[ANY, ("overdue", _("Overdue")), ("due", _("Within 28 days"))],
    )

    def __init__(
        self, *args: Any, types: Choices, schemes: Choices, areas: Choices, leads: Choices, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.choose("type", types)
        self.choose("scheme", schemes)
        self.choose("area", areas)
        self.choose("lead", [("mine", str(_("Me"))), *leads])

    def filter(self, state: str) -> MemberFilter:
        chosen = self.chosen()
        return MemberFilter(
            state=state,
            scheme_id=int(chosen["scheme"]) if "scheme" in chosen else None,
            cohort_type=chosen.get("type"),
            rag=chosen.get("rag"),
            lead=chosen.get("lead"),
            area_id=int(chosen["area"]) if "area" in chosen else None,
            review=chosen.get("review"),
        )


class NominationFilterForm(FilterForm):
    show = forms.ChoiceField(
        label=_("Show"),
        required=False,
        choices=[
            ("", _("Waiting for a decision")),
            ("for-panel", _("Ready for the panel")),
            ("our-return", _("Waiting for our return")),
            *NominationState.choices[1:],
            ("all", _("All")),
        ],
    )
    scheme = forms.ChoiceField(label=_("Scheme"), required=False)

    def __init__(self, *args: Any, schemes: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choose("scheme", schemes)

    def filter(self) -> NominationFilter:
        chosen = self.chosen()
        return NominationFilter(
            show=chosen.get("show", "undecided"), scheme_id=int(chosen["scheme"]) if "scheme" in chosen else None
        )
