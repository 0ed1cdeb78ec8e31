"""What is made of a prompt's internals once a model has given them: arrays in, arrays out, without the model.

statistics, weighted, lines    logits -> heads
"""
