"""Makes the fixtures of this folder with PyTorch: what it holds and means stands in README.md.

    python make_fixtures.py OUT             write everything to the folder OUT
    python make_fixtures.py OUT NAME...     write these networks only (resnet_wide is not stored here)
    python make_fixtures.py --search NAME   print the first seed of a network that serves

All random numbers come from NumPy's generators with fixed seeds, and PyTorch runs on one thread, so the same versions
on the same kind of CPU write the same bytes; another CPU moves the last bits of the results.
"""
import argparse
import dataclasses
import io
import itertools
import json
import os
import pathlib
import platform
import sys

import numpy as np
import safetensors
import safetensors.numpy
import torch

import judge
from networks import NETWORKS
from operations import make_operations
from optimizers import make_optimizers

# of data, in bytes
LARGEST_FOLDER = 1_450_000


class Writer:
    """Writes files below a folder, each under a temporary name first, and counts their bytes."""

    def __init__(self, folder):
        self.folder, self.bytes = pathlib.Path(folder), 0

    def write(self, name, data):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f".{path.name}.part")
        temporary.write_bytes(data)
        os.replace(temporary, path)
        self.bytes += len(data)
        return name

    def tensors(self, name, tensors):
        return self.write(name, safetensors.numpy.save({k: np.ascontiguousarray(v).reshape(np.shape(v))
                                                        for k, v in tensors.items()}))

    def arrays(self, name, arrays, compressed):
        stream = io.BytesIO()
        (np.savez_compressed if compressed else np.savez)(stream, **arrays)
        return self.write(name, stream.getvalue())

    def json(self, name, value):
        return self.write(name, (compact(value) + "\n").encode())


def compact(value, indent="", key=""):
    """JSON with one member a line, down to lists and objects that fit in a line of 120 columns with their key."""
    line = json.dumps(value, allow_nan=False)
    if len(indent) + len(key) + len(line) < 120 or not isinstance(value, (dict, list)):
        return line
    deeper = indent + "  "
    if isinstance(value, dict):
        keys = {k: f"{json.dumps(k)}: " for k in value}
        rows = [deeper + keys[k] + compact(v, deeper, keys[k]) for k, v in value.items()]
        return "{\n" + ",\n".join(rows) + f"\n{indent}}}"
    return "[\n" + ",\n".join(deeper + compact(v, deeper) for v in value) + f"\n{indent}]"


def make_network(network, writer):
    """Writes the files of one network and returns its entry in the index."""
    weights, (x, y), (xs, ys) = network.draw()
    problems = judge.objections(network)
    if problems:
        raise SystemExit(f"{network.name}: seed {network.seed} does not serve (see --search):\n" + "\n".join(problems))
    exact, margin = judge.step(network, weights, x, y)
    final, sgd_margin = judge.descend(network, weights, xs, ys)
    sgd_yardstick, sgd_losses = judge.descent_yardstick(network, weights, xs, ys, final)
    stored = dict(weights)
    if network.counters:
        stored |= {name.replace("running_var", "num_batches_tracked"): np.array(0)
                   for name in weights if name.endswith("running_var")}
    reference = {"x": x, "y": y} | {f"weight.{name}": array for name, array in weights.items()}
    reference |= {"logits": exact["logits.train"]} | {k: v for k, v in exact.items() if k != "logits.train"}
    parameters = {name: list(array.shape) for name, array in weights.items() if not judge.is_statistic(name)}
    return {
        "name": network.name, "family": network.family.__name__, "hyperparameters": network.hyperparameters,
        "input": network.input, "batch": network.batch, "seed": network.seed,
        "parameterCount": sum(weights[name].size for name in parameters),
        "files": {
            "weights": writer.tensors(f"{network.name}/weights.safetensors", stored),
            "batch": writer.arrays(f"{network.name}/batch.npz", {"x": x, "y": y}, compressed=False),
            "results": writer.tensors(f"{network.name}/results.safetensors", exact),
            "sgdBatches": writer.arrays(f"{network.name}/sgd-batches.npz", {"x": xs, "y": ys}, compressed=True),
            "sgdResults": writer.tensors(f"{network.name}/sgd-results.safetensors", final),
            "reference": writer.arrays(f"{network.name}/REF.npz", reference, compressed=True),
        },
        "parameters": parameters,
        "loss": exact["loss"].item(), "smallestPreactivation": judge.rounded(margin),
        "yardstick": judge.step_yardstick(network, weights, x, y, exact),
        "sgd": {
            "learningRate": judge.SGD["lr"], "momentum": judge.SGD["momentum"], "dampening": 0.0,
            "nesterov": judge.SGD["nesterov"], "weightDecay": judge.SGD["weight_decay"], "steps": len(xs),
            "losses": final["loss"].tolist(), "lossErrors": sgd_losses,
            "smallestPreactivation": judge.rounded(sgd_margin), "yardstick": sgd_yardstick,
        },
    }


def search(network):
    for seed in itertools.count():
        if not judge.objections(dataclasses.replace(network, seed=seed)):
            return seed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", nargs="?", help="the folder to write to")
    parser.add_argument("names", nargs="*", help="networks; all that are stored where none is named")
    parser.add_argument("--search", metavar="NAME", help="print the first seed of this network that serves")
    arguments = parser.parse_args()
    known = {network.name: network for network in NETWORKS}
    unknown = [name for name in [*arguments.names, *filter(None, [arguments.search])] if name not in known]
    if unknown:
        parser.error(f"expected networks among {', '.join(known)}, found {', '.join(unknown)}")
    if (arguments.out is None) == (arguments.search is None):
        parser.error("expected either a folder to write to or --search NAME")
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    if arguments.search:
        print(search(known[arguments.search]))
        return
    writer = Writer(arguments.out)
    networks = [known[name] for name in arguments.names] or [network for network in NETWORKS if network.stored]
    tensors, cases = make_operations()
    index = {
        "format": 1,
        "versions": {"python": platform.python_version(), "torch": torch.__version__, "numpy": np.__version__,
                     "safetensors": safetensors.__version__},
        "networks": [make_network(network, writer) for network in networks],
        "optimizers": {"file": writer.json("optimizers.json", make_optimizers())},
        "operations": {"file": writer.tensors("operations.safetensors", tensors), "cases": cases},
    }
    writer.json("fixtures.json", index)
    print(f"{writer.bytes} bytes in {arguments.out}", file=sys.stderr)
    if not arguments.names and writer.bytes > LARGEST_FOLDER:
        raise SystemExit(f"expected at most {LARGEST_FOLDER} bytes, found {writer.bytes}")


if __name__ == "__main__":
    main()
