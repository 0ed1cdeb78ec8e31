"""A prompt's internals: what a model's heads and layers did with it. They are told of any architecture whose arithmetic
passes the probe, from one recorded pass and replays of it.

probe -> flow -> passes    attention, induction, logits -> passes    prediction -> logits, passes
loadings -> flow, passes

What stands on them calls, with a causal language model of transformers that has eager attention:

    embeddings = embedded(model, ids)                          passes/model.py
    recording = record(model, embeddings, positions)           passes/record.py; layers as in passes/layer.py
    logits = run(model, embeddings, positions)                 passes/model.py: a plain pass, of batches too
    logits = run_changed(model, embeddings, change)            passes/changed.py: the same with heads changed
    hidden = run_held(model, embeddings, ended)                passes/held.py: the same with norms' scales held
    run_showing(model, embeddings, shown)                      passes/shown.py: the same, a layer's pattern at a time
    replayed = replay(model, recording, x, …)                  passes/replay.py: affine in `x`, layer 0's input

A pass has gradients where the tensor that it starts from asks for them (`requires_grad_()`): `record` those of the
model, `replay` those of the pass with its nonlinear places held.
"""
