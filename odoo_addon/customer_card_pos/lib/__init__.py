"""What models share and no model is."""
