"""Room: events, who runs them and who came."""
