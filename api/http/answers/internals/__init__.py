"""The internals of a prompt as answers: what is known of them, their arrays, and the links that heads carried."""
