"""Tables and rules, a noun a file. No I/O and no settings here; time is an argument.

Importing this package registers every table on `SQLModel.metadata`.
"""

from marketingos.domain.account import Account, ProductAccount
from marketingos.domain.audit import AuditEntry, Heartbeat, Mark
from marketingos.domain.checked import OpenedLink, SetAside
from marketingos.domain.consent import Consent
from marketingos.domain.cycle import CycleRun, KeptAnswer, Shortfall, Spend
from marketingos.domain.declaration import Declaration
from marketingos.domain.delivery import Attempt, Delivery
from marketingos.domain.media import Drawing, Media
from marketingos.domain.pause import Pause
from marketingos.domain.performance import Reading
from marketingos.domain.post import Post, Revision, Variant, VariantMedia
from marketingos.domain.product import Fact, Product, Sketch
from marketingos.domain.proposal import Proposal
from marketingos.domain.receipt import Receipt
from marketingos.domain.rule import Rule, RuleUse
from marketingos.domain.slot import Slot
from marketingos.domain.user import LoginAttempt, LoginSession, LoginTicket, User

TABLES = (
    Account,
    Attempt,
    AuditEntry,
    Consent,
    CycleRun,
    Declaration,
    Delivery,
    Drawing,
    Fact,
    Heartbeat,
    KeptAnswer,
    LoginAttempt,
    LoginSession,
    LoginTicket,
    Mark,
    Media,
    OpenedLink,
    Pause,
    Post,
    Product,
    ProductAccount,
    Proposal,
    Reading,
    Receipt,
    Revision,
    Rule,
    RuleUse,
    SetAside,
    Shortfall,
    Sketch,
    Slot,
    Spend,
    User,
    Variant,
    VariantMedia,
)
