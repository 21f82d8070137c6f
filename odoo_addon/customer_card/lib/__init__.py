"""What models share and no model is; see docs/architecture.md."""
