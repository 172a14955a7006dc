"""What a person can do with all that is stored about them: take it, or erase it."""
