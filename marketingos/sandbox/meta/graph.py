"""The graph itself: which kinds of node there are, their fields and edges, and who may see them.

The other meta_* modules fill two tables with decorators: `@reads(kind, field)` and `@edge(kind, method, name)`.
"""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from marketingos.sandbox import engagement
from marketingos.sandbox.meta.wire import ABSENT, Call, FieldSpec, GraphError, Node, unknown_object
from marketingos.sandbox.rows import Post

Handler = Callable[[Call, Node], Awaitable[Any]]
Reader = Callable[[Call, Node, FieldSpec], Any]

EDGES: dict[tuple[str, str, str], Handler] = {}
FIELDS: dict[str, dict[str, Reader]] = {}
DEFAULTS: dict[str, tuple[str, ...]] = {
    "user": ("id", "name"),
    "page": ("id", "name"),
    "instagram": ("id",),
    "page_post": ("id", "created_time", "message"),
    "photo": ("id", "created_time", "name"),
    "video": ("id", "updated_time", "description"),
    "page_comment": ("id", "created_time", "from", "message"),
    "media": ("id",),
    "container": ("id",),
    "media_comment": ("id", "timestamp", "text"),
}
_TYPE_NAMES = {
    "user": "User", "page": "Page", "instagram": "ShadowIGUser", "page_post": "PagePost", "photo": "Photo",
    "video": "Video", "page_comment": "Comment", "media": "ShadowIGMedia", "container": "ShadowIGMediaBuilder",
    "media_comment": "ShadowIGMediaComment",
}  # fmt: skip
_VERBS = {"GET": "get", "POST": "post", "DELETE": "delete"}


def edge(kind: str, method: str, name: str = "") -> Callable[[Handler], Handler]:
    """Register the handler of `method /{node}/{name}`; an empty name is the node itself."""

    def register(handler: Handler) -> Handler:
        EDGES[kind, method, name] = handler
        return handler

    return register


def reads(kind: str, *names: str) -> Callable[[Reader], Reader]:
    """Register how fields of a node kind are read."""

    def register(reader: Reader) -> Reader:
        FIELDS.setdefault(kind, {}).update(dict.fromkeys(names, reader))
        return reader

    return register


def find(call: Call, node_id: str) -> Node:
    """The node of an id, as far as the token may see it; otherwise code 100, subcode 33."""
    ledger = call.twin.ledger
    if node_id == "me":
        node_id = call.actor.subject
    node: Node | None = None
    if account := ledger.account(node_id):
        node = Node(account.kind, node_id, account) if account.platform in ("facebook", "instagram") else None
    elif post := ledger.post(node_id):
        node = _post_node(call, post)
    elif asset := ledger.asset(node_id):
        node = Node(asset.kind, node_id, asset) if asset.kind in DEFAULTS else None
    elif (comment := ledger.comment(node_id)) and not comment.deleted and (post := ledger.post(comment.post)):
        node = Node("page_comment" if post.platform == "facebook" else "media_comment", node_id, comment)
    if node is None or not _may_see(call, node):
        raise unknown_object(node_id, _VERBS.get(call.method, "get"))
    return node


def post_node(post: Post) -> Node:
    return Node("page_post" if post.platform == "facebook" else "media", post.id, post)


def _post_node(call: Call, post: Post) -> Node | None:
    gone = post.deleted_at is not None or post.platform not in ("facebook", "instagram")
    hidden = post.platform == "instagram" and not post.visible(call.now)
    return None if gone or hidden else post_node(post)


def page_behind(call: Call, node: Node) -> str:
    """The Page (or user) an object belongs to: Instagram accounts belong to the Page they are linked to."""
    ledger = call.twin.ledger
    owner = node.id
    if node.kind in ("page_comment", "media_comment"):
        post = ledger.post(node.comment.post)
        owner = post.account if post else ""
    elif node.kind in ("page_post", "media"):
        owner = node.post.account
    elif node.kind in ("photo", "video", "container"):
        owner = node.asset.owner
    account = ledger.account(owner)
    return account.parent or account.id if account else ""


def _may_see(call: Call, node: Node) -> bool:
    page = page_behind(call, node)
    return page in call.actor.grants or page == call.actor.subject


def need_page_token(call: Call, node: Node) -> None:
    """Pages are run with their own token, never with the person's (new Pages experience)."""
    if call.actor.kind != "page":
        message = "A Page access token is required for this call for the new Pages experience."
        raise GraphError(190, message, subcode=2069032)


async def dispatch(call: Call, node_id: str, name: str) -> Any:
    """Run one method on one node or edge and answer its JSON value."""
    node = find(call, node_id)
    handler = EDGES.get((node.kind, call.method, name))
    if handler is not None:
        answer = await handler(call, node)
    elif call.method == "GET" and not name:
        answer = await show(call, node)
    else:
        raise _no_such_edge(call, node, name)
    return answer


def _no_such_edge(call: Call, node: Node, name: str) -> GraphError:
    kind = _TYPE_NAMES[node.kind]
    if call.method == "GET" and name:
        return GraphError(100, f"(#100) Tried accessing nonexisting field ({name}) on node type ({kind})")
    return unknown_object(node.id, _VERBS.get(call.method, "get"))


async def show(call: Call, node: Node, specs: Iterable[FieldSpec] | None = None) -> dict[str, Any]:
    """The node with the requested fields; one unknown name fails the call."""
    answer: dict[str, Any] = {}
    for spec in specs if specs is not None else call.fields(DEFAULTS[node.kind]):
        value = await _field(call, node, spec)
        if value is not ABSENT:
            answer[spec.label] = value
    return answer | {"id": node.id}


async def _field(call: Call, node: Node, spec: FieldSpec) -> Any:
    if spec.name == "id":
        return node.id
    reader = FIELDS.get(node.kind, {}).get(spec.name)
    if reader is None:
        kind = _TYPE_NAMES[node.kind]
        raise GraphError(100, f"(#100) Tried accessing nonexisting field ({spec.name}) on node type ({kind})")
    value = reader(call, node, spec)
    return await value if isinstance(value, Awaitable) else value


async def show_all(call: Call, nodes: Iterable[Node], specs: Iterable[FieldSpec]) -> list[dict[str, Any]]:
    wanted = tuple(specs)
    return [await show(call, node, wanted) for node in nodes]


async def after_write(call: Call, answer: dict[str, Any], node: Node) -> dict[str, Any]:
    """`?fields=` on a POST reads the object just made; without it the plain answer stands."""
    return await show(call, node) if call.params.text("fields") else answer


def select(value: Any, specs: Iterable[FieldSpec]) -> Any:
    """Keep of a plain JSON value what the sub-selection names; everything when it names nothing."""
    wanted = {spec.name: spec for spec in specs}
    if not wanted:
        return value
    if isinstance(value, list):
        return [select(item, wanted.values()) for item in value]
    if isinstance(value, dict) and set(value) == {"data"}:
        return {"data": select(value["data"], wanted.values())}
    return {key: select(value[key], spec.children) for key, spec in wanted.items() if key in value}


def counts_of(call: Call, post: Post) -> engagement.Counts:
    return engagement.counts(post, call.now)
