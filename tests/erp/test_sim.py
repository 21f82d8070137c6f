"""Random shop days, and faults put in on purpose that the laws must find (BY-10)."""

from dev import sim


def test_no_law_breaks_in_random_shop_days(real_parts):
    """BY-10: 25 seeds of 60 steps, with killed calls, lost answers and thieves."""
    real_parts.start(real_parts.postgres)
    assert sim.run(real_parts.postgres, seed=1, seeds=25, steps=60) == 0


def test_every_mutant_is_killed_by_its_law(real_parts):
    """BY-10: each fault is found by the law that is declared for it; the control lives."""
    real_parts.start(real_parts.postgres)
    assert sim.run(real_parts.postgres, seed=1, seeds=12, steps=60, mutants=True) == 0
