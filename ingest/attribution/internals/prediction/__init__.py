"""What a prediction is owed to: the prompt's tokens, the model's heads, and what heads hand to each other.

tokens -> baseline    heads, edges -> gradients    all -> objective

    objective = the_objective(model, recording, position, target, foil)               objective.py
    by_token = attribute_tokens(model, recording, ids, objective, special, …)         tokens.py, baseline.py
    gradients = gradients_of(model, recording.embeddings, objective)                  gradients.py: one recorded pass
    by_head = attribute_heads(gradients)                                              heads.py
    edges = attribute_edges(gradients, by_head.score, …)                              edges.py
    direct = attribute_directly(model, recording, objective)                          direct.py
    ablation = ablate_heads(model, recording, objective, …)                           ablation.py
"""
