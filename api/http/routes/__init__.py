"""What the API can be asked: a router a subject. Each reads a question, asks the explorer, and writes an answer."""
