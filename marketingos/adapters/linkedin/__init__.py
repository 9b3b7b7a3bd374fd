"""LinkedIn: posts of organisations and members over the versioned API."""

from marketingos.adapters.linkedin.publisher import LinkedIn

__all__ = ["LinkedIn"]
