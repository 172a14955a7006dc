"""Room: proposals, decisions, introductions, outcomes; the way to the engine."""
