"""The analysis library of OpenIOM: tables in, tables out.

Usable alone, from a notebook or from a terminal (`iom-analytics`). It knows nothing of the web application, opens no
network connection, and sees a person's name only inside `linkage` and `synthetic`.
"""
