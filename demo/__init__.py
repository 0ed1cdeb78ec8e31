"""The bundled demo model: a small language model, its transcoders, their labels, and the script that makes them."""
