"""Commands about what a model's heads and layers did with the prompt of a graph, a module a question.

internals, heads, edge, why, flow_of -> tables, asking
"""
