"""Computing only the active units gives the outputs and gradients of computing all of them."""

import pytest
import torch

from demo.sparse import active_units, decoded, summed_by_unit

pytestmark = pytest.mark.slow

TOLERANCE = 1e-5  # float32 sums of 16 terms in another order


def test_outputs_and_gradients_equal_the_dense_ones() -> None:
    torch.manual_seed(0)
    inputs, encoder, decoder = (torch.randn(size, 16, requires_grad=True) for size in (30, 50, 50))
    bias = torch.randn(50, requires_grad=True)
    target = torch.randn(30, 16)
    parameters = (inputs, encoder, bias, decoder)

    pre_activations = inputs @ encoder.T + bias
    dense = (pre_activations * (pre_activations > 1.5)) @ decoder
    dense_gradients = torch.autograd.grad((dense - target).square().sum(), parameters)

    active = active_units(inputs, encoder, bias, pre_activations.detach(), threshold=1.5)
    sparse = decoded(active, decoder)
    sparse_gradients = torch.autograd.grad((sparse - target).square().sum(), parameters)

    torch.testing.assert_close(sparse, dense, rtol=TOLERANCE, atol=1e-4)
    for ours, theirs in zip(sparse_gradients, dense_gradients, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-3)


def test_sums_by_unit_run_over_the_positions_where_it_is_active() -> None:
    vectors = torch.eye(3)
    inputs = torch.tensor([[1.0], [2.0], [3.0]])
    encoder, bias = torch.tensor([[1.0], [-1.0]]), torch.tensor([-1.5, 1.5])
    # Pre-activations: unit 0: -0.5, 0.5, 1.5; unit 1: 0.5, -0.5, -1.5.
    active = active_units(inputs, encoder, bias, inputs @ encoder.T + bias, threshold=0.0)
    assert summed_by_unit(active, vectors, n_units=2).tolist() == [[0.0, 0.5, 1.5], [0.5, 0.0, 0.0]]
