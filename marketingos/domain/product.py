"""A product of the organisation: who it is for, how it speaks, what may be claimed about it."""

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict
from sqlmodel import Field, Relationship, SQLModel

from marketingos.domain.columns import RELATED, Embedded


class Voice(BaseModel):
    """How the product speaks."""

    model_config = ConfigDict(frozen=True)

    tone: str = ""
    do: tuple[str, ...] = ()
    dont: tuple[str, ...] = ()
    banned_words: tuple[str, ...] = ()


class Template(BaseModel):
    """What its posts are made of. `palette` holds hex colours, ground first, accent last; `mark` is a lucide icon."""

    model_config = ConfigDict(frozen=True)

    hooks: tuple[str, ...] = ()
    hashtags: tuple[str, ...] = ()
    calls_to_action: tuple[str, ...] = ()
    visual_style: str = ""
    palette: tuple[str, ...] = ("#1E1C19", "#F6F4F0", "#4A45CF")
    mark: str = "package"


class Product(SQLModel, table=True):
    """A product; `late_after_minutes` is how late a post may still go out without asking. `ai_budget_month` is the euro
    that AI may cost it in a month; None: only the organisation's caps count."""

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True, max_length=80)
    external_id: str | None = Field(default=None, unique=True, max_length=120)
    description: str = ""
    audience: str = ""
    usp: str = ""
    website: str = ""
    language: str = Field(default="es", max_length=8)
    timezone: str = Field(default="Europe/Madrid", max_length=64)
    voice: Voice = Field(default_factory=Voice, sa_type=Embedded(Voice))
    template: Template = Field(default_factory=Template, sa_type=Embedded(Template))
    active: bool = Field(default=False, index=True)
    late_after_minutes: int = 120
    ai_budget_month: float | None = None
    created_at: datetime
    archived_at: datetime | None = None

    facts: list["Fact"] = Relationship(sa_relationship_kwargs={**RELATED, "order_by": "Fact.id"})


class Fact(SQLModel, table=True):
    """Something that may be claimed; the writer names it by `code` (`F1`)."""

    id: int | None = Field(default=None, primary_key=True)
    product_id: int = Field(foreign_key="product.id", index=True, ondelete="CASCADE")
    code: str = Field(max_length=8)
    claim: str
    valid_until: date | None = None
