"""What a person sees: pages join State and components; components know no page."""
