"""The estimators on partnerships of which the effect is known: what they find, and how often they are wrong."""

from bench.validation.truth.report import figures

TITLE = "Truth: made-up partnerships of which the effect is known"

__all__ = ["TITLE", "figures"]
