"""LinkedIn at HTTP level: api.linkedin.com (`/rest`, `/v2`), www.linkedin.com (`/oauth/v2`) and the upload host."""

import re

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from marketingos.sandbox.linkedin import media, oauth, posts, statistics
from marketingos.sandbox.linkedin.wire import Call, Handler, LinkedInError, endpoint
from marketingos.sandbox.twin import Twin


def routes(twin: Twin) -> list[BaseRoute]:
    """Every route of LinkedIn; mount them under `/linkedin`."""

    async def upload(request: Request) -> Response:
        return await media.put_bytes(twin, request)

    return [
        *_rest(twin),
        Route("/dms-uploads/{kind}/{name}", upload, methods=["PUT"]),
        *oauth.routes(twin),
    ]


def _rest(twin: Twin) -> list[BaseRoute]:
    def api(path: str, handler: Handler, method: str = "GET") -> Route:
        return Route(f"/rest/{path}", endpoint(twin, handler), methods=[method])

    return [
        api("posts", posts.create, "POST"),
        api("posts", posts.search),
        api("posts/{key}", posts.get),
        api("posts/{key}", posts.update, "POST"),
        api("posts/{key}", posts.delete, "DELETE"),
        api("images", media.initialize_image, "POST"),
        api("images/{key}", media.show),
        api("documents", media.initialize_document, "POST"),
        api("documents/{key}", media.show),
        api("videos", media.initialize_video, "POST"),
        api("videos/{key}", media.show),
        api("socialActions/{key}/comments", statistics.comment, "POST"),
        api("socialActions/{key}/comments", statistics.comments),
        api("socialActions/{key}/comments/{comment}", statistics.delete_comment, "DELETE"),
        api("socialMetadata", statistics.social_metadata_batch),
        api("socialMetadata/{key}", statistics.social_metadata),
        api("organizationalEntityShareStatistics", statistics.share_statistics),
        api("organizationalEntityFollowerStatistics", statistics.follower_statistics),
        api("organizationPageStatistics", statistics.page_statistics),
        api("memberCreatorPostAnalytics", statistics.member_analytics),
        api("memberFollowersCount", statistics.member_followers),
        api("organizationAcls", statistics.acls),
        api("organizations", statistics.organizations),
        api("organizations/{key}", statistics.organization),
        api("networkSizes/{key}", statistics.network_size),
        api("eventSubscriptions/{key}", subscribe, "PUT"),
        api("eventSubscriptions/{key}", subscription),
        api("eventSubscriptions/{key}", unsubscribe, "DELETE"),
    ]


# webhook subscriptions


def _subscription_name(call: Call) -> str:
    call.need("rw_organization_admin")
    return f"linkedin-subscription:{call.request.path_params['key']}"


def _subscribed_entity(call: Call) -> str:
    """The organisation in a key such as `(developerApplication:…,user:…,entity:…,eventType:…)`."""
    found = re.search(r"entity:(urn:li:organization:\d+)", call.key)
    if found is None or found[1] not in call.token.grants:
        raise LinkedInError(403, "ACCESS_DENIED", "Not enough permissions to access: eventSubscriptions", 100)
    return found[1]


async def subscribe(call: Call) -> Response:
    body = await call.json()
    if not str(body.get("webhook", "")).startswith(("https://", "http://127.0.0.1", "http://localhost")):
        raise LinkedInError(400, "INVALID_VALUE_FOR_FIELD", "webhook must be an https URL")
    call.twin.ledger.put_setting(_subscription_name(call), body["webhook"])
    call.twin.ledger.put_setting(f"linkedin-subscribed:{_subscribed_entity(call)}", True)
    return Response(status_code=204)


async def subscription(call: Call) -> Response:
    webhook = call.twin.ledger.setting(_subscription_name(call), None)
    if webhook is None:
        raise LinkedInError(404, "RESOURCE_NOT_FOUND", "No such subscription")
    return JSONResponse({"webhook": webhook, "expiresAt": int((call.now + 30 * 86_400) * 1_000)})


async def unsubscribe(call: Call) -> Response:
    call.twin.ledger.put_setting(_subscription_name(call), None)
    call.twin.ledger.put_setting(f"linkedin-subscribed:{_subscribed_entity(call)}", False)
    return Response(status_code=204)
