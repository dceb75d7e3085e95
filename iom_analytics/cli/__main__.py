"""`python -m iom_analytics.cli`, for a checkout whose command is not installed."""

from iom_analytics.cli import main

main()
