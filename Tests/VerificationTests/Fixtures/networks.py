"""The small networks of the fixtures, as functions over a dictionary of named tensors.

A network is written once. Its first evaluation draws every parameter that is still missing; later ones, in another
precision or memory layout, find them. Names and shapes are those of the PyTorch modules one would write for these
networks (convolution [out, in, kh, kw], linear [out, in]), and of the DSL's examples.
"""
import dataclasses
import math
from collections.abc import Callable

import numpy as np
import torch
import torch.nn.functional as F

STATISTICS = ("running_mean", "running_var")


class Evaluation:
    """One evaluation of a network: its tensors, whether it trains, and how near it came to a kink of ReLU."""

    def __init__(self, tensors, training, generator=None):
        self.tensors, self.training, self.generator = tensors, training, generator
        self.margin = math.inf

    def tensor(self, name, shape, draw):
        if name not in self.tensors and self.generator is not None:
            self.tensors[name] = torch.from_numpy(draw(self.generator, shape).astype(np.float32))
        assert tuple(self.tensors[name].shape) == shape, name
        return self.tensors[name]

    def conv(self, name, x, outputs, kernel, stride=1):
        def he_fan_out(generator, shape):
            return generator.normal(0, math.sqrt(2 / (kernel * kernel * outputs)), shape)

        weight = self.tensor(f"{name}.weight", (outputs, x.shape[1], kernel, kernel), he_fan_out)
        return F.conv2d(x, weight, stride=stride, padding=kernel // 2)

    def linear(self, name, x, outputs):
        bound = 1 / math.sqrt(x.shape[1])

        def uniform(generator, shape):
            return generator.uniform(-bound, bound, shape)

        weight = self.tensor(f"{name}.weight", (outputs, x.shape[1]), uniform)
        return F.linear(x, weight, self.tensor(f"{name}.bias", (outputs,), uniform))

    def norm(self, name, x):
        """Batch norm; trained scales may be negative or zero, so folding and fusing must survive both."""
        def scales(generator, shape):
            kind = generator.random(shape)
            sign = np.where(kind < 0.1, -1.0, np.where(kind < 0.15, 0.0, 1.0))
            return sign * generator.uniform(0.5, 1.5, shape)

        def shifts(generator, shape):
            return generator.uniform(-0.2, 0.2, shape)

        def variances(generator, shape):
            return generator.uniform(0.5, 1.5, shape)

        shape = (x.shape[1],)
        weight, bias = self.tensor(f"{name}.weight", shape, scales), self.tensor(f"{name}.bias", shape, shifts)
        mean = self.tensor(f"{name}.running_mean", shape, shifts)
        variance = self.tensor(f"{name}.running_var", shape, variances)
        return F.batch_norm(x, mean, variance, weight, bias, self.training, momentum=0.1, eps=1e-5)

    def relu(self, x):
        self.margin = min(self.margin, x.detach().abs().min().item())
        return F.relu(x)


def mlp(e, x, hidden, layers, classes):
    x = x.flatten(1)
    for i in range(1, layers + 1):
        x = e.relu(e.linear(f"layer{i}", x, hidden))
    return e.linear("classifier", x, classes)


def densenet(e, x, depth, growth, bottleneck, classes):
    """CIFAR DenseNet: pre-activation layers that append `growth` channels, in three blocks of equal depth."""
    layers = (depth - 4) // (6 if bottleneck else 3)
    x = e.conv("stem", x, 2 * growth if bottleneck else 16, 3)
    for block in range(1, 4):
        for layer in range(1, layers + 1):
            name = f"block{block}.layer{layer}"
            y = e.relu(e.norm(f"{name}.norm1", x))
            if bottleneck:
                y = e.conv(f"{name}.conv1", y, 4 * growth, 1)
                y = e.conv(f"{name}.conv2", e.relu(e.norm(f"{name}.norm2", y)), growth, 3)
            else:
                y = e.conv(f"{name}.conv1", y, growth, 3)
            x = torch.cat([x, y], dim=1)
        if block < 3:
            name, channels = f"transition{block}", x.shape[1]
            x = e.conv(f"{name}.conv", e.relu(e.norm(f"{name}.norm", x)), channels // 2 if bottleneck else channels, 1)
            x = F.avg_pool2d(x, 2)
    return e.linear("classifier", e.relu(e.norm("norm", x)).mean((2, 3)), classes)


def resnet(e, x, depth, filters, classes):
    """CIFAR ResNet of depth 6n+2 with parameter-free shortcuts: 2x2 average pooling, then channels of zeros."""
    x = e.relu(e.norm("stem.norm", e.conv("stem.conv", x, filters, 3)))
    for stage in range(1, 4):
        outputs = filters * 2 ** (stage - 1)
        for block in range(1, (depth - 2) // 6 + 1):
            name, stride = f"stage{stage}.block{block}", 2 if stage > 1 and block == 1 else 1
            y = e.relu(e.norm(f"{name}.norm1", e.conv(f"{name}.conv1", x, outputs, 3, stride)))
            y = e.norm(f"{name}.norm2", e.conv(f"{name}.conv2", y, outputs, 3))
            shortcut = F.avg_pool2d(x, stride) if stride > 1 else x
            shortcut = F.pad(shortcut, (0, 0, 0, 0, 0, outputs - x.shape[1]))
            x = e.relu(shortcut + y)
    return e.linear("classifier", x.mean((2, 3)), classes)


@dataclasses.dataclass(frozen=True)
class Network:
    """A network of the fixtures; `seed` gives its weights and batches and was found by `--search`."""

    name: str
    family: Callable
    hyperparameters: dict
    input: tuple
    batch: int
    seed: int
    stored: bool = True
    # one set of weights carries the counters of nn.BatchNorm2d, which a reader must accept and ignore
    counters: bool = False

    def forward(self, evaluation, x):
        return self.family(evaluation, x, **self.hyperparameters)

    def draw(self):
        """Weights and running statistics by name (float32), one batch, and the twenty batches of the SGD run."""
        generator = np.random.default_rng([self.seed, 0])
        x = generator.standard_normal((self.batch, *self.input), dtype=np.float32)
        y = generator.integers(0, self.hyperparameters["classes"], self.batch, dtype=np.int64)
        evaluation = Evaluation({}, False, np.random.default_rng([self.seed, 1]))
        with torch.no_grad():
            self.forward(evaluation, torch.from_numpy(x))
        weights = {name: tensor.numpy() for name, tensor in evaluation.tensors.items()}
        # multiples of 1/32, so that twenty batches compress well; like 8-bit images after normalisation
        generator = np.random.default_rng([self.seed, 2])
        xs = (np.round(generator.standard_normal((20, *x.shape)) * 32) / 32).astype(np.float32)
        ys = generator.integers(0, self.hyperparameters["classes"], (20, self.batch), dtype=np.int64)
        return weights, (x, y), (xs, ys)


NETWORKS = [
    Network("mlp", mlp, dict(hidden=16, layers=2, classes=10), (1, 8, 8), 8, seed=0),
    Network("densenet_bc", densenet, dict(depth=16, growth=4, bottleneck=True, classes=10), (3, 8, 8), 6, seed=164,
            counters=True),
    Network("densenet_plain", densenet, dict(depth=10, growth=4, bottleneck=False, classes=10), (3, 8, 8), 6, seed=326),
    # narrower than the usual 16 channels, whose fixtures would be three times as large as all the others together
    Network("resnet", resnet, dict(depth=8, filters=5, classes=10), (3, 8, 8), 6, seed=4),
    Network("resnet_wide", resnet, dict(depth=8, filters=16, classes=10), (3, 8, 8), 6, seed=42, stored=False),
]
