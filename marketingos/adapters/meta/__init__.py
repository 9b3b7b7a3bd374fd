"""Meta: Facebook Pages and Instagram over one Graph API."""

from marketingos.adapters.meta.facebook import Facebook
from marketingos.adapters.meta.instagram import Instagram

__all__ = ["Facebook", "Instagram"]
