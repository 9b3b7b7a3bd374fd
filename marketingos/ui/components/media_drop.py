"""A button that sends files to a post, with its progress; files may be dropped on it too."""

from typing import Any

import reflex as rx

from marketingos.domain.media import FILM_LIMIT
from marketingos.ui.components.buttons import icon
from marketingos.ui.words import t


class MediaDrop(rx.Component):
    """`assets/media_drop.js` as a component. `platforms` are words with blanks between; with `replace` the first file
    takes the place of what is there."""

    library = "$/public/media_drop.js"
    tag = "MediaDrop"
    is_default = True

    post: rx.Var[int]
    platforms: rx.Var[str]
    replace: rx.Var[bool]
    many: rx.Var[bool]
    most: rx.Var[int]
    words: rx.Var[dict[str, str]]
    icons: rx.Var[Any]
    on_done: rx.EventHandler[rx.event.passthrough_event_spec(str)]
    on_failed: rx.EventHandler[rx.event.passthrough_event_spec(str)]


def media_drop(
    label: Any, icon_name: str, *, post: Any, platforms: Any, replace: bool, many: Any, on_done: Any, on_failed: Any
) -> rx.Component:
    """`on_done` gets what some platform would not take, in a sentence, or ""; `on_failed` why nothing was taken."""
    words = {
        "label": label,
        "busy": t("post.media.uploading"),
        "stop": t("post.media.stop"),
        "lost": t("post.media.lost"),
        "tooLarge": t("media.too_large", most=FILM_LIMIT // 1_000_000),
    }
    return MediaDrop.create(
        post=post,
        platforms=platforms,
        replace=replace,
        many=many,
        most=FILM_LIMIT,
        words=rx.Var.create(words),
        icons=icon(icon_name, 14),
        on_done=on_done,
        on_failed=on_failed,
    )
