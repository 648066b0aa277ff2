"""The ResNet of the fixtures with stochastic depth (Huang et al., ECCV 2016), in float64.

`python stochastic_depth.py FOLDER` reads FOLDER/weights.safetensors and FOLDER/batch.npz and writes
FOLDER/stochastic-depth.safetensors: for two vectors of gates logits, loss, gradients and running statistics of a training
step, under names that start with the vector, and `logits.eval` with the survival probabilities 1 - l/L * (1 - 0.5).
A block that is left out does not run at all: no gradient, and its running statistics stay.
"""
import sys

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file

LAST_SURVIVAL = 0.5
VECTORS = ("101", "010")
STAGES = 3


def norm(t, name, x, training):
    names = [f"{name}.{part}" for part in ("running_mean", "running_var", "weight", "bias")]
    return F.batch_norm(x, *[t[n] for n in names], training, momentum=0.1, eps=1e-5)


def branch(t, name, x, stride, training):
    y = F.conv2d(x, t[f"{name}.conv1.weight"], stride=stride, padding=1)
    y = F.relu(norm(t, f"{name}.norm1", y, training))
    return norm(t, f"{name}.norm2", F.conv2d(y, t[f"{name}.conv2.weight"], padding=1), training)


def forward(t, x, gates, training):
    """`gates` holds what the branch of each block is multiplied by; a branch times 0 is not computed."""
    x = F.relu(norm(t, "stem.norm", F.conv2d(x, t["stem.conv.weight"], padding=1), training))
    for stage in range(1, STAGES + 1):
        name, stride = f"stage{stage}.block1", 1 if stage == 1 else 2
        channels = t[f"{name}.conv1.weight"].shape[0]
        skip = F.avg_pool2d(x, stride) if stride > 1 else x
        skip = F.pad(skip, (0, 0, 0, 0, 0, channels - x.shape[1]))
        gate = gates[stage - 1]
        x = skip if gate == 0 else F.relu(skip + gate * branch(t, name, x, stride, training))
    return F.linear(x.mean((2, 3)), t["classifier.weight"], t["classifier.bias"])


def tensors(folder):
    loaded = {name: value.to(torch.float64) for name, value in load_file(f"{folder}/weights.safetensors").items()}
    return loaded, [name for name in loaded if "running" not in name]


def main(folder):
    torch.set_num_threads(1)
    batch = np.load(f"{folder}/batch.npz")
    x, y = torch.from_numpy(batch["x"]).to(torch.float64), torch.from_numpy(batch["y"])
    results = {}
    for vector in VECTORS:
        t, parameters = tensors(folder)
        for name in parameters:
            t[name].requires_grad_()
        logits = forward(t, x, [int(gate) for gate in vector], True)
        loss = F.cross_entropy(logits, y)
        gradients = torch.autograd.grad(loss, [t[name] for name in parameters], allow_unused=True)
        results |= {f"{vector}.logits.train": logits.detach(), f"{vector}.loss": loss.detach()}
        for name, gradient in zip(parameters, gradients):
            # gradients of a block that is left out are not stored: there are none
            if gradient is not None:
                results[f"{vector}.grad.{name}"] = gradient
        results |= {f"{vector}.state.{name}": t[name] for name in t if name not in parameters}
    t, _ = tensors(folder)
    survival = [1 - (block + 1) / STAGES * (1 - LAST_SURVIVAL) for block in range(STAGES)]
    results["logits.eval"] = forward(t, x, survival, False)
    save_file({name: value.contiguous() for name, value in sorted(results.items())},
              f"{folder}/stochastic-depth.safetensors")


main(sys.argv[1])
