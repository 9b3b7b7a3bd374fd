"""Writes the settings table of the README and `.env.example` from the settings themselves (`make docs`)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from marketingos.settings import Settings

ROOT = Path(__file__).parent.parent
START, END = "<!-- settings -->\n", "<!-- /settings -->"


def rows() -> Iterator[tuple[str, str, str]]:
    """Name, default as text, and description of every setting."""
    for name, field in Settings.model_fields.items():
        default = getattr(field.default, "get_secret_value", lambda value=field.default: value)()
        yield name.upper(), "" if default is None else str(default), field.description or ""


def table() -> str:
    """The README's table."""
    lines = (f"| `{name}` | {f'`{default}`' if default else ''} | {about} |\n" for name, default, about in rows())
    return "| name | default | what it is for |\n|---|---|---|\n" + "".join(lines)


def example() -> str:
    """The whole of `.env.example`."""
    head = "# Copy to .env and uncomment what you need. Without any credential everything runs in the sandbox.\n"
    return head + "".join(f"\n# {about}\n# {name}={default}\n" for name, default, about in rows())


def readme() -> str:
    """The README with its table renewed."""
    text = (ROOT / "README.md").read_text()
    return re.sub(f"{START}.*?{END}", lambda _: START + table() + END, text, flags=re.DOTALL)


if __name__ == "__main__":
    (ROOT / "README.md").write_text(readme())
    (ROOT / ".env.example").write_text(example())
