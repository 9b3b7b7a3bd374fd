"""One file a page: its thin State, its page function, its private pieces. Pages do not import each other."""
