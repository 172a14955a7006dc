"""The demo community: invented people who make a first visit worth something."""
