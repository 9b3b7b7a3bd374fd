"""Reflex's own settings. Ours are in `marketingos/settings.py`."""

import reflex as rx

from marketingos.settings import get_settings

settings = get_settings()

config = rx.Config(
    app_name="marketingos",
    app_module_import="marketingos.app",
    telemetry_enabled=False,
    show_built_with_reflex=False,
    redis_url=settings.redis_url or None,
    frontend_packages=["@fontsource-variable/inter@5.3.0"],
    # Made once at build time and sent as they are; brotli is a fifth smaller than gzip.
    frontend_compression_formats=["brotli", "gzip"],
    # Optional libraries for components built at run time: we build none, so no page should carry them.
    frontend_lazy_bundled_libraries=True,
    default_color_mode="system",
    plugins=[],
    disable_plugins=[rx.plugins.SitemapPlugin],
)
