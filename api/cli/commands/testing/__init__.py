"""Commands that put graphs to the test in the model, a module a command."""
