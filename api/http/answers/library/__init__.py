"""The library as answers: prompts and their graphs."""
