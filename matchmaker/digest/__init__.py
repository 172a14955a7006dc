"""Room: one letter a day with what gathered, from all rooms below."""
