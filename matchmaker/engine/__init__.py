"""Pure matching core: members in, ranked proposals with reason codes out.

Imports numpy, scipy and scikit-learn only. Texts of the interface, tables and requests
live above. ``community.Community`` is the entrance.
"""
