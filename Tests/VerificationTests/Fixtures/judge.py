"""Evaluates a network in PyTorch in any precision and layout, and measures how far float32 strays from float64."""
import math

import numpy as np
import torch
import torch.nn.functional as F

from networks import STATISTICS, Evaluation

LAYOUTS = (torch.contiguous_format, torch.channels_last)
PERTURBATIONS = 6
# the step of the SGD run; PyTorch's dampening is 0
SGD = dict(lr=0.05, momentum=0.9, nesterov=True, weight_decay=1e-4)
# What a seed must hold, so that no evaluation in float32, PyTorch's or another, sees another side of a kink: the
# largest norm-wise error of PyTorch's float32 in any tensor, and the smallest distance of a pre-activation from zero in
# the single step and anywhere in the SGD run.
LARGEST_ERROR, SMALLEST_MARGIN, SMALLEST_SGD_MARGIN = 1e-5, 1e-4, 5e-6
# what the SGD run in float64 may move by when only the order of PyTorch's sums changes
LARGEST_DOUBLE_ERROR = 1e-12


def is_statistic(name):
    return name.endswith(STATISTICS)


def place(array, dtype, layout):
    tensor = torch.from_numpy(array).to(dtype, copy=True)
    return tensor.contiguous(memory_format=layout) if tensor.dim() == 4 else tensor


def load(weights, dtype, layout):
    """The named tensors of a network in one precision and layout, and the parameters among them."""
    tensors = {name: place(array, dtype, layout) for name, array in weights.items()}
    parameters = {name: t.requires_grad_() for name, t in tensors.items() if not is_statistic(name)}
    return tensors, parameters


def double(tensor):
    return tensor.detach().to(torch.float64).contiguous().numpy().copy()


def step(network, weights, x, y, dtype=torch.float64, layout=torch.contiguous_format):
    """Logits of both modes, loss, gradients and the running statistics after it, as float64; and the ReLU margin."""
    tensors, parameters = load(weights, dtype, layout)
    x, y = place(x, dtype, layout), torch.from_numpy(y)
    with torch.no_grad():
        inferred = network.forward(Evaluation(tensors, training=False), x)
    training = Evaluation(tensors, training=True)
    logits = network.forward(training, x)
    loss = F.cross_entropy(logits, y)
    gradients = torch.autograd.grad(loss, list(parameters.values()))
    results = {"logits.eval": double(inferred), "logits.train": double(logits), "loss": double(loss)}
    results |= {f"grad.{name}": double(g) for name, g in zip(parameters, gradients)}
    results |= {f"state.{name}": double(t) for name, t in tensors.items() if is_statistic(name)}
    return results, training.margin


def descend(network, weights, xs, ys, dtype=torch.float64, layout=torch.contiguous_format):
    """The loss before each SGD step, parameters and running statistics after the last, as float64; and the margin."""
    tensors, parameters = load(weights, dtype, layout)
    optimizer = torch.optim.SGD(list(parameters.values()), **SGD)
    losses, margin = [], math.inf
    for x, y in zip(xs, ys):
        optimizer.zero_grad()
        training = Evaluation(tensors, training=True)
        logits = network.forward(training, place(x, dtype, layout))
        loss = F.cross_entropy(logits, torch.from_numpy(y))
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        margin = min(margin, training.margin)
    results = {"loss": np.array(losses)}
    results |= {f"parameter.{name}": double(t) for name, t in parameters.items()}
    results |= {f"state.{name}": double(t) for name, t in tensors.items() if is_statistic(name)}
    return results, margin


def nearby(x, seed):
    """The input itself, then copies in which every element stays or moves to a neighbouring float32."""
    yield x
    for k in range(PERTURBATIONS):
        direction = np.random.default_rng([seed, 3, k]).integers(-1, 2, x.shape)
        moved = np.nextafter(x, np.where(direction > 0, np.inf, -np.inf).astype(np.float32))
        yield np.where(direction == 0, x, moved)


def norms(tensors):
    """The Euclidean norm of every tensor, and under "grad" that of all gradients as one vector."""
    squares = {name: float(np.square(t).sum()) for name, t in tensors.items()}
    gradients = [square for name, square in squares.items() if name.startswith("grad.")]
    if gradients:
        squares["grad"] = sum(gradients)
    return {name: math.sqrt(square) for name, square in squares.items()}


def rounded(value):
    return float(f"{value:.6g}")


def worst(runs, exact):
    """For every tensor, and all gradients as one: its norm, and the largest norm-wise error that any run shows."""
    sizes, errors = norms(exact), {}
    for run in runs:
        for name, error in norms({k: run[k] - exact[k] for k in exact}).items():
            errors[name] = max(errors.get(name, 0.0), error)
    return {name: {"norm": rounded(size), "error": rounded(errors[name]), "relative": rounded(errors[name] / size)}
            for name, size in sizes.items()}


def step_yardstick(network, weights, x, y, exact):
    runs = (step(network, weights, near, y, torch.float32, layout)[0]
            for layout in LAYOUTS for near in nearby(x, network.seed))
    return worst(runs, exact)


def descent_yardstick(network, weights, xs, ys, exact):
    """Float32 judged as above, and the worst error of the loss at each step."""
    runs = [descend(network, weights, near, ys, torch.float32, layout)[0]
            for layout in LAYOUTS for near in nearby(xs, network.seed)]
    steps = np.max([abs(run["loss"] - exact["loss"]) for run in runs], axis=0)
    return worst(runs, exact), [rounded(s) for s in steps]


def layout_error(network, weights, xs, ys, exact):
    """How far the SGD run in float64 moves when only the order of PyTorch's sums changes."""
    return worst([descend(network, weights, xs, ys, layout=torch.channels_last)[0]], exact)


def objections(network):
    """Why the network's seed does not serve; empty where it does. Cheap checks come first."""
    weights, (x, y), (xs, ys) = network.draw()
    scales = [w for name, w in weights.items() if "norm" in name and name.endswith(".weight")]
    if scales and not all(any((test(w)).any() for w in scales) for test in (lambda w: w < 0, lambda w: w == 0)):
        return ["there is no negative or no zero scale among the batch norms"]
    exact, margin = step(network, weights, x, y)
    if margin < SMALLEST_MARGIN:
        return [f"a pre-activation lies {margin:.1e} from zero"]
    final, margin = descend(network, weights, xs, ys)
    if margin < SMALLEST_SGD_MARGIN:
        return [f"SGD: a pre-activation lies {margin:.1e} from zero"]
    measured = [
        ("float32", LARGEST_ERROR, step_yardstick(network, weights, x, y, exact)),
        ("SGD in float32", LARGEST_ERROR, descent_yardstick(network, weights, xs, ys, final)[0]),
        ("SGD in float64, other layout", LARGEST_DOUBLE_ERROR, layout_error(network, weights, xs, ys, final)),
    ]
    return [f"{what}: {name} is off by {entry['relative']:.1e}" for what, bound, report in measured
            for name, entry in report.items() if not entry["relative"] <= bound]
