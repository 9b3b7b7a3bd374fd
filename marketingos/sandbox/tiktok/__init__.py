"""TikTok at HTTP level: Login Kit, Content Posting and Display API, and the upload host, all below `/tiktok`.

Every path ends in a slash, as TikTok's do; without it there is nothing.
"""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from marketingos.sandbox.tiktok import display, login, posts, upload
from marketingos.sandbox.tiktok.wire import Handler, endpoint
from marketingos.sandbox.twin import Twin


def routes(twin: Twin) -> list[BaseRoute]:
    """Every route of TikTok; mount them under `/tiktok`."""

    async def authorize(request: Request) -> Response:
        return await login.authorize(twin, request)

    async def token(request: Request) -> Response:
        return await login.token(twin, request)

    async def revoke(request: Request) -> Response:
        return await login.revoke(twin, request)

    async def chunk(request: Request) -> Response:
        return await upload.put_chunk(twin, request)

    def api(path: str, handler: Handler, scopes: tuple[str, ...], per_minute: int, method: str = "POST") -> Route:
        return Route(path, endpoint(twin, handler, scopes=scopes, per_minute=per_minute), methods=[method])

    publish, inbox = ("video.publish",), ("video.upload",)
    return [
        Route("/v2/auth/authorize/", authorize, methods=["GET", "POST"]),
        Route("/v2/oauth/token/", token, methods=["POST"]),
        Route("/v2/oauth/revoke/", revoke, methods=["POST"]),
        Route("/video/", chunk, methods=["PUT"]),
        api("/v2/post/publish/creator_info/query/", posts.creator_info, publish, 20),
        api("/v2/post/publish/video/init/", posts.init_video, publish, 6),
        api("/v2/post/publish/inbox/video/init/", posts.init_inbox, inbox, 6),
        api("/v2/post/publish/content/init/", posts.init_content, publish + inbox, 6),
        api("/v2/post/publish/status/fetch/", posts.fetch_status, publish + inbox, 30),
        api("/v2/post/publish/cancel/", posts.cancel, publish + inbox, 30),
        api("/v2/user/info/", display.user_info, ("user.info.basic",), 600, "GET"),
        api("/v2/video/list/", display.list_videos, ("video.list",), 600),
        api("/v2/video/query/", display.query_videos, ("video.list",), 600),
    ]
