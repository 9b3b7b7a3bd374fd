"""A post as its platform shows it, and the same card with its text being edited.

Colours and measures of the platforms are in `assets/previews.css`. Nothing is invented: no likes, no comments.
"""

from dataclasses import dataclass
from typing import Any

import reflex as rx

from marketingos.domain.platform import Platform
from marketingos.ui.components.buttons import button, icon
from marketingos.ui.components.fields import counter, field_error, grouped
from marketingos.ui.components.status import platform_name, product_mark
from marketingos.ui.words import t


class PostText(rx.Component):
    """`assets/post_text.js` as a component."""

    library = "$/public/post_text.js"
    tag = "PostText"
    is_default = True

    text: rx.Var[str]
    cut: rx.Var[int]
    more: rx.Var[str]
    author: rx.Var[str]
    ellipsis: rx.Var[str]


@dataclass(frozen=True, kw_only=True)
class Card:
    """What a preview needs, all Vars: `kind` is `image`, `video`, `document` or `text`; `title` and `pages` are a
    document's, `poster` stands for what is not drawn; `cut` where the feed folds the text;
    `files` are `MediaView`s when there may be several."""

    name: Any
    handle: Any
    text: Any
    cut: Any
    mark: Any
    ground: Any
    media_url: Any = ""
    poster: Any = ""
    width: Any = 4
    height: Any = 5
    kind: Any = "image"
    alt: Any = ""
    followers: Any = None
    link_domain: Any = ""
    link_title: Any = ""
    files: Any = None
    title: Any = ""
    pages: Any = None


@dataclass(frozen=True, kw_only=True)
class Editor:
    """Editing inside the card. `open` says whether; `text` is what the field starts with, `length` what is in it now.

    `on_change(text)` is called as it is typed (debounced), `on_save({"text": ...})` with all of it, `on_cancel()`.
    """

    open: Any
    text: Any
    draft: Any
    length: Any
    limit: Any
    cut: Any
    on_change: Any
    on_save: Any
    on_cancel: Any
    busy: Any = False
    error: Any = ""
    asks_again: bool = True


def card_of(variant: Any, product: Any) -> Card:
    """The card of a `VariantView` Var and its `ProductView` Var."""
    media = variant.media[0]
    return Card(
        name=rx.cond(variant.account, variant.account.name, product.name),
        handle=rx.cond(variant.account, variant.account.handle, product.name),
        followers=variant.account.followers,
        text=variant.text,
        cut=variant.cut,
        mark=product.mark,
        ground=product.palette[0],
        media_url=rx.cond(variant.media.length() > 0, media.url, ""),
        width=media.width,
        height=media.height,
        kind=rx.cond(variant.format == "text", "text", media.kind),
        files=variant.media,
        poster=rx.cond(media.kind == "document", media.thumbnail_url, ""),
        title=variant.title,
        pages=media.pages,
        alt=rx.cond(media.alt_text != "", media.alt_text, variant.alt_text),
        link_domain=rx.cond(variant.media.length() > 0, "", _domain(variant.link_url)),
        link_title=product.name,
    )


def preview(platform: rx.Var[str] | str, card: Card, *, editor: Editor | None = None, look: Any = "") -> rx.Component:
    """The card of a platform. `look` is "" (as the theme), "light" or "dark"; with an `editor` its text can change."""
    drawn = {
        Platform.INSTAGRAM: _instagram,
        Platform.FACEBOOK: _facebook,
        Platform.LINKEDIN: _linkedin,
        Platform.TIKTOK: _tiktok,
    }
    if not isinstance(platform, rx.Var):
        return drawn[Platform(platform)](card, editor, look)
    cases = [(name.value, draw(card, editor, look)) for name, draw in drawn.items()]
    return rx.match(platform, *cases, rx.fragment())


def _instagram(card: Card, editor: Editor | None, look: Any) -> rx.Component:
    head = rx.el.div(
        rx.el.span(_avatar(card, 32), class_name="pv-ring"),
        rx.el.b(card.handle, class_name="grow clip"),
        icon("ellipsis", 20),
        class_name="pv-head",
    )
    actions = rx.el.div(
        icon("heart", 24),
        icon("message-circle", 24),
        icon("repeat-2", 24),
        icon("send", 24),
        rx.el.span(class_name="grow"),
        icon("bookmark", 24),
        class_name="pv-actions",
        aria_hidden="true",
    )
    text = _text(Platform.INSTAGRAM, card, editor, t("preview.more"), author=card.handle)
    return _frame(
        "instagram",
        editor,
        look,
        head,
        _media(card),
        actions,
        text,
        _after(editor, rx.el.p(t("preview.minute_ago"), class_name="pv-age")),
    )


def _facebook(card: Card, editor: Editor | None, look: Any) -> rx.Component:
    head = rx.el.div(
        _avatar(card, 40),
        _who(card.name, rx.fragment(t("preview.just_now"), " · ", icon("globe", 12))),
        icon("ellipsis", 20),
        icon("x", 20),
        class_name="pv-head",
    )
    text = _text(Platform.FACEBOOK, card, editor, t("preview.see_more"))
    bar = (("thumbs-up", "preview.like"), ("message-circle", "preview.comment"), ("forward", "preview.share"))
    return _frame("facebook", editor, look, head, text, _media(card), _link(card), _bar(*bar))


def _linkedin(card: Card, editor: Editor | None, look: Any) -> rx.Component:
    followers = rx.cond(card.followers, rx.el.div(_followers(card.followers), class_name="clip"))
    head = rx.el.div(
        _avatar(card, 48, "square"),
        _who(card.name, followers, rx.el.div(t("preview.now"), " · ", icon("globe", 12), class_name="row gap-1")),
        rx.el.span(icon("plus", 16), t("preview.follow"), class_name="pv-follow"),
        class_name="pv-head",
    )
    text = _text(Platform.LINKEDIN, card, editor, t("preview.more"), ellipsis="…")
    bar = (
        ("thumbs-up", "preview.recommend"),
        ("message-square-text", "preview.comment"),
        ("repeat-2", "preview.repost"),
        ("send", "preview.send"),
    )
    return _frame("linkedin", editor, look, head, text, _media(card), _link(card), _bar(*bar))


def _tiktok(card: Card, editor: Editor | None, look: Any) -> rx.Component:
    column = rx.el.div(
        rx.el.span(_avatar(card, 40), rx.el.i(icon("plus", 12), class_name="pv-plus"), class_name="pv-face"),
        *(
            rx.el.span(icon(name, 28, fill="currentColor"), "0")
            for name in ("heart", "message-circle", "bookmark", "forward")
        ),
        class_name="pv-column",
        aria_hidden="true",
    )
    foot = rx.el.div(
        rx.el.b(card.handle),
        PostText.create(text=card.text, cut=card.cut, more=t("preview.more")),
        rx.el.div(icon("music-2", 14), t("preview.original_sound"), " · ", card.name, class_name="row gap-1 clip"),
        class_name="pv-foot",
    )
    tabs = rx.el.div(
        rx.el.span(t("preview.following")), rx.el.b(t("preview.for_you")), class_name="pv-feeds", aria_hidden="true"
    )
    stage = rx.el.div(
        _media(card), tabs, column, foot, rx.el.i(class_name="pv-progress"), class_name="pv-stage", data_tap=""
    )
    edited = rx.fragment() if editor is None else rx.cond(editor.open, _field(Platform.TIKTOK, editor), rx.fragment())
    return _frame("tiktok", editor, look, edited, stage)


def _frame(platform: str, editor: Editor | None, look: Any, *parts: rx.Component) -> rx.Component:
    editing = False if editor is None else editor.open
    return rx.el.article(
        *parts,
        class_name="pv",
        data_p=platform,
        data_look=look,
        data_editing=editing,
        aria_label=platform_name(platform),
    )


def _text(platform: Platform, card: Card, editor: Editor | None, more: Any, **props: Any) -> rx.Component:
    shown = PostText.create(text=card.text, cut=card.cut, more=more, **props)
    return shown if editor is None else rx.cond(editor.open, _field(platform, editor), shown)


def _after(editor: Editor | None, part: rx.Component) -> rx.Component:
    return part if editor is None else rx.cond(editor.open, rx.fragment(), part)


def _field(platform: Platform, editor: Editor) -> rx.Component:
    """The text as a field of the same width and letter, the fold marked, the count as the platform counts."""
    label = t("preview.text", platform=platform_name(platform))
    area = rx.el.textarea(
        id=f"text-{platform.value}",
        name="text",
        default_value=editor.text,
        on_change=editor.on_change.debounce(120),
        aria_label=label,
        auto_focus=True,
        spell_check=True,
        class_name="pv-area",
    )
    return rx.el.form(
        rx.el.div(_mirror(editor), area, class_name="pv-field"),
        rx.el.div(
            counter(editor.length, editor.limit),
            rx.cond(
                editor.length > editor.cut, rx.el.p(t("preview.cut", n=grouped(editor.cut)), class_name="pv-legend")
            ),
            rx.cond(editor.error != "", field_error(editor.error)),
            _save_row(editor),
            class_name="pv-tools",
        ),
        on_submit=editor.on_save,
        class_name="pv-editor",
        data_editor="",
    )


def _mirror(editor: Editor) -> rx.Component:
    """The same text behind the field, unseen: it gives the field its height and the fold its place."""
    draft = rx.Var.create(editor.draft).to(str)
    fold = rx.cond(editor.length > editor.cut, rx.el.span(class_name="pv-fold"))
    head = rx.Var(f"({draft!s} ?? '').slice(0, {editor.cut!s})", _var_data=draft._get_all_var_data())
    tail = rx.Var(f"({draft!s} ?? '').slice({editor.cut!s}) + '\\n'", _var_data=draft._get_all_var_data())
    return rx.el.div(rx.el.span(head), fold, rx.el.span(tail), class_name="pv-mirror", aria_hidden="true")


def _save_row(editor: Editor) -> rx.Component:
    too_long = editor.length > editor.limit
    again = (
        [rx.el.p(t("preview.needs_approval"), class_name="faint t-12 grow")]
        if editor.asks_again
        else [rx.el.span(class_name="grow")]
    )
    return rx.el.div(
        *again,
        button(t("action.cancel"), variant="quiet", key_hint="Esc", hint_shown=False, on_click=editor.on_cancel),
        button(
            t("action.save"),
            variant="primary",
            type="submit",
            disabled=too_long,
            busy=editor.busy,
            busy_label=t("action.saving"),
        ),
        class_name="row",
    )


def _media(card: Card) -> rx.Component:
    ratio = {"aspectRatio": rx.Var.create(card.width).to_string() + " / " + rx.Var.create(card.height).to_string()}
    picture = rx.el.img(src=card.media_url, alt=card.alt, class_name="pv-media", style=ratio, decoding="async")
    film = rx.el.video(
        src=card.media_url,
        poster=card.poster,
        class_name="pv-media",
        style=ratio,
        plays_inline=True,
        loop=True,
        muted=True,
        preload="metadata",
    )
    missing = rx.el.div(icon("image-off", 24), t("preview.no_media"), class_name="pv-missing")
    single = rx.match(card.kind, ("video", film), ("document", _paper(card)), picture)
    if card.files is not None:
        single = rx.cond(card.files.length() > 1, _several(card), single)
    shown = rx.cond(card.media_url != "", single, missing)
    return rx.cond(card.kind == "text", rx.fragment(), shown)


def _paper(card: Card) -> rx.Component:
    """A document as it lies in the feed: its title above its pages, of which none is drawn here."""
    pages = rx.cond(card.pages, rx.el.span(t("preview.pages", n=card.pages), class_name="pv-pages"))
    return rx.el.div(
        rx.el.div(rx.el.b(card.title, class_name="clip"), pages, class_name="pv-paper-head"),
        rx.el.img(src=card.poster, alt="", width=176, height=208, class_name="pv-sheet", decoding="async"),
        class_name="pv-paper",
    )


def _several(card: Card) -> rx.Component:
    """One beside the other, to be swiped or laid out as the platform does."""
    count = rx.Var.create(card.files.length()).to_string()
    strip = rx.el.div(
        rx.foreach(card.files, lambda file: _one_of(file, card)), class_name="pv-strip", tab_index=0, role="group"
    )
    return rx.el.div(strip, class_name="pv-many", data_n=count)


def _one_of(file: Any, card: Card) -> rx.Component:
    ratio = {"aspectRatio": file.width.to_string() + " / " + file.height.to_string()}
    words = rx.cond(file.alt_text != "", file.alt_text, card.alt)
    picture = rx.el.img(src=file.url, alt=words, class_name="pv-media", style=ratio, decoding="async", loading="lazy")
    film = rx.el.video(
        src=file.url, class_name="pv-media", style=ratio, plays_inline=True, muted=True, preload="metadata"
    )
    return rx.cond(file.kind == "video", film, picture)


def _link(card: Card) -> rx.Component:
    return rx.cond(
        card.link_domain != "",
        rx.el.div(rx.el.span(card.link_domain, class_name="pv-domain"), rx.el.b(card.link_title), class_name="pv-card"),
    )


def _avatar(card: Card, size: int, shape: str = "round") -> rx.Component:
    return product_mark(card.mark, card.ground, size, shape=shape)


def _who(name: Any, *lines: Any) -> rx.Component:
    return rx.el.div(rx.el.b(name, class_name="clip"), rx.el.div(*lines, class_name="pv-sub"), class_name="pv-who grow")


def _followers(count: Any) -> rx.Var[str]:
    return t("preview.followers", n=count, count=grouped(count))


def _bar(*actions: tuple[str, str]) -> rx.Component:
    return rx.el.div(
        *(rx.el.span(icon(name, 20), t(key)) for name, key in actions), class_name="pv-bar", aria_hidden="true"
    )


def _domain(url: Any) -> rx.Var[str]:
    return rx.Var(
        f"(({url!s} ?? '').split('/')[2] ?? '')", _var_type=str, _var_data=url._get_all_var_data()
    ).guess_type()
