"""A product of the organisation: who it is for, how it speaks, what may be claimed about it."""

from datetime import date, datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict
from sqlmodel import Field, Relationship, SQLModel

from marketingos.domain.columns import RELATED, Embedded, word

NAME_MAX = 80


class Voice(BaseModel):
    """How the product speaks. `competitors` are names that its posts never say; `contacts` the telephones, mail
    addresses and handles of its own that they may give."""

    model_config = ConfigDict(frozen=True)

    tone: str = ""
    do: tuple[str, ...] = ()
    dont: tuple[str, ...] = ()
    banned_words: tuple[str, ...] = ()
    competitors: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()


class Template(BaseModel):
    """What its posts are made of. `palette` holds hex colours, ground first, accent last; `mark` is a lucide icon;
    `logo` the name of a stored picture, or empty."""

    model_config = ConfigDict(frozen=True)

    hooks: tuple[str, ...] = ()
    hashtags: tuple[str, ...] = ()
    calls_to_action: tuple[str, ...] = ()
    visual_style: str = ""
    palette: tuple[str, ...] = ("#1E1C19", "#F6F4F0", "#4A45CF")
    mark: str = "package"
    logo: str = ""


class FactKind(StrEnum):
    """What a fact is about. Prices and figures are the ones that age."""

    FEATURE = "feature"
    OFFER = "offer"
    PRICE = "price"
    FIGURE = "figure"


class Product(SQLModel, table=True):
    """A product; `late_after_minutes` is how late a post may still go out without asking. `ai_budget_month` is the euro
    that AI may cost it in a month; None: only the organisation's caps count. `posts_per_week` caps what is planned;
    None: as many as there are slots. `country` (ISO 3166, two letters) is whose national holidays count; empty: that of
    its zone. `version` counts saves, so that no save undoes another unseen."""

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True, max_length=NAME_MAX)
    external_id: str | None = Field(default=None, unique=True, max_length=120)
    description: str = ""
    audience: str = ""
    usp: str = ""
    website: str = ""
    language: str = Field(default="es", max_length=8)
    timezone: str = Field(default="Europe/Madrid", max_length=64)
    country: str = Field(default="", max_length=2)
    voice: Voice = Field(default_factory=Voice, sa_type=Embedded(Voice))
    template: Template = Field(default_factory=Template, sa_type=Embedded(Template))
    active: bool = Field(default=False, index=True)
    posts_per_week: int | None = None
    late_after_minutes: int = 120
    ai_budget_month: float | None = None
    version: int = 1
    created_at: datetime
    archived_at: datetime | None = None

    facts: list["Fact"] = Relationship(sa_relationship_kwargs={**RELATED, "order_by": "Fact.id"})


class Fact(SQLModel, table=True):
    """Something that may be claimed; the writer names it by `code` (`F1`). `source` is where it can be looked up."""

    id: int | None = Field(default=None, primary_key=True)
    product_id: int = Field(foreign_key="product.id", index=True, ondelete="CASCADE")
    code: str = Field(max_length=8)
    kind: FactKind = Field(default=FactKind.FEATURE, sa_type=word(FactKind))
    claim: str
    source: str = ""
    valid_until: date | None = None


class Sketch(SQLModel, table=True):
    """A first voice and template that a new product still lacks; gone once it is drawn. While `lease_until` lies ahead,
    one process is at it; `error_key` is why the last try failed."""

    product_id: int = Field(foreign_key="product.id", primary_key=True, ondelete="CASCADE")
    activate: bool = False
    tries: int = 0
    due_at: datetime
    lease_until: datetime | None = None
    error_key: str | None = Field(default=None, max_length=80)
