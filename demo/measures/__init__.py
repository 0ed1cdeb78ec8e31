"""The report's measures: a module for each question about the demo model.

faithfulness -> demo.accuracy
swaps -> paths -> demo.artefacts, the product
"""
