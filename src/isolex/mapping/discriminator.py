"""The discriminator of adversarial training, which learns to tell two spaces apart."""

from collections.abc import Iterator
from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, leaky_relu

_SLOPE = 0.2


class Discriminator:
    """A perceptron that tells mapped source rows from target rows, with its gradients written by hand.

    This way, the product that computes a step can add it to the weights in place; with small batches, most of
    the time would otherwise go into moving gradients through memory. It also works if the caller has switched
    autograd off.

    Attributes:
        layers: Weight `[in, out]` and bias `[out]` of both hidden layers and the output.
    """

    def __init__(self, dimension: int, hidden: int, draws: torch.Generator, like: Tensor) -> None:
        self.layers: list[tuple[Tensor, Tensor]] = []
        sizes = (dimension, hidden, hidden, 1)
        for wide, narrow in pairwise(sizes):
            drawn = torch.rand(wide + 1, narrow, generator=draws, dtype=like.dtype).to(like.device)
            weights = (2 * drawn - 1) / wide**0.5
            self.layers.append((weights[:-1].contiguous(), weights[-1].contiguous()))

    def logits(self, rows: Float[Tensor, "b d"]) -> Float[Tensor, "b"]:
        """The logits log P(source) − log P(target), one for each row."""
        return self._forward(rows)[-1][:, 0]

    def learn(self, rows: Float[Tensor, "b d"], labels: Float[Tensor, "b"], rate: float) -> Tensor:
        """One step down the summed cross entropy of the labels; returns its value before the step."""
        activations = self._forward(rows)
        loss = binary_cross_entropy_with_logits(activations[-1][:, 0], labels, reduction="sum")
        for layer, gradient in self._backward(activations, labels):
            weight, bias = self.layers[layer]
            weight.addmm_(activations[layer].T, gradient, alpha=-rate)
            bias.sub_(gradient.sum(dim=0), alpha=rate)
        return loss

    def pull(self, rows: Float[Tensor, "b d"], labels: Float[Tensor, "b"]) -> Float[Tensor, "b d"]:
        """The gradient of the summed cross entropy of the labels with respect to the rows."""
        *_, (_, gradient) = self._backward(self._forward(rows), labels)
        return gradient @ self.layers[0][0].T

    def _forward(self, rows: Float[Tensor, "b d"]) -> list[Tensor]:
        """The input of each layer, and last the output."""
        activations = [rows]
        for weight, bias in self.layers:
            if len(activations) > 1:
                activations[-1] = leaky_relu(activations[-1], _SLOPE)
            activations.append(torch.addmm(bias, activations[-1], weight))
        return activations

    def _backward(self, activations: list[Tensor], labels: Tensor) -> Iterator[tuple[int, Tensor]]:
        """Each layer, last one first, with the loss's gradient in what comes out of it.

        The gradient of the layer below is taken before a layer is handed out: it may be changed then.
        """
        gradient = (activations[-1][:, 0].sigmoid() - labels)[:, None]
        for layer in reversed(range(len(self.layers))):
            at_layer = gradient
            if layer > 0:
                # A leaky rectifier keeps the sign, so its slope can be read off what it gave.
                gradient = at_layer @ self.layers[layer][0].T
                gradient = torch.where(activations[layer] > 0, gradient, _SLOPE * gradient)
            yield layer, at_layer
