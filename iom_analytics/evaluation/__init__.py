"""Whether it works: effects, what they can be compared with, how sure they are and what they cost.

Pure functions on numbers and arrays; results are frozen dataclasses that carry the grade of the method behind them.
"""
