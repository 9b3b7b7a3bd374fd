"""TikTok: direct posts by chunked upload, and their figures."""

from marketingos.adapters.tiktok.publisher import TikTok

__all__ = ["TikTok"]
