"""What the pages are built from."""

import ast
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ASSETS = ROOT / "assets"
SHEETS = sorted(path.name for path in ASSETS.glob("*.css") if path.name not in {"tokens.css", "previews.css"})
COLOUR = re.compile(r"#[0-9a-f]{3,8}\b|\b(?:rgb|hsl|oklch)a?\(", re.IGNORECASE)

HEAVY = re.compile(
    r"box|text|button|link|image|flex|[hv]?stack|heading|grid|container|center|spacer|badge|card|toast|(alert_)?dialog|popover"
    r"|tooltip|menu|dropdown_menu|select|checkbox|switch|input|text_area|radio|slider|tabs|table|avatar|callout|moment"
    r"|recharts|markdown|theme"
)
"""Members of `rx` that bring Radix Themes, sonner, moment or a chart library onto the page."""


@pytest.mark.parametrize("sheet", SHEETS)
def test_colours_live_in_the_tokens(sheet: str):
    """A style sheet of ours names no colour: both themes follow from the tokens."""
    text = re.sub(r"/\*.*?\*/|url\([^)]*\)", "", (ASSETS / sheet).read_text(), flags=re.DOTALL)
    assert COLOUR.findall(text) == []


@pytest.mark.parametrize("sheet", [path.name for path in sorted(ASSETS.glob("*.css"))])
def test_every_token_used_exists(sheet: str):
    """No rule asks for a variable that nobody sets."""
    everything = "".join(path.read_text() for path in [*ASSETS.glob("*.css"), *ASSETS.glob("*.js")])
    code = "".join(path.read_text() for path in (ROOT / "marketingos" / "ui").rglob("*.py"))
    known = set(re.findall(r"(--[\w-]+)\s*:", everything)) | set(re.findall(r"\"(--[\w-]+)\"", code))
    bare = re.findall(r"var\((--[\w-]+)\)", (ASSETS / sheet).read_text())
    assert {name for name in bare if name not in known} == set()


def test_pages_stay_light():
    """Pages use plain elements: one careless component would put 80 kB of style sheet on every page."""
    found = set()
    for path in (ROOT / "marketingos" / "ui").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "rx":
                found |= {(path.name, node.attr)} if HEAVY.fullmatch(node.attr) else set()
    assert found == set()


def test_the_front_end_lock_names_no_host():
    """Packages are fixed by version and hash; where they come from is the installer's own setting."""
    lock = json.loads((ROOT / "reflex.lock" / "package-lock.json").read_text())
    packages = [(name, about) for name, about in lock["packages"].items() if name]
    assert all("resolved" not in about for _, about in packages)
    assert {name for name, about in packages if "integrity" not in about} == set()
