"""Room: people who can sign in, their sessions and one-use links."""
