"""Trust between people: blocks, reports, and what keeps abuse small."""
