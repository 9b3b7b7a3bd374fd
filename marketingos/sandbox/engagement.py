"""How followers react: a hidden, deterministic model of reach and engagement over time.

A post's final audience is decided at birth by the account, the text, the media, the hour and chance (seeded by
the post's id); `counts` says how much of it has come by a given moment. Every count only grows. The first views
come within seconds, half of all after the platform's half-life, and the tail takes days.

Half-lives follow published medians (Graffius 2024-2026): Facebook 81 min, Instagram 20 h, LinkedIn 24 h; TikTok's
feed keeps testing a video for a day, so its half-life is set to 9 h.
"""

import hashlib
import math
import random
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from marketingos.sandbox.ledger import Ledger
from marketingos.sandbox.rows import Comment, Post

_ZONE = ZoneInfo("Europe/Madrid")
_HALF_LIFE = {"facebook": 81 * 60.0, "instagram": 20 * 3_600.0, "linkedin": 24 * 3_600.0, "tiktok": 9 * 3_600.0}
_REACH = {"facebook": 0.16, "instagram": 0.34, "linkedin": 0.55, "tiktok": 1.7}
"""Views per follower of an ordinary post."""

_RATES = {
    "facebook": {"likes": 0.034, "comments": 0.006, "shares": 0.005, "saves": 0.0, "clicks": 0.021, "follows": 0.001},
    "instagram": {"likes": 0.056, "comments": 0.007, "shares": 0.009, "saves": 0.013, "clicks": 0.008,
                  "follows": 0.003},
    "linkedin": {"likes": 0.026, "comments": 0.005, "shares": 0.003, "saves": 0.0, "clicks": 0.037,
                 "follows": 0.002},
    "tiktok": {"likes": 0.061, "comments": 0.005, "shares": 0.007, "saves": 0.006, "clicks": 0.0, "follows": 0.003},
}  # fmt: skip
_BEST_LENGTH = {"facebook": (40, 220), "instagram": (120, 450), "linkedin": (400, 1_300), "tiktok": (20, 150)}
_BEST_HASHTAGS = {"facebook": (0, 2), "instagram": (3, 5), "linkedin": (2, 4), "tiktok": (3, 5)}
_BEST_HOURS = {"facebook": (13, 20), "instagram": (14, 21), "linkedin": (9, 13), "tiktok": (15, 22)}


@dataclass(frozen=True, kw_only=True)
class Counts:
    """What a post has gathered up to a moment. `reach` is distinct people; `likes` is every kind of reaction."""

    views: int
    reach: int
    likes: int
    comments: int
    shares: int
    saves: int
    clicks: int
    follows: int


def counts(post: Post, now: float) -> Counts:
    """The post's counts at `now` (Unix seconds); all zero before it is visible. Never falls as `now` grows."""
    if not post.visible(now):
        return Counts(views=0, reach=0, likes=0, comments=0, shares=0, saves=0, clicks=0, follows=0)
    views = audience(post)
    seen = grown(post.platform, post.age(now))
    acted = grown(post.platform, post.age(now) * 0.8)
    rates = {name: rate * _chance(post, name, 0.25) for name, rate in _RATES[post.platform].items()}
    actions = {name: int(views * rate * acted) for name, rate in rates.items()}
    return Counts(views=int(views * seen), reach=int(views * seen / (1.15 + _spread(post, "frequency") / 5)), **actions)


def comments(post: Post, now: float, ledger: Ledger) -> list[Comment]:
    """Everything people wrote under the post by `now`, oldest first: followers' words and stored ones.

    A follower's comment is written down the first time somebody reads it, so that it can be answered, hidden or
    deleted by its id. At most 200 are given words.
    """
    stored = {comment.id: comment for comment in ledger.comments(post.id)}
    fresh = [comment for comment in _followers_words(post, now) if comment.id not in stored]
    for comment in fresh:
        ledger.put_comment(comment)
    both = sorted([*stored.values(), *fresh], key=lambda comment: comment.created_at)
    return [comment for comment in both if not comment.deleted]


def comment_count(post: Post, now: float, ledger: Ledger) -> int:
    """The number a platform shows under the post: followers' comments and the account's own, deleted ones less."""
    stored = ledger.comments(post.id)
    own = sum(1 for comment in stored if comment.author == post.account and not comment.deleted)
    removed = sum(1 for comment in stored if comment.author != post.account and comment.deleted)
    return counts(post, now).comments + own - removed


def audience(post: Post) -> float:
    """How many views the post will have in the end: the hidden truth that a learner may try to find."""
    ordinary = 160 + post.followers * _REACH[post.platform]
    return ordinary * _wording(post) * _format(post) * _moment(post) * _chance(post, "audience", 0.32)


def grown(platform: str, age: float) -> float:
    """The share (0 to 1) of a final count that has come `age` seconds after publication."""
    burst = 1 - math.exp(-age / 45)
    slow = 1 - math.exp(-math.log(2) * (age / _HALF_LIFE[platform]) ** 0.62)
    return 0.05 * burst + 0.95 * slow


def _wording(post: Post) -> float:
    first = post.text.strip().partition("\n")[0]
    asks = 1.24 if "?" in first else 1.0
    counts_something = 1.08 if re.search(r"\d", first) else 1.0
    return asks * counts_something * _length(post) * _hashtags(post)


def _length(post: Post) -> float:
    low, high = _BEST_LENGTH[post.platform]
    size = max(1, len(post.text))
    if low <= size <= high:
        return 1.1
    return max(0.75, 1.1 - 0.16 * abs(math.log(size / (low if size < low else high))))


def _hashtags(post: Post) -> float:
    low, high = _BEST_HASHTAGS[post.platform]
    number = len(re.findall(r"#\w+", post.text))
    return max(0.78, 1.06 - 0.05 * max(low - number, number - high, 0))


def _format(post: Post) -> float:
    kinds = {medium.kind for medium in post.media}
    if "video" in kinds:
        return 1.25
    if "document" in kinds:
        return 1.3
    return 0.72 if not kinds else 1.0 if len(post.media) == 1 else 1.14


def _moment(post: Post) -> float:
    at = post.visible_at if post.visible_at is not None else post.created_at
    local = datetime.fromtimestamp(at, UTC).astimezone(_ZONE)
    start, end = _BEST_HOURS[post.platform]
    away = max(start - local.hour, local.hour - end, 0)
    weekend = 0.62 if post.platform == "linkedin" and local.weekday() >= 5 else 1.0
    return weekend * max(0.7, 1.16 - 0.06 * away)


def _spread(post: Post, purpose: str) -> float:
    """A number between 0 and 1 that belongs to the post and the purpose."""
    digest = hashlib.sha256(f"{post.id}:{purpose}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def _chance(post: Post, purpose: str, sigma: float) -> float:
    """Log-normal luck around 1."""
    return math.exp(random.Random(f"{post.id}:{purpose}").gauss(0, sigma))


_NAMES = (
    "Lucía Romero", "Javier Ortega", "Carmen Vidal", "Sergio Molina", "Ana Belén Castro", "David Gil",
    "Nuria Campos", "Álvaro Prieto", "Marina Solís", "Rubén Herrero", "Paula Serrano", "Iván Cabrera",
    "Elena Márquez", "Hugo Navarro", "Irene Pascual", "Óscar Benítez",
)  # fmt: skip
_WORDS = (
    "¿Cuánto cuesta al mes?", "Justo lo que necesitaba 🙌", "¿Tenéis prueba gratuita?",
    "Lo uso desde enero y encantado.",
    "¿Funciona también desde el móvil?", "Me pasa todas las semanas 😅", "Gran consejo, gracias.",
    "¿Se puede probar sin tarjeta?", "Compartido con mi socio 👏", "¿Cómo se empieza?", "Qué buena idea.",
    "Nosotros lo hacíamos en una libreta…", "¿Y si ya tengo otro programa?", "Muy claro, por fin alguien lo explica.",
    "¿Tenéis oficina en Valencia?", "Esto nos ahorró media hora al día.",
)  # fmt: skip


def _followers_words(post: Post, now: float) -> list[Comment]:
    number = counts(post, now).comments
    final = audience(post) * _RATES[post.platform]["comments"] * _chance(post, "comments", 0.25)
    chance = random.Random(f"{post.id}:words")
    made = []
    for index in range(min(number, 200)):
        author, word = chance.randrange(len(_NAMES)), chance.randrange(len(_WORDS))
        at = (post.visible_at or 0) + _age_at(post.platform, (index + 1) / final) / 0.8
        made.append(
            Comment(
                id=comment_id(post, index),
                post=post.id,
                author=str(100_000_000_000_000 + author * 7_919_311),
                name=_NAMES[author],
                text=_WORDS[word],
                created_at=at,
            )
        )
    return made


def comment_id(post: Post, index: int) -> str:
    """The id of a follower's comment, shaped as the platform shapes it."""
    number = int(_spread(post, f"comment:{index}") * 10**15)
    if post.platform == "facebook":
        return f"{post.id.partition('_')[2]}_{number:015d}"
    if post.platform == "linkedin":
        activity = post.facts.get("activity", post.id)
        return f"urn:li:comment:({activity},7{number:018d})"
    return f"17{number:015d}"


def _age_at(platform: str, share: float) -> float:
    low, high = 0.0, 60 * 86_400.0
    for _ in range(48):
        middle = (low + high) / 2
        low, high = (middle, high) if grown(platform, middle) < share else (low, middle)
    return high
