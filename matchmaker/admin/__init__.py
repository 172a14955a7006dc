"""Room: whether the matching is good, and who did what."""
