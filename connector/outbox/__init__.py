"""The outbox of our addon: what waits there, and the calls that book its result."""
