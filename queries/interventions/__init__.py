"""Changes to features put to the test: what the graph predicts, what is asked, and what the answer is worth.

changes, verdicts, donors -> predictions -> paths, graph
"""
