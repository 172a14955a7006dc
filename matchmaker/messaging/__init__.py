"""Room: conversations about introductions, and the follow-ups that come of them."""
