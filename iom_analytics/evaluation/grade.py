"""How much a method can show: the Maryland grade of each rung of the ladder, and the sentence that goes with it.

Source: Maryland Scientific Methods Scale, levels 1 to 5 (Sherman, Gottfredson, MacKenzie, Eck, Reuter and Bushway 1997,
"Preventing Crime: What Works, What Doesn't, What's Promising", chapter 2). Which rung reaches which level, where it
depends on how well it is done, is this project's reading: the lower level is what a result may claim until somebody has
looked at how well it was done.
"""

from enum import Enum


class Grade(Enum):
    """A rung of the ladder: its least and greatest level on the Maryland scale, its name, and what it can show."""

    DESCRIPTIVE = (
        1,
        1,
        "Description",
        "This describes what happened. It says nothing about why, or what would have happened anyway.",
    )
    BEFORE_AFTER = (
        1,
        2,
        "Before and after",
        "People are picked when they offend most, so most of a fall would have come anyway. This is not an effect.",
    )
    EXPECTED = (
        2,
        3,
        "Observed against expected",
        (
            "What happened against what a predictor expected. Nobody was compared who was not on the scheme; who is "
            "picked for present offending may offend more than the predictor knows."
        ),
    )
    COMPARISON = (
        3,
        3,
        "Matched comparison",
        "Compared with people alike in what was measured. What was not measured may still differ.",
    )
    AREA = (
        3,
        4,
        "Areas over time",
        "Compared with areas without the scheme over time, if both would otherwise have moved alike.",
    )
    DESIGNED = (
        4,
        5,
        "Threshold or lottery",
        "Who was managed was settled by a threshold or by chance, so the groups are alike but for the scheme.",
    )

    def __init__(self, least: int, greatest: int, label: str, sentence: str) -> None:
        self.least = least
        self.greatest = greatest
        self.label = label
        self.sentence = sentence

    @property
    def levels(self) -> str:
        """The level or levels in words, to be shown beside every result."""
        span = f"{self.least}" if self.least == self.greatest else f"{self.least} to {self.greatest}"
        return f"Maryland scale {span} of 5"

    @property
    def is_effect(self) -> bool:
        """Whether a result of this rung may be called an effect, and money be reckoned from it.

        Observed against expected may, with its sentence; description and a fall from before to after never.
        """
        return self not in (Grade.DESCRIPTIVE, Grade.BEFORE_AFTER)
