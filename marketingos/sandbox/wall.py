"""The wall: what followers would see, as one page for people, clearly marked as the sandbox."""

import re
from collections.abc import Sequence
from html import escape
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from marketingos.sandbox import engagement
from marketingos.sandbox.public import published
from marketingos.sandbox.rows import Account, Medium, Post
from marketingos.sandbox.twin import Twin

_PLATFORMS = {"instagram": "Instagram", "facebook": "Facebook", "tiktok": "TikTok", "linkedin": "LinkedIn"}
_ICONS = {
    "instagram": (
        "M7 2h10a5 5 0 0 1 5 5v10a5 5 0 0 1-5 5H7a5 5 0 0 1-5-5V7a5 5 0 0 1 5-5zm0 2a3 3 0 0 0-3 3v10a3 3 0 0 "
        "0 3 3h10a3 3 0 0 0 3-3V7a3 3 0 0 0-3-3zm5 3.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9zm0 2a2.5 2.5 0 1 0 "
        "0 5 2.5 2.5 0 0 0 0-5zM17.2 5.7a1.1 1.1 0 1 1 0 2.2 1.1 1.1 0 0 1 0-2.2z"
    ),
    "facebook": (
        "M13.5 22v-8.2h2.8l.5-3.4h-3.3V8.2c0-1 .4-1.7 1.8-1.7h1.6v-3c-.5-.1-1.5-.2-2.5-.2-2.7 0-4.4 1.6-4.4 "
        "4.5v2.6H7v3.4h3V22z"
    ),
    "tiktok": (
        "M16.5 2c.3 2.4 1.7 4 4 4.2v3.1c-1.5.1-2.8-.3-4-1.1v6.6c0 4.4-3.1 7.2-6.8 7.2-3.7 0-6.4-2.8-6.4-6.3 "
        "0-3.9 3.2-6.8 7.4-6.3v3.3c-2-.5-3.9.7-3.9 2.9 0 1.8 1.3 3 2.9 3 1.8 0 3.1-1.2 3.1-3.5V2z"
    ),
    "linkedin": (
        "M4.5 9H8v12H4.5zM6.2 3.5a2 2 0 1 1 0 4 2 2 0 0 1 0-4zM10 9h3.4v1.7c.6-1.1 1.9-2 3.7-2 3.3 0 3.9 2.1 "
        "3.9 5V21h-3.5v-6.5c0-1.5 0-2.8-1.8-2.8s-2.2 1.3-2.2 2.7V21H10z"
    ),
}
_AUDIENCES = {"friends": "Solo amigos", "followers": "Solo seguidores", "connections": "Solo contactos"}
_STYLE = Path(__file__).with_name("wall.css").read_text(encoding="utf-8")
_PER_COLUMN = 40


def routes(twin: Twin) -> list[BaseRoute]:
    """`/wall?brand=…`; `/wall?permalink=…` leads to one post."""

    async def wall(request: Request) -> Response:
        return HTMLResponse(page(twin, request.query_params.get("brand", ""), request.query_params.get("permalink")))

    return [Route("/wall", wall)]


def page(twin: Twin, brand: str = "", permalink: str | None = None) -> str:
    """The whole page as HTML. What only its owner may see (private, dark) is not on a wall."""
    posts = [p for p in published(twin, {"brand": brand}) if p.audience not in ("self", "dark")]
    columns = "".join(_column(twin, platform, [p for p in posts if p.platform == platform]) for platform in _PLATFORMS)
    chosen = next((p for p in posts if permalink and _same(p.permalink, permalink)), None)
    jump = f'<script>location.hash = "{_anchor(chosen)}"</script>' if chosen else ""
    return (
        '<!doctype html><html lang="es"><head><meta charset="utf-8"><title>Muro de pruebas</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">'
        f"<style>{_STYLE}</style></head><body>{_top(twin, brand)}<main>{columns}</main>{jump}</body></html>"
    )


def _same(one: str, other: str) -> bool:
    return urlsplit(one).path.rstrip("/") == urlsplit(other).path.rstrip("/")


def _anchor(post: Post) -> str:
    return "p" + re.sub(r"\W", "-", post.id)


def _top(twin: Twin, brand: str) -> str:
    brands = list(dict.fromkeys(account.brand for account in twin.ledger.accounts() if account.brand))
    links = [_filter("Todas", "", brand), *(_filter(name, name, brand) for name in brands[:12])]
    return (
        '<header class="top"><h1>Muro público</h1><span class="mark">Pruebas · sandbox</span>'
        "<p>Así lo verían tus seguidores. Nada de esto ha salido a internet.</p>"
        f'<nav aria-label="Marcas">{"".join(links)}</nav></header>'
    )


def _filter(label: str, value: str, current: str) -> str:
    mark = ' aria-current="page"' if value == current else ""
    query = f"?{urlencode({'brand': value})}" if value else "?"
    return f'<a href="{query}"{mark}>{escape(label)}</a>'


def _column(twin: Twin, platform: str, posts: Sequence[Post]) -> str:
    icon = f'<span class="tile"><svg viewBox="0 0 24 24" aria-hidden="true"><path d="{_ICONS[platform]}"/></svg></span>'
    cards = "".join(_card(twin, post) for post in posts[:_PER_COLUMN])
    empty = '<p class="empty">Todavía no hay nada publicado aquí. Cuando apruebes una publicación, aparecerá.</p>'
    head = f'<h2>{icon}{_PLATFORMS[platform]}<span class="number">{len(posts)}</span></h2>'
    return f'<section class="column {platform}">{head}{cards or empty}</section>'


def _card(twin: Twin, post: Post) -> str:
    account = twin.ledger.account(post.account)
    text = f'<div class="body">{_marked(post.text)}</div>' if post.text else ""
    title = f'<div class="title">{escape(post.title)}</div>' if post.title and post.kind != "document" else ""
    media = _media(post)
    parts = media + title + text if post.platform in ("instagram", "tiktok") else title + text + media
    story = " story" if post.kind in ("story", "stories") else ""
    return (
        f'<article class="post{story}" id="{_anchor(post)}">{_who(twin, post, account)}{parts}'
        f"{_counts(twin, post)}{_talk(twin, post)}</article>"
    )


def _who(twin: Twin, post: Post, account: Account | None) -> str:
    name = account.name if account else post.account
    shown = f"@{account.handle}" if account and post.platform in ("instagram", "tiktok") else name
    label = "Historia" if post.kind in ("story", "stories") else _AUDIENCES.get(post.audience, "")
    chip = f'<span class="chip">{label}</span>' if label else ""
    return (
        f'<div class="who"><img src="media/avatar/{escape(post.account)}" alt="">'
        f'<div><b>{escape(shown)}</b><a class="when" href="#{_anchor(post)}" title="{escape(post.permalink)}">'
        f"{_ago(post.age(twin.now()))}</a></div>{chip}</div>"
    )


def _ago(seconds: float) -> str:
    if seconds < 60:
        return "ahora mismo"
    if seconds < 3_600:
        return f"hace {int(seconds // 60)} min"
    if seconds < 86_400:
        return f"hace {int(seconds // 3_600)} h"
    days = int(seconds // 86_400)
    return "hace 1 día" if days == 1 else f"hace {days} días"


def _marked(text: str) -> str:
    return re.sub(r"(?<!\w)([#@]\w[\w.]*)", r"<i>\1</i>", escape(text, quote=False))


def _media(post: Post) -> str:
    if link := post.facts.get("link"):
        return _link(str(link), str(link))
    article = post.facts.get("content", {}).get("article") if post.platform == "linkedin" else None
    many = " many" if len(post.media) > 1 else ""
    shown = "".join(_medium(post, medium) for medium in post.media)
    shown = f'<div class="media{many}">{shown}</div>' if shown else ""
    return shown + _link(str(article["source"]), str(article["title"])) if article else shown


def _link(url: str, title: str) -> str:
    host = urlsplit(url).hostname or ""
    return f'<a class="card-link" href="{escape(url)}" rel="nofollow"><small>{escape(host)}</small>{escape(title)}</a>'


def _medium(post: Post, medium: Medium) -> str:
    url = f"media/{medium.sha256}"
    if medium.kind == "video":
        return f'<video src="{url}" controls muted loop playsinline preload="metadata"></video>'
    if medium.kind == "document":
        return f'<a class="file" href="{url}">{escape(post.title)}</a>'
    return (
        f'<img src="{url}" alt="{escape(medium.alt)}" loading="lazy" width="{medium.width}" height="{medium.height}">'
    )


def _counts(twin: Twin, post: Post) -> str:
    seen = engagement.counts(post, twin.now())
    comments = engagement.comment_count(post, twin.now(), twin.ledger)
    likes = ("reacción", "reacciones") if post.platform in ("facebook", "linkedin") else ("me gusta", "me gusta")
    views = ("reproducción", "reproducciones") if post.platform == "tiktok" else ("visualización", "visualizaciones")
    numbers = [
        (seen.likes, likes),
        (comments, ("comentario", "comentarios")),
        (seen.shares, ("compartido", "compartidos")),
        (seen.views, views),
    ]
    shown = "".join(f"<span><b>{_spanish(n)}</b> {words[n != 1]}</span>" for n, words in numbers)
    return f'<div class="counts">{shown}</div>'


def _spanish(number: int) -> str:
    """Thousands as Spanish groups them: none below 10 000."""
    return f"{number:,}".replace(",", ".") if number >= 10_000 else str(number)


def _talk(twin: Twin, post: Post) -> str:
    written = [c for c in engagement.comments(post, twin.now(), twin.ledger) if not c.hidden]
    own = [c for c in written if c.author == post.account][:1]
    chosen = own + [c for c in written if c not in own][-2:]
    items = "".join(f"<li><b>{escape(c.name)}</b>{_marked(c.text)}</li>" for c in chosen)
    return f'<ul class="talk">{items}</ul>' if items else ""
