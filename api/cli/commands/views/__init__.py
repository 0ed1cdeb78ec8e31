"""`circuit-explorer views` and `supernodes`: what people pinned and drew in a graph."""
