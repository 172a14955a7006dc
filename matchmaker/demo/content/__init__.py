"""The written content of the demo community, as data files; no code lives here."""
