"""What people type into the pages of the person index, as typed values."""

from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from iom.govuk.forms import GovukForm
from iom.people.choices import Conflict, ReviewStatus, Sex, Verdict
from iom.people.queries.matches import Strength
from iom.people.queries.people import Filters
from iom.people.rules.decisions import LONGEST_REASON


class PeopleFilterForm(GovukForm):
    """Narrows a list of people. What cannot be read narrows nothing, and says so."""

    mark_optional = False

    sex = forms.ChoiceField(label=_("Sex"), required=False, choices=[("", _("Any")), *Sex.choices])
    area = forms.ChoiceField(label=_("Area"), required=False)
    born_from = forms.IntegerField(label=_("Born in or after (year)"), required=False, min_value=1900, max_value=2100)
    born_to = forms.IntegerField(label=_("Born in or before (year)"), required=False, min_value=1900, max_value=2100)

    def __init__(self, *args: Any, areas: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["area"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Any")), *((str(area.pk), area.name) for area in areas)]

    def filters(self) -> Filters:
        """The filters that were understood."""
        given = self.cleaned_data if self.is_valid() else getattr(self, "cleaned_data", {})
        born_from, born_to = given.get("born_from"), given.get("born_to")
        return Filters(
            sex=given.get("sex") or None,
            area_id=int(given["area"]) if given.get("area") else None,
            born_from=date(born_from, 1, 1) if born_from else None,
            born_to=date(born_to, 12, 31) if born_to else None,
        )


class MatchFilterForm(GovukForm):
    """Narrows the queue of possible matches."""

    mark_optional = False

    STRENGTHS = (("", _("Any")), ("strong", _("Strong")), ("fair", _("Fair")), ("faint", _("Faint")))
    RANGES: ClassVar[dict[str, Strength]] = {
        "strong": Strength(low=6.0),
        "fair": Strength(low=3.0, high=6.0),
        "faint": Strength(high=3.0),
    }

    CONFLICTS = (("", _("Any")), ("some", _("With any warning")), ("none", _("Without")), *Conflict.choices)
    CHOSEN: ClassVar[dict[str, Conflict | bool]] = {
        "some": True,
        "none": False,
        **{each.value: each for each in Conflict},
    }

    status = forms.ChoiceField(label=_("Status"), required=False, choices=ReviewStatus.choices)
    strength = forms.ChoiceField(label=_("Strength of the match"), required=False, choices=STRENGTHS)
    warning = forms.ChoiceField(label=_("Warning"), required=False, choices=CONFLICTS)
    source = forms.ChoiceField(label=_("Source of a record"), required=False)

    def __init__(self, *args: Any, sources: Callable[[], list[str]], **kwargs: Any) -> None:
        """`sources` is asked once, and only where the field is shown or one was chosen: it reads the whole queue."""
        super().__init__(*args, **kwargs)
        field = self.fields["source"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = cache(lambda: [("", _("Any")), *((source, source) for source in sources())])

    def chosen(self) -> dict[str, Any]:
        """What `queries.matches.queue` takes."""
        given = self.cleaned_data if self.is_valid() else {}
        return {
            "status": given.get("status") or ReviewStatus.OPEN,
            "strength": self.RANGES.get(given.get("strength", "")),
            "source": given.get("source", ""),
            "conflict": self.CHOSEN.get(given.get("warning", "")),
            "weakest_first": self.data.get("sort") == "weight",
        }


class ReasonForm(GovukForm):
    """Why."""

    reason = forms.CharField(label=_("Reason"), max_length=LONGEST_REASON, widget=forms.Textarea(attrs={"rows": 4}))


class DecisionForm(ReasonForm):
    """Whether two records are the same person, and why."""

    verdict = forms.ChoiceField(
        label=_("Are these two records the same person?"), choices=Verdict.choices, widget=forms.RadioSelect
    )
    field_order = ("verdict", "reason")


class SplitForm(ReasonForm):
    """Which records are another person's, and why."""

    records = forms.TypedMultipleChoiceField(
        label=_("Which records are another person’s?"), coerce=int, widget=forms.CheckboxSelectMultiple
    )
    field_order = ("records", "reason")

    def __init__(self, *args: Any, records: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["records"]
        assert isinstance(field, forms.TypedMultipleChoiceField)
        field.choices = records
