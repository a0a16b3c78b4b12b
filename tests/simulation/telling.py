"""A run in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulation.weather import weather_of

if TYPE_CHECKING:
    from simulation.scene import Run


def told_of(run: Run, last: int = 60) -> str:
    """Tell a seed's weather, its last events (0: all of them) and what is wrong."""
    lines = [f"seed {run.seed}: {weather_of(run.seed)}", *run.trace.lines(last or None)]
    lines += [f"PROBLEM  {problem}" for problem in run.problems] or ["all is well"]
    if run.problems:
        lines.append(f"again: PYTHONPATH=tests python -m simulation --seed {run.seed}")
    return "\n".join(lines)
