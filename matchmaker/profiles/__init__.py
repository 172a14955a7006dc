"""Room: who entrepreneurs are, what they offer and ask, and the directory."""
