"""Controls with a memory of their own in the browser: a list of words, a file, and the tabs of a long form."""

from collections.abc import Sequence
from typing import Any

import reflex as rx

from marketingos.ui.components.buttons import icon
from marketingos.ui.words import t


def _words(values: rx.Var[list[str]]) -> tuple[rx.Var[list[str]]]:
    return (values,)


class TagField(rx.Component):
    """`assets/tag_field.js` as a component."""

    library = "$/public/tag_field.js"
    tag = "TagField"
    is_default = True

    values: rx.Var[list[str]]
    placeholder: rx.Var[str]
    remove: rx.Var[str]
    invalid: rx.Var[bool]
    locked: rx.Var[bool]
    on_change: rx.EventHandler[_words]


class FilePick(rx.Component):
    """`assets/file_pick.js` as a component."""

    library = "$/public/file_pick.js"
    tag = "FilePick"
    is_default = True

    address: rx.Var[str]
    accept: rx.Var[str]
    most: rx.Var[int]
    words: rx.Var[dict[str, str]]
    icons: rx.Var[Any]
    size: rx.Var[str]
    on_taken: rx.EventHandler[rx.event.passthrough_event_spec(str)]
    on_failed: rx.EventHandler[rx.event.passthrough_event_spec(str)]


class Anchors(rx.Component):
    """`assets/anchors.js` as a component."""

    library = "$/public/anchors.js"
    tag = "Anchors"
    is_default = True

    ids: rx.Var[list[str]]
    words: rx.Var[list[str]]
    label: rx.Var[str]
    form: rx.Var[int]


def tag_field(
    control_id: str, values: Any, on_change: Any, *, invalid: Any = False, locked: Any = False
) -> rx.Component:
    """A list of short words; `on_change` gets the whole list."""
    return TagField.create(
        id=control_id,
        values=values,
        placeholder=t("field.add"),
        remove=t("field.remove"),
        invalid=invalid,
        locked=locked,
        on_change=on_change,
    )


def file_pick(
    label: Any,
    icon_name: str,
    *,
    accept: str,
    most: int,
    too_large: Any,
    on_taken: Any,
    on_failed: Any,
    address: str = "",
    size: str = "md",
) -> rx.Component:
    """A button that takes a file. With an `address` it is sent there and `on_taken` gets the JSON of the answer, else
    its text; `on_failed` gets a sentence. `most` is bytes."""
    words = {"label": label, "busy": t("field.sending"), "lost": t("field.lost"), "tooLarge": too_large}
    return FilePick.create(
        address=address,
        accept=accept,
        most=most,
        words=rx.Var.create(words),
        icons=icon(icon_name, 16),
        size=size,
        on_taken=on_taken,
        on_failed=on_failed,
    )


def anchors(parts: Sequence[tuple[str, Any]], *, label: Any, form: Any = 0) -> rx.Component:
    """Tabs that scroll to the parts (element id, word) of a long form; another `form` is looked at anew."""
    ids, words = zip(*parts, strict=True)
    return Anchors.create(ids=list(ids), words=rx.Var.create(list(words)), label=label, form=form)
