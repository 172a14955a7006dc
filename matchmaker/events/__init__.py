"""Room: events, who runs them and who came."""

import matchmaker.events.roster  # noqa: F401  tables that others refer to
