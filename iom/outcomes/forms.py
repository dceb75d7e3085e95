"""What people type, turned into typed values. Whether it may be done is for `rules`."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import formats
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from iom.agreements import rules as sharing_rules
from iom.agreements.choices import Answers
from iom.cohorts.models import Scheme
from iom.govuk.fields import GovukCheckboxes, GovukRadios
from iom.govuk.forms import GovukForm
from iom.outcomes import evaluation, rules
from iom.outcomes.choices import DIRECTION_HINTS, METHOD_HINTS, Direction, Measure, Method
from iom.outcomes.models import Costs
from iom.partnerships.models import Agency, Area


def prose(label: Any, *, rows: int = 4, hint: Any = "", required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label, help_text=hint, max_length=4000, required=required, widget=forms.Textarea(attrs={"rows": rows})
    )


class WhoForm(GovukForm):
    """Whom a question is about."""

    title = forms.CharField(
        label=_("What is asked, in a few words"),
        max_length=120,
        help_text=_("For instance: did the people who joined in 2024 reoffend less than they would have?"),
    )
    scheme = forms.ChoiceField(label=_("Scheme"), required=False, widget=GovukRadios)
    first_month = forms.ChoiceField(label=_("Joined from"))
    last_month = forms.ChoiceField(label=_("Joined up to"))
    mark_optional = False

    def __init__(self, *args: Any, schemes: Sequence[Scheme], months: Sequence[date], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.schemes = {str(scheme.pk): scheme for scheme in schemes}
        offered = [(month.isoformat(), formats.date_format(month, "F Y")) for month in months]
        for name, choices in (
            ("scheme", [("", _("Every scheme")), *((pk, scheme.name) for pk, scheme in self.schemes.items())]),
            ("first_month", offered),
            ("last_month", offered),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices

    def chosen(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {
            "title": given["title"],
            "scheme": self.schemes.get(given["scheme"]),
            "first_month": date.fromisoformat(given["first_month"]),
            "last_month": date.fromisoformat(given["last_month"]),
        }


class ComparisonForm(GovukForm):
    method = forms.ChoiceField(
        label=_("How are they compared with those who did not join?"),
        choices=Method.choices,
        widget=GovukRadios(hints=METHOD_HINTS),
    )
    ratio = forms.TypedChoiceField(
        label=_("In pairs: how many others for each person"),
        coerce=int,
        choices=[(1, "1"), (2, "2"), (3, "3")],
        initial=1,
        help_text=_("More make chance smaller, and are less alike. Not used where people are weighted."),
    )


class MeasuresForm(GovukForm):
    primary = forms.ChoiceField(
        label=_("What decides the question?"),
        choices=Measure.choices,
        widget=GovukRadios,
        help_text=_("One only. It is settled now, so that nobody picks the best-looking figure afterwards"),
    )
    secondary = forms.MultipleChoiceField(
        label=_("What else is looked at?"),
        choices=Measure.choices,
        required=False,
        widget=GovukCheckboxes,
        help_text=_("These are held to a stricter test, the more there are. Leave out the one that decides"),
    )


class RegisterForm(GovukForm):
    purpose = prose(
        _("What will be decided on the answer?"),
        hint=_("And what will be done if it cannot be told. It is kept with the answer"),
    )


class AcceptForm(GovukForm):
    why = prose(
        _("Why is this comparison good enough?"),
        hint=_(
            "What is still different, and why it matters or does not. No outcome has been read for this comparison yet"
        ),
    )


class WithdrawForm(GovukForm):
    reason = prose(_("Why is the question given up?"))


class ReleaseForm(GovukForm):
    recipient = prose(_("Who is to have it, and what for?"), rows=2)


class DecideReleaseForm(GovukForm):
    decision = forms.ChoiceField(
        label=_("May this leave the partnership?"),
        choices=[("yes", _("Yes, release it")), ("no", _("No"))],
        widget=GovukRadios,
    )
    reason = prose(_("If not, why"), rows=2, required=False)
    mark_optional = False


class DataLabForm(GovukForm):
    """What a file of names for the Data Lab is for, and what it rests on."""

    purpose = prose(
        _("What is the Data Lab to find out, and why does it need names for it?"),
        hint=_("The people in the file may read this: they can ask to whom their data went, and what for"),
    )
    agreement = forms.CharField(
        label=_("Under which agreement with the Ministry of Justice?"),
        max_length=200,
        help_text=_("Its reference or title"),
    )
    gateway = forms.ChoiceField(label=_("Which power in law do you rest on?"))
    basis = forms.ChoiceField(label=_("On which lawful basis?"))

    def __init__(self, *args: Any, giver: Agency, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, answers in (("gateway", Answers.POWER), ("basis", Answers.BASIS)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [
                ("", _("Select one")),
                *(
                    (slug, f"{each.name} ({each.citation})")
                    for slug, each in sharing_rules.gateways().items()
                    if each.answers == answers
                    and not each.anonymous
                    and each.opens(giver=giver.kind, regime=giver.regime)
                ),
            ]


class RefuseDataLabForm(GovukForm):
    reason = prose(_("If it may not leave, why"), rows=2)


class NumberField(forms.DecimalField):
    """A number as people type it: "£40,000" is 40000."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(value.replace("£", "").replace(",", "").strip() if isinstance(value, str) else value)


def number(
    label: Any, *, least: str, most: int, places: int = 2, hint: Any = "", required: bool = False
) -> NumberField:
    return NumberField(
        label=label,
        help_text=hint,
        required=required,
        min_value=Decimal(least),
        max_value=most,
        decimal_places=places,
        error_messages={"max_decimal_places": _("Enter a number with no more than %(max)s decimal places")},
    )


class CostRows(forms.Form):
    """The rows of `CostsForm`: some posts, and each crime that has a unit cost."""

    POSTS = range(1, 7)

    def __init__(self, *args: Any, crimes: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.crimes = {slug_of(crime): crime for crime in crimes}
        for row in self.POSTS:
            named = {"number": row}
            self.fields[f"what_{row}"] = forms.CharField(
                label=gettext("Post %(number)s: what it is") % named, max_length=80, required=False
            )
            self.fields[f"fte_{row}"] = number(
                gettext("Post %(number)s: full-time equivalents") % named, least="0.01", most=rules.MOST_POSTS
            )
            self.fields[f"pounds_{row}"] = number(
                gettext("Post %(number)s: yearly cost of one, in pounds") % named, least="0.01", most=rules.MOST_POUNDS
            )
        for slug, crime in self.crimes.items():
            named_crime = {"crime": crime}
            self.fields[f"share_{slug}"] = number(
                gettext("Share of %(crime)s, in per cent") % named_crime, least="0", most=100
            )
            self.fields[f"times_{slug}"] = number(
                gettext("Multiplier of %(crime)s") % named_crime, least="1", most=rules.MOST_MULTIPLIER
            )


# The rows come first, so that their messages are worded too.
class CostsForm(GovukForm, CostRows):
    """What a scheme costs in a year, and of what crimes reoffences are. Rows left empty do not count."""

    mark_optional = False

    other = number(
        _("All other costs, in pounds"),
        least="0",
        most=rules.MOST_POUNDS,
        hint=_("Of a year: premises, vehicles, tags, services bought in. Leave out what it cost to set the scheme up"),
    )
    as_usual = number(
        _("Business as usual, in pounds"),
        least="0",
        most=rules.MOST_POUNDS,
        hint=_("What would be spent in a year on these people if there were no scheme. It is taken off"),
    )
    mean_caseload = number(
        _("Mean caseload"),
        least="0",
        most=rules.MOST_CASELOAD,
        places=1,
        required=True,
        hint=_("How many people are on the scheme at one time, on average over that year"),
    )
    price_year = forms.IntegerField(
        label=_("Price year"),
        help_text=_("In which year's money the costs are. A financial year counts as the year in which it begins"),
    )
    source = prose(
        _("Where do the figures come from?"),
        rows=3,
        hint=_("For instance: payroll of March 2025, and the contract for tags. Name posts and papers, not people"),
    )
    uncosted = number(_("Share of all else, in per cent"), least="0", most=100)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        for row in self.POSTS:
            names = [f"{part}_{row}" for part in ("what", "fte", "pounds")]
            if any(given.get(name) for name in names):
                for name in names:
                    if name not in self.errors and not given.get(name):
                        self.add_error(name, gettext("Enter the whole row of post %(number)s") % {"number": row})
        for slug, crime in self.crimes.items():
            if given.get(f"times_{slug}") and not given.get(f"share_{slug}") and f"share_{slug}" not in self.errors:
                self.add_error(
                    f"share_{slug}", gettext("Enter the share of %(crime)s, or no multiplier") % {"crime": crime}
                )
        return given

    def chosen(self) -> dict[str, Any]:
        """What was typed, as `operations.set_costs` takes it."""
        given = self.cleaned_data
        staff = [
            evaluation.Post(given[f"what_{row}"], float(given[f"fte_{row}"]), float(given[f"pounds_{row}"]))
            for row in self.POSTS
            if given[f"what_{row}"]
        ]
        mix = [
            evaluation.Mixed(crime, float(given[f"share_{slug}"] / 100), float(given[f"times_{slug}"] or 1))
            for slug, crime in self.crimes.items()
            if given[f"share_{slug}"]
        ]
        return {
            "given": evaluation.Inputs(
                staff=staff,
                other_pounds=float(given["other"] or 0),
                as_usual_pounds=float(given["as_usual"] or 0),
                mean_caseload=float(given["mean_caseload"]),
                price_year=given["price_year"],
                mix=mix,
                uncosted=float((given["uncosted"] or 0) / 100),
            ),
            "source": given["source"],
        }


def typed_before(costs: Costs) -> dict[str, Any]:
    """A set of costs as the form was filled in, to be changed."""
    found: dict[str, Any] = {
        "other": as_typed(costs.other_pounds),
        "as_usual": as_typed(costs.as_usual_pounds),
        "mean_caseload": as_typed(costs.mean_caseload),
        "price_year": costs.price_year,
        "source": costs.source,
        "uncosted": as_typed(costs.uncosted_percent),
    }
    for row, post in enumerate(costs.staff, start=1):
        figures = {f"fte_{row}": as_typed(post["fte"]), f"pounds_{row}": as_typed(post["yearly_pounds"])}
        found |= {f"what_{row}": post["what"], **figures}
    for each in costs.mix:
        slug = slug_of(each["crime"])
        found |= {f"share_{slug}": as_typed(each["percent"]), f"times_{slug}": as_typed(each["multiplier"])}
    return found


def as_typed(value: float | Decimal) -> str:
    """A number without the noughts that nobody types."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def slug_of(crime: str) -> str:
    return slugify(crime).replace("-", "_")


class WatchForm(GovukForm):
    """What a watch looks for, among whom, and what a false alarm may cost."""

    title = forms.CharField(
        label=_("What is watched, in a few words"),
        max_length=120,
        help_text=_("For instance: do people who join from now on reoffend more?"),
    )
    scheme = forms.ChoiceField(label=_("Scheme"), required=False, widget=GovukRadios)
    area = forms.ChoiceField(label=_("Area where they live"), required=False)
    direction = forms.ChoiceField(
        label=_("What does it look for?"),
        choices=Direction.choices,
        widget=GovukRadios(hints=DIRECTION_HINTS),
        help_text=_("One only. To look for both, register a second watch"),
    )
    chance = forms.TypedChoiceField(
        label=_("How likely may a false alarm be?"),
        coerce=float,
        choices=[(chance, f"{chance:.0%}") for chance in rules.CHANCES],
        initial=0.05,
        help_text=_("The less likely, the later a true alarm comes"),
    )
    cases = forms.TypedChoiceField(
        label=_("Over how many people?"),
        coerce=int,
        choices=[(cases, str(cases)) for cases in rules.HORIZONS],
        initial=200,
        help_text=_("About as many as join in the time for which it will be watched"),
    )
    purpose = prose(
        _("What will be done on an alarm, and who decides it?"), hint=_("It is kept with the watch, and shown with it")
    )
    mark_optional = False

    def __init__(self, *args: Any, schemes: Sequence[Scheme], areas: Sequence[Area], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.chosen_from: dict[str, dict[str, Scheme | Area]] = {
            "scheme": {str(scheme.pk): scheme for scheme in schemes},
            "area": {str(area.pk): area for area in areas},
        }
        for name, every in (("scheme", _("Every scheme")), ("area", _("Every area"))):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", every), *((pk, each.name) for pk, each in self.chosen_from[name].items())]

    def chosen(self) -> dict[str, Any]:
        given = self.cleaned_data
        return given | {name: self.chosen_from[name].get(given[name]) for name in ("scheme", "area")}


class EndWatchForm(GovukForm):
    reason = prose(_("Why is the watch ended?"), hint=_("It stays on record with all that it gave"))
