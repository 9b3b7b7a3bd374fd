"""A local twin of the outside world: Meta Graph, TikTok, LinkedIn, Claude and Replicate at HTTP level.

It is strict about the services' contracts, remembers everything in a file of its own, and imports nothing of the
product. Only people can tell it from the real thing, by `/wall`.

==============  ==============================================================================================
``/meta``       graph.facebook.com, graph-video and rupload, and the Facebook Login dialog
``/tiktok``     open.tiktokapis.com, its upload host, and the Login Kit page
``/linkedin``   api.linkedin.com and www.linkedin.com/oauth
``/claude``     api.anthropic.com
``/replicate``  api.replicate.com
``/wall``       what followers would see, for people
``/ledger``     the same as JSON
``/control``    fault script, the writer's lapses, accounts, tokens, settings, counts of calls, bills of the models
==============  ==============================================================================================
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.routing import BaseRoute, Mount

    from marketingos.sandbox.claude_script import Script
    from marketingos.sandbox.twin import Twin


def create_app(
    *, data_dir: Path, public_base: str, clock: Callable[[], datetime], webhook_target: str | None = None
) -> Starlette:
    """Build the sandbox.

    `data_dir` keeps its file and media; `public_base` is the address under which clients reach it, without a
    trailing slash; `clock` answers an aware datetime; notifications go to `webhook_target` when it is set (the
    product's base address, to which `/api/webhooks/{platform}` is appended).

    The services are imported here, so that `marketingos.sandbox.world` costs nothing to those who read names only.
    """
    from starlette.applications import Starlette
    from starlette.middleware import Middleware
    from starlette.routing import Mount, Router

    from marketingos.sandbox import control, linkedin, meta, public, tiktok, wall
    from marketingos.sandbox.claude_script import Script
    from marketingos.sandbox.faults import Faults
    from marketingos.sandbox.linkedin.wire import tunnel
    from marketingos.sandbox.twin import Twin
    from marketingos.sandbox.webhooks import Webhooks

    twin = Twin(data_dir, public_base, clock)
    routes = [
        _mount("/meta", meta.routes(twin)),
        _mount("/tiktok", tiktok.routes(twin)),
        Mount("/linkedin", app=tunnel(Router(linkedin.routes(twin), redirect_slashes=False))),
        _mount("/control", control.routes(twin, webhook_target)),
        *_models(data_dir, public_base, clock, twin, Script(twin.ledger)),
        *wall.routes(twin),
        *public.routes(twin),
    ]
    middleware = [Middleware(Faults, twin=twin)]
    if webhook_target:
        middleware.insert(0, Middleware(Webhooks, twin=twin, target=webhook_target))
    app = Starlette(routes=routes, middleware=middleware)
    app.state.twin = twin
    return app


def _mount(path: str, routes: Sequence[BaseRoute]) -> Mount:
    """A service's own router: a path with a slash too many or too few is not found, as there."""
    from starlette.routing import Mount, Router

    return Mount(path, app=Router(routes, redirect_slashes=False))


def _models(data_dir: Path, public_base: str, clock: Callable[[], datetime], twin: Twin, script: Script) -> list[Mount]:
    def seconds(service: str) -> Callable[[], float]:
        return lambda: float(twin.setting(f"{service}_seconds"))

    mounts = []
    if importlib.util.find_spec("marketingos.sandbox.claude"):
        from marketingos.sandbox import claude

        mounts.append(
            _mount(
                "/claude", claude.routes(clock=clock, latency=seconds("claude"), lapses=script.lapse, bill=twin.bill)
            )
        )
    if importlib.util.find_spec("marketingos.sandbox.replicate"):
        from marketingos.sandbox import replicate

        painted = replicate.routes(
            data_dir=data_dir, public_base=public_base, clock=clock, seconds=seconds("replicate"), bill=twin.bill
        )
        mounts.append(_mount("/replicate", painted))
    return mounts
