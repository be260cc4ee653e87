"""One presenter a page: an engine's answer in, the words and numbers of that page out; no HTML and no I/O."""
