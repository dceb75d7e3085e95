"""What the partnership says of how data is used: one answer for each point, all of which may wait."""

from typing import Any

from django import forms

from iom.govuk.forms import GovukForm
from iom.sharing.choices.data_use import Point

LONGEST = 2000
SHORT = (Point.WEBSITE, Point.EMAIL, Point.ORGANISATION, Point.TEAM, Point.OWNER, Point.COMPANY, Point.PHASE)


def field_of(point: Point) -> forms.CharField:
    widget = forms.TextInput() if point in SHORT else forms.Textarea(attrs={"rows": 3})
    return forms.CharField(label=point.label, required=False, max_length=LONGEST, widget=widget)


class DataUseForm(GovukForm):
    mark_optional = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.base_fields = {str(point): field_of(point) for point in Point}
        super().__init__(*args, **kwargs)

    def changed(self) -> dict[Point, str]:
        """What this user changed of what the form showed: whatever somebody else wrote meanwhile stays theirs."""
        return {Point(name): self.cleaned_data[name] for name in self.changed_data}
