"""Drawing, no models."""
