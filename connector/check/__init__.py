"""Looks at live ERPs through a settings file and says what a person has to change."""
