"""Single operations in float64: inputs, output, and the gradients of every input for one cotangent of the output.

Inputs and cotangents are stored as float32, which is exact: a kernel in float32 can be given the very same numbers.
"""
import numpy as np
import torch
import torch.nn.functional as F

GENERATOR_SEED = 20


def normal(generator, *shape):
    return generator.standard_normal(shape)


def single(array):
    return array if array.dtype == np.int64 else array.astype(np.float32)


def levels(generator, *shape):
    """Few distinct values, so that almost every window of a pooling has ties."""
    return generator.integers(-2, 3, shape).astype(np.float64)


def conv2d(x, weight, bias=True, stride=(1, 1), padding=(0, 0), dilation=(1, 1), groups=1):
    def make(generator):
        inputs = {"x": normal(generator, *x), "weight": normal(generator, *weight)}
        if bias:
            inputs["bias"] = normal(generator, weight[0])
        return inputs

    def apply(x, weight, bias=None):
        return F.conv2d(x, weight, bias, stride, padding, dilation, groups)

    return "conv2d", dict(stride=stride, padding=padding, dilation=dilation, groups=groups), make, apply


def max_pool2d(x, kernel, stride, padding=(0, 0), dilation=(1, 1), ceil_mode=False, fill=levels):
    def apply(x):
        return F.max_pool2d(x, kernel, stride, padding, dilation, ceil_mode)

    attributes = dict(kernel=kernel, stride=stride, padding=padding, dilation=dilation, ceilMode=ceil_mode)
    return "max_pool2d", attributes, lambda generator: {"x": fill(generator, *x)}, apply


def avg_pool2d(x, kernel, stride, padding=(0, 0), ceil_mode=False, count_include_pad=True):
    def apply(x):
        return F.avg_pool2d(x, kernel, stride, padding, ceil_mode, count_include_pad)

    attributes = dict(kernel=kernel, stride=stride, padding=padding, ceilMode=ceil_mode,
                      countIncludePad=count_include_pad)
    return "avg_pool2d", attributes, lambda generator: {"x": normal(generator, *x)}, apply


def batch_norm(x, training, epsilon=1e-5, momentum=0.1, spoil=None):
    """A negative and a zero scale are always among the channels; `spoil` makes the input harder."""
    channels = x[1]

    def make(generator):
        scale = normal(generator, channels)
        scale[0], scale[1] = -abs(scale[0]) - 0.25, 0
        inputs = {"x": normal(generator, *x), "weight": scale, "bias": normal(generator, channels),
                  "running_mean": normal(generator, channels), "running_var": generator.uniform(0.25, 2, channels)}
        if spoil:
            spoil(inputs["x"])
        return inputs

    def apply(x, weight, bias, running_mean, running_var):
        return F.batch_norm(x, running_mean, running_var, weight, bias, training, momentum, epsilon)

    return "batch_norm", dict(training=training, epsilon=epsilon, momentum=momentum), make, apply


def far_from_zero(x):
    x[:, 2] += 4096


def constant_channel(x):
    x[:, 2] = 0.75


def cross_entropy(batch, classes, scale=1.0):
    def make(generator):
        return {"logits": scale * normal(generator, batch, classes),
                "labels": generator.integers(0, classes, batch, dtype=np.int64)}

    return "cross_entropy", dict(reduction="mean"), make, F.cross_entropy


def mse(*shape):
    return ("mse", dict(reduction="mean"),
            lambda generator: {"x": normal(generator, *shape), "target": normal(generator, *shape)}, F.mse_loss)


def linear(batch, inputs, outputs, bias=True):
    def make(generator):
        made = {"x": normal(generator, batch, inputs), "weight": normal(generator, outputs, inputs)}
        return made | ({"bias": normal(generator, outputs)} if bias else {})

    return "linear", {}, make, F.linear


def elementwise(op, function, fill=normal):
    return op, {}, lambda generator: {"x": fill(generator, 3, 5, 7)}, function


def extremes(generator, *shape):
    return 40 * normal(generator, *shape)


CASES = {
    "conv2d-1x1": conv2d((2, 5, 6, 7), (4, 5, 1, 1)),
    "conv2d-1x1-stride2": conv2d((2, 3, 7, 8), (5, 3, 1, 1), bias=False, stride=(2, 2)),
    "conv2d-3x3-same": conv2d((2, 3, 7, 9), (4, 3, 3, 3), bias=False, padding=(1, 1)),
    "conv2d-3x3-valid": conv2d((2, 4, 8, 5), (3, 4, 3, 3)),
    "conv2d-3x3-stride2": conv2d((2, 3, 8, 8), (5, 3, 3, 3), stride=(2, 2), padding=(1, 1)),
    "conv2d-3x3-stride3-leftover": conv2d((1, 2, 10, 9), (3, 2, 3, 3), stride=(3, 3)),
    "conv2d-3x3-dilation2": conv2d((2, 3, 9, 8), (4, 3, 3, 3), padding=(2, 2), dilation=(2, 2)),
    "conv2d-3x3-stride2-dilation2": conv2d((1, 2, 11, 10), (3, 2, 3, 3), stride=(2, 2), padding=(1, 1),
                                           dilation=(2, 2)),
    "conv2d-5x5": conv2d((2, 2, 8, 7), (3, 2, 5, 5), bias=False, padding=(2, 2)),
    "conv2d-7x7-stride2": conv2d((1, 3, 13, 12), (4, 3, 7, 7), bias=False, stride=(2, 2), padding=(3, 3)),
    "conv2d-2x2-stride2": conv2d((2, 3, 6, 7), (4, 3, 2, 2), stride=(2, 2)),
    "conv2d-1x3-uneven": conv2d((2, 3, 7, 9), (4, 3, 1, 3), stride=(2, 1), padding=(0, 2), dilation=(1, 2)),
    "conv2d-7x1-uneven": conv2d((1, 3, 8, 4), (2, 3, 7, 1), stride=(1, 3), padding=(3, 0)),
    "conv2d-groups2": conv2d((2, 6, 6, 5), (4, 3, 3, 3), padding=(1, 1), groups=2),
    "conv2d-groups3-stride2-dilation2": conv2d((1, 6, 9, 9), (6, 2, 3, 3), bias=False, stride=(2, 2), padding=(2, 2),
                                               dilation=(2, 2), groups=3),
    "conv2d-depthwise": conv2d((2, 5, 7, 6), (5, 1, 3, 3), bias=False, padding=(1, 1), groups=5),
    "conv2d-depthwise-multiplier2-stride2": conv2d((2, 3, 7, 7), (6, 1, 5, 5), stride=(2, 2), padding=(2, 2), groups=3),
    "conv2d-whole-input": conv2d((3, 2, 4, 5), (4, 2, 4, 5)),
    "conv2d-kernel-over-input": conv2d((2, 2, 2, 3), (3, 2, 5, 5), padding=(2, 2)),
    "conv2d-one-pixel": conv2d((1, 1, 1, 1), (1, 1, 1, 1)),
    "max-pool-2x2": max_pool2d((2, 3, 6, 8), (2, 2), (2, 2)),
    "max-pool-3x3-stride2-padded": max_pool2d((2, 2, 9, 8), (3, 3), (2, 2), (1, 1)),
    "max-pool-3x3-overlapping": max_pool2d((1, 2, 7, 6), (3, 3), (1, 1), (1, 1)),
    "max-pool-3x2-leftover": max_pool2d((2, 2, 8, 9), (3, 2), (3, 2), fill=normal),
    "max-pool-3x3-ceil": max_pool2d((2, 2, 8, 7), (3, 3), (2, 2), ceil_mode=True),
    "max-pool-3x3-ceil-padded": max_pool2d((1, 2, 8, 10), (3, 3), (3, 3), (1, 1), ceil_mode=True),
    "max-pool-2x2-dilation2": max_pool2d((1, 2, 7, 7), (2, 2), (1, 2), dilation=(2, 2)),
    "avg-pool-2x2": avg_pool2d((2, 3, 6, 8), (2, 2), (2, 2)),
    "avg-pool-3x3-count-pad": avg_pool2d((2, 2, 7, 8), (3, 3), (2, 2), (1, 1)),
    "avg-pool-3x3-skip-pad": avg_pool2d((2, 2, 7, 8), (3, 3), (2, 2), (1, 1), count_include_pad=False),
    "avg-pool-3x3-ceil": avg_pool2d((2, 2, 8, 7), (3, 3), (2, 2), ceil_mode=True),
    "avg-pool-3x3-ceil-count-pad": avg_pool2d((1, 2, 8, 10), (3, 3), (3, 3), (1, 1), ceil_mode=True),
    "avg-pool-3x3-ceil-skip-pad": avg_pool2d((1, 2, 8, 10), (3, 3), (3, 3), (1, 1), ceil_mode=True,
                                             count_include_pad=False),
    "avg-pool-3x2-uneven": avg_pool2d((2, 2, 8, 9), (3, 2), (1, 3), (1, 0)),
    "batch-norm-train": batch_norm((4, 3, 5, 7), True),
    "batch-norm-train-two-values": batch_norm((2, 4, 1, 1), True),
    "batch-norm-train-matrix": batch_norm((8, 5), True, epsilon=1e-3, momentum=0.3),
    "batch-norm-train-far-from-zero": batch_norm((3, 4, 6, 5), True, spoil=far_from_zero),
    "batch-norm-train-constant-channel": batch_norm((3, 4, 3, 3), True, spoil=constant_channel),
    "batch-norm-eval": batch_norm((4, 3, 5, 7), False),
    "batch-norm-eval-matrix": batch_norm((8, 5), False, epsilon=1e-3),
    "cross-entropy": cross_entropy(7, 10),
    "cross-entropy-two-classes": cross_entropy(5, 2),
    # exp of these overflows, so the largest logit must be subtracted first
    "cross-entropy-large-logits": cross_entropy(6, 4, scale=1024.0),
    "cross-entropy-one-class": cross_entropy(3, 1),
    "mse": mse(4, 3, 5),
    "mse-one-value": mse(1, 1),
    "linear": linear(5, 7, 4),
    "linear-without-bias": linear(3, 16, 9, bias=False),
    "relu": elementwise("relu", torch.relu, levels),
    "sigmoid": elementwise("sigmoid", torch.sigmoid, extremes),
    "tanh": elementwise("tanh", torch.tanh, extremes),
}


def make_operations():
    """All tensors by name, and the description of every case."""
    tensors, descriptions = {}, []
    for index, (case, (op, attributes, make, apply)) in enumerate(CASES.items()):
        generator = np.random.default_rng([GENERATOR_SEED, index])
        inputs = {name: single(array) for name, array in make(generator).items()}
        states = [name for name in inputs if name.startswith("running_")]
        differentiable = [name for name in inputs if name not in (*states, "labels")]
        # widening float32 to float64 copies, so that running statistics do not change the stored ones
        arguments = {name: torch.from_numpy(array).to(torch.int64 if name == "labels" else torch.float64)
                     for name, array in inputs.items()}
        for name in differentiable:
            arguments[name].requires_grad_()
        output = apply(*arguments.values())
        cotangent = single(np.asarray(normal(generator, *output.shape)))
        gradients = torch.autograd.grad(output, [arguments[name] for name in differentiable],
                                        torch.from_numpy(cotangent).double())
        found = dict(inputs) | {"output": output.detach().numpy(), "cotangent": cotangent}
        found |= {f"grad.{name}": g.numpy() for name, g in zip(differentiable, gradients)}
        if attributes.get("training"):
            found |= {f"state.{name}": arguments[name].numpy() for name in states}
        tensors |= {f"{case}.{name}": np.array(array, order="C") for name, array in found.items()}
        descriptions.append({"name": case, "op": op, "attributes": attributes, "inputs": list(inputs),
                             "differentiable": differentiable, "states": states if attributes.get("training") else []})
    return tensors, descriptions
