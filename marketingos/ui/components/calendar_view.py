"""The calendar grid: FullCalendar with our chip. Everything around it (title, filters, panel) is the page's."""

from typing import Any, TypedDict

import reflex as rx
from reflex_components_lucide.icon import LUCIDE_LIBRARY

from marketingos.ui.theme import PLATFORM_NAMES, STATUS
from marketingos.ui.words import Language, t

_FULLCALENDAR = "@fullcalendar/react@7.1.4"


class Entry(TypedDict, total=False):
    """One thing in the calendar, ready for the browser.

    `kind` is `post`, `free` (a slot nobody fills) or `best` (a band behind, with its own `end`). `start` and `end` are
    ISO instants with offset; `time` is what the chip says (`18:30`), `lead` how the post begins. `cause`
    replaces the title on a post that needs a hand. `passed` marks a free slot that is over.
    """

    id: str
    kind: str
    start: str
    end: str
    time: str
    title: str
    lead: str
    status: str
    product: str
    thumb: str
    platforms: list[str]
    cause: str
    movable: bool
    passed: bool


def _id(entry: rx.Var[str]) -> tuple[rx.Var[str]]:
    return (entry,)


def _move(entry: rx.Var[str], start: rx.Var[str]) -> tuple[rx.Var[str], rx.Var[str]]:
    return (entry, start)


def _shift(entry: rx.Var[str], days: rx.Var[int]) -> tuple[rx.Var[str], rx.Var[int]]:
    return (entry, days)


def _range(start: rx.Var[str], end: rx.Var[str], view: rx.Var[str]) -> tuple[rx.Var[str], rx.Var[str], rx.Var[str]]:
    return (start, end, view)


def _narrow(narrow: rx.Var[bool]) -> tuple[rx.Var[bool]]:
    return (narrow,)


class PostCalendar(rx.Component):
    """`assets/calendar.js` as a component."""

    library = "$/public/calendar.js"
    tag = "PostCalendar"
    is_default = True
    lib_dependencies: list[str] = [_FULLCALENDAR, "temporal-polyfill@1.0.7", LUCIDE_LIBRARY]  # noqa: RUF012

    events: rx.Var[Any]
    revision: rx.Var[int]
    view: rx.Var[str]
    span: rx.Var[int]
    date: rx.Var[str]
    now: rx.Var[str]
    time_zone: rx.Var[str]
    locale: rx.Var[str]
    selected: rx.Var[str]
    words: rx.Var[dict[str, Any]]

    on_open: rx.EventHandler[_id]
    on_free: rx.EventHandler[_id]
    on_move: rx.EventHandler[_move]
    on_shift: rx.EventHandler[_shift]
    on_refused: rx.EventHandler[rx.event.no_args_event_spec]
    on_range: rx.EventHandler[_range]
    on_narrow: rx.EventHandler[_narrow]


def calendar_view(
    *,
    events: rx.Var[list[Entry]],
    view: rx.Var[str],
    date: rx.Var[str],
    time_zone: rx.Var[str] | str,
    span: rx.Var[int] | int = 7,
    selected: rx.Var[str] | str = "",
    revision: rx.Var[int] | int = 0,
    now: rx.Var[str] | str = "",
    **handlers: Any,
) -> rx.Component:
    """The grid, filling its place.

    `view` is `month`, `week` or `day`; `date` any day within it (ISO); a week draws `span` days, 7 or 3. Raise
    `revision` to put a refused move back. `now` (ISO) sets the clock when it is not the browser's. Handlers:
    `on_open(id)`, `on_free(id)`, `on_move(id, start)` with the new start as an ISO instant in UTC, `on_shift(id, days)`
    from the keyboard, `on_refused()` when a post was let go over the past, `on_range(start, end, view)` when another
    window is shown, `on_narrow(bool)` when there is no room for seven days, or there is again.
    """
    grid = PostCalendar.create(
        events=events,
        view=view,
        span=span,
        date=date,
        time_zone=time_zone,
        selected=selected,
        revision=revision,
        now=now,
        locale=Language.code,
        words=_words(),
        **handlers,
    )
    return rx.el.div(grid, class_name="calendar-place", role="region", aria_label=t("calendar.label"))


def _words() -> dict[str, Any]:
    return {
        "status": {code: t(f"status.{code}") for code in STATUS},
        "platforms": dict(PLATFORM_NAMES),
        "more": t("calendar.more", n="{n}"),
        "today": t("calendar.today_mark"),
        "free": t("calendar.free"),
        "passed": t("calendar.passed"),
        "gone": t("calendar.gone"),
    }
