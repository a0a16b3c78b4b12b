"""A run in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulation.weather import weather_of

if TYPE_CHECKING:
    from simulation.scene import Run


def told_of(run: Run, last: int = 60, options: str = "") -> str:
    """Tell a seed's weather, its last events (0: all of them), what is wrong, and how to see it again."""
    lines = [f"seed {run.seed}: {weather_of(run.seed)}", *run.trace.lines(last or None)]
    lines += [f"PROBLEM  {problem}" for problem in run.problems] or ["all is well"]
    if run.problems:
        lines.append(f"again: PYTHONPATH=tests python -m simulation --seed {run.seed}{options}")
    return "\n".join(lines)
