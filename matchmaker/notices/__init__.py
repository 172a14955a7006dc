"""What members are told: in the site, by mail at once, or in one digest."""
