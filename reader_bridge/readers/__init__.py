"""Where cards come from: one module for each way a reader is attached."""
