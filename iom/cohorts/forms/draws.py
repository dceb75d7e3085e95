"""Opening a draw for places, who is in it, and the number that counts when it is drawn."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as translated
from django.utils.translation import gettext_lazy as _

from iom.govuk.forms import GovukForm

MOST_PLACES = 10_000


class EntrantsForm(GovukForm):
    """For each of `waiting`, {nomination id: {name, hint, why}}, why they are left out; left empty, they are in."""

    mark_optional = False

    def __init__(self, *args: Any, waiting: Mapping[int, Mapping[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.waiting = waiting
        for pk, each in waiting.items():
            self.fields[f"out_{pk}"] = forms.CharField(
                label=translated("%(name)s: left out of the draw because") % {"name": each["name"]},
                help_text=each["hint"],
                required=False,
                max_length=2000,
                initial=each["why"],
            )

    @property
    def out_names(self) -> list[str]:
        return [f"out_{pk}" for pk in self.waiting]

    @property
    def left_out(self) -> dict[int, str]:
        """Why each nomination is left out that is."""
        return {pk: why for pk in self.waiting if (why := self.cleaned_data[f"out_{pk}"])}

    @property
    def entered(self) -> list[int]:
        """The nominations that are in the draw."""
        return [pk for pk in self.waiting if not self.cleaned_data[f"out_{pk}"]]


class OpenDrawForm(EntrantsForm):
    places = forms.IntegerField(
        label=_("How many places are there?"), min_value=1, max_value=MOST_PLACES, widget=forms.NumberInput
    )
    beacon = forms.CharField(
        label=_("Which public number counts too? (optional)"),
        help_text=_(
            "One that nobody can know yet, and everybody can look up afterwards: for instance the main numbers of the "
            "national lottery on a day after the list is closed, in the order drawn, with a space between them"
        ),
        required=False,
        max_length=300,
    )
    field_order: Sequence[str] = ("places", "beacon")


class MakeDrawForm(GovukForm):
    """The value of the beacon, where the draw named one."""

    value = forms.CharField(
        label=_("The public number"),
        help_text=_("Exactly as it was published: whoever checks the draw types the same"),
        max_length=100,
    )

    def __init__(self, *args: Any, beacon: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not beacon:
            del self.fields["value"]
