"""Use cases. One public function is one intention: it checks who asks, owns its transaction, answers frozen views."""
