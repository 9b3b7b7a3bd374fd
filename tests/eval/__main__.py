"""The evaluation: `python -m tests.eval [--held-out] [--page FILE]`.

Without a key for Claude everything is asked of the sandbox's writer; with `ANTHROPIC_API_KEY` set the same briefs go to
Claude and the comparison page is what to read. The part that is held out runs only when it is asked for.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from pathlib import Path

from tests.eval import house, page, scoring, writers


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m tests.eval", description=__doc__)
    asked.add_argument("--held-out", action="store_true", help="run the part that was kept apart, too")
    asked.add_argument("--cases-only", action="store_true", help="check cases only; no writer is asked")
    asked.add_argument("--page", type=Path, default=Path("data/eval/index.html"), help="where the comparison page goes")
    options = asked.parse_args()
    asyncio.run(run(options))


async def run(options: argparse.Namespace) -> None:
    """Cases, then briefs, then a writer that fails."""
    for part in ("open", "held_out") if options.held_out else ("open",):
        await judge(part)
    if options.cases_only:
        return
    async with house.opened() as base:
        print(f"\n{len(writers.golden.briefs())} briefs x 4 platforms, asked of {house.writer_name()}")
        asked = await writers.write_all()
        for line in writers.summary(asked):
            print(line)
        options.page.parent.mkdir(parents=True, exist_ok=True)
        options.page.write_text(page.html(asked, house.writer_name()), "utf-8")
        print(f"Comparison page: {options.page}")
        if base is None:
            return
        print("No ANTHROPIC_API_KEY: nothing here was written by Claude, and the approval rate cannot be measured.")
        print("\nA writer that fails: each bad answer repaired, shown to a person, or refused")
        outcomes = await writers.fail_in_every_way(base)
        for outcome in outcomes:
            print(outcome)
    if not all(outcome.caught for outcome in outcomes):
        sys.exit(1)


async def judge(part: str) -> None:
    """Precision and recall of every check on a part of the cases."""
    start = time.perf_counter()
    report = await scoring.score(part)
    print(f"\nCases, {part.replace('_', ' ')} part ({time.perf_counter() - start:.1f} s)")
    for line in (*scoring.table(report), *report.mistakes):
        print(line)


if __name__ == "__main__":
    main()
