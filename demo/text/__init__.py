"""The demo model's texts: statements made from facts, as tokens, batches and prefixes.

prefixes -> batches -> tokenizer -> corpus -> demo.facts
"""
