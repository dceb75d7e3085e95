"""What the partnership says of how data is used: one answer for each point, all of which may wait."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from iom.govuk.forms import GovukForm
from iom.sharing.choices.data_use import Point

LONGEST = 2000
HELP: dict[Point, Any] = {
    Point.OWNER: _("A post"),
    Point.THIRD_PARTY: _("Who supplies or runs it, if that is somebody outside the partnership"),
    Point.PHASE: _("Planned, on trial, in use, or ended"),
    Point.PREVIOUS: _("How people were chosen before"),
    Point.APPEALS: _("A post, with a telephone number or an email address"),
    Point.CONTACTS: _("For each agency: a post, with a telephone number or an email address"),
}
SHORT = (Point.WEBSITE, Point.EMAIL, Point.ORGANISATION, Point.TEAM, Point.OWNER, Point.COMPANY, Point.PHASE)


def field_of(point: Point) -> forms.CharField:
    widget = forms.TextInput() if point in SHORT else forms.Textarea(attrs={"rows": 3})
    return forms.CharField(
        label=point.label, help_text=HELP.get(point, ""), required=False, max_length=LONGEST, widget=widget
    )


class DataUseForm(GovukForm):
    mark_optional = False

    def changed(self) -> dict[Point, str]:
        """What this user changed of what the form showed: whatever somebody else wrote meanwhile stays theirs."""
        return {Point(name): self.cleaned_data[name] for name in self.changed_data}


# One for each point, whichever there are.
DataUseForm.base_fields = {str(point): field_of(point) for point in Point}
