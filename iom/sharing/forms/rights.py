"""A person's request about their data as it is recorded, answered, sent back or withdrawn, and a restriction lifted."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from iom.govuk.fields import GovukCheckboxes, GovukDateField, GovukRadios
from iom.govuk.forms import GovukForm
from iom.sharing.choices.rights import InformedHow, Matter, Right, RightOutcome
from iom.sharing.choices.subject_access import Channel, IdentityCheck
from iom.sharing.forms.subject_access import prose
from iom.sharing.rules import rights as rules
from iom.sharing.rules.exemptions import grounds


class RightForm(GovukForm):
    kind = forms.ChoiceField(label=_("What the person asks for"), widget=GovukRadios)
    decision_id = forms.TypedChoiceField(
        label=_("Which decision"),
        help_text=_("Where a decision is to be looked at again."),
        coerce=int,
        empty_value=None,
        required=False,
    )
    asked_for = prose(
        _("What they say"), required=True, hint=_("In their own words where you can: what is wrong, and what they want")
    )
    received_on = GovukDateField(label=_("Received on"), latest_is_today=True)
    channel = forms.ChoiceField(label=_("How it came"), choices=Channel.choices, widget=GovukRadios)
    identity_check = forms.ChoiceField(
        label=_("How identity was checked"), choices=IdentityCheck.choices, widget=GovukRadios
    )

    def __init__(self, *args: Any, kinds: list[tuple[str, Any]], decisions: list[tuple[int, str]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]
        self.fields["decision_id"].choices = [("", str(_("None"))), *decisions]  # type: ignore[attr-defined]
        if not decisions:
            del self.fields["decision_id"]


class RightIdentityForm(GovukForm):
    check = forms.ChoiceField(
        label=_("How identity was checked"),
        choices=[each for each in IdentityCheck.choices if each[0] != IdentityCheck.NOT_YET],
        widget=GovukRadios,
    )


class RightAnswerForm(GovukForm):
    """What is proposed. What is needed is in `rules`."""

    mark_optional = False
    outcome = forms.ChoiceField(label=_("Outcome"), choices=RightOutcome.choices, widget=GovukRadios)
    matter = forms.ChoiceField(
        label=_("What is disputed"),
        choices=Matter.choices,
        required=False,
        widget=GovukRadios(hints={Matter.OPINION: _("Is not rewritten: the person’s view is noted beside it")}),
    )
    reasons = prose(_("Reasons"), required=True, hint=_("The person is told these, in these words"))
    done = prose(_("What was put right, noted, changed or stopped"), hint=_("Needed unless it is refused"))
    ground = forms.ChoiceField(
        label=_("Ground in law"), required=False, help_text=_("On which it is refused. Needed where it is.")
    )
    tell_agencies = forms.TypedMultipleChoiceField(
        label=_("Agencies to be told"),
        help_text=_("Were given data about the person by your agency, by its log of disclosures."),
        coerce=int,
        required=False,
        widget=GovukCheckboxes,
    )
    tell_what = prose(
        _("What these agencies are told"),
        hint=_("What to put right, erase or restrict in what they were given, and nothing that they were not given"),
    )

    def __init__(self, *args: Any, kind: str, regime: str, agencies: list[tuple[int, str]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["ground"].choices = [("", str(_("None")))] + [  # type: ignore[attr-defined]
            (each.slug, f"{each.name} ({each.law})") for each in grounds(right=kind, regime=regime)
        ]
        self.fields["tell_agencies"].choices = agencies  # type: ignore[attr-defined]
        unwanted = [] if agencies else ["tell_agencies", "tell_what"]
        for name in unwanted if kind == Right.RECTIFY else [*unwanted, "matter"]:
            del self.fields[name]


class LiftRestrictionForm(GovukForm):
    reason = prose(
        _("Why the records may be used again"),
        required=True,
        hint=_("Name nothing that is in the records: agencies that see the restriction may be given this."),
    )
    told_on = GovukDateField(
        label=_("When the person was told"), help_text=_("They are told first."), latest_is_today=True
    )


class InformForm(GovukForm):
    given_on = GovukDateField(label=_("When"), latest_is_today=True)
    how = forms.ChoiceField(label=_("How"), choices=InformedHow.choices, widget=GovukRadios)
    what = prose(_("What was told"), required=True)


def kinds_under(regime: str) -> list[tuple[str, Any]]:
    return [(str(right), right.label) for right in rules.rights_under(regime)]
