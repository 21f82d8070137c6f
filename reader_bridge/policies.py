"""The policies that a settings file can name."""

from collections.abc import Callable

from reader_bridge.policy import LogPolicy, NullPolicy, Policy


def _lights() -> Policy:
    # Loaded when it is wanted: it brings the library for the card service with it.
    from reader_bridge.lights import LightPolicy

    return LightPolicy()


POLICIES: dict[str, Callable[[], Policy]] = {
    "lights": _lights,
    "log": LogPolicy,
    "none": NullPolicy,
}
