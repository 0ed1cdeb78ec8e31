"""Prompts in, jobs followed, and the process that runs them."""
