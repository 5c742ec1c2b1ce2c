import torch

from hw1.engine.architecture import Architecture, initial_parameters


def test_a_member_begins_as_fresh_pytorch_layers_do():
    architecture = Architecture(5, (4, 3), linear_skip=True)
    generators = [torch.Generator().manual_seed(seed) for seed in (7, 8)]

    views = initial_parameters(architecture, generators, torch.zeros(1)).views

    for member, seed in enumerate((7, 8)):
        torch.manual_seed(seed)
        layers = [torch.nn.Linear(5, 4), torch.nn.Linear(4, 3), torch.nn.Linear(3, 1)]
        skip = torch.nn.Linear(5, 1, bias=False)
        for index, layer in enumerate(layers):
            assert torch.equal(views[f"weight_{index}"][member], layer.weight.T)
            assert torch.equal(views[f"bias_{index}"][member, 0], layer.bias)
        assert torch.equal(views["skip"][member], skip.weight.T)


def test_normalised_layers_have_gain_and_shift_for_a_bias():
    architecture = Architecture(5, (4, 3), batch_norm=True)

    views = initial_parameters(architecture, [torch.Generator()] * 2, torch.zeros(1)).views

    assert [name for name in views if name.startswith("bias")] == ["bias_2"]
    assert torch.equal(views["gain_0"], torch.ones(2, 1, 4))
    assert torch.equal(views["shift_1"], torch.zeros(2, 1, 3))


def test_parameters_lie_in_one_flat_tensor():
    blocks = initial_parameters(
        Architecture(5, (4,)), [torch.Generator() for _ in range(3)], torch.zeros(1)
    )

    assert blocks.flat.shape == (3 * (5 * 4 + 4 + 4 + 1),)
    blocks.flat.fill_(2.0)
    assert all(bool((view == 2.0).all()) for view in blocks.views.values())
