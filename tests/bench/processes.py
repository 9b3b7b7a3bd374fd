"""Memory of a process and all that it started, from /proc."""

from __future__ import annotations

from pathlib import Path

_PROC = Path("/proc")


def memory_of(pid: int) -> tuple[int, int]:
    """Bytes that a process tree keeps in memory (pages shared with others count in proportion), and how many processes
    it has. See proc_pid_smaps(5) for Pss."""
    tree = _tree(pid)
    return sum(_proportional(each) for each in tree), len(tree)


def _tree(pid: int) -> list[int]:
    children = [
        int(n) for task in (_PROC / str(pid) / "task").iterdir() for n in (task / "children").read_text().split()
    ]
    return [pid, *(each for child in children for each in _tree(child))]


def _proportional(pid: int) -> int:
    for line in (_PROC / str(pid) / "smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0
