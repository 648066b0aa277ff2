"""Optimizers on a vector of five: six steps with given gradients, every intermediate value in float64.

The gradients are part of the fixture and do not depend on the parameters, so each rule stands alone. They hold a zero,
a value far below Adam's epsilon and changes of sign; one case changes the learning rate on the way, which tells
a velocity that contains the rate from one that does not.
"""
import torch

INITIAL = [0.5, -1.25, 2.0, 0.0, -0.03125]
GRADIENTS = [
    [0.25, -0.5, 1e-9, 0.0, 3.0],
    [-0.75, 0.125, -2e-9, 0.0, 1.5],
    [0.5, -0.375, 4e-9, 1.0, -2.25],
    [1.25, 0.0625, 1e-9, -0.5, 0.75],
    [-0.3, -0.7, -1e-9, 0.1, -4.0],
    [0.15, 0.9, 3e-9, -0.2, 0.6],
]
NAMES = {"momentum_buffer": "velocity", "exp_avg": "firstMoment", "exp_avg_sq": "secondMoment"}


def sgd(momentum=0.0, dampening=0.0, nesterov=False, weight_decay=0.0, rates=(0.1,) * 6):
    settings = dict(momentum=momentum, dampening=dampening, nesterov=nesterov, weight_decay=weight_decay)
    return "sgd", settings, rates


def adam(weight_decay=0.0, decoupled=False, betas=(0.9, 0.999), eps=1e-8, rates=(0.01,) * 6):
    return "adamw" if decoupled else "adam", dict(betas=betas, eps=eps, weight_decay=weight_decay), rates


CASES = {
    "sgd": sgd(),
    "sgd-weight-decay": sgd(weight_decay=0.01),
    "sgd-momentum": sgd(momentum=0.9),
    "sgd-momentum-weight-decay": sgd(momentum=0.9, weight_decay=0.01),
    # Torch7's default where dampening was left unset; the first velocity is still the whole gradient
    "sgd-dampening": sgd(momentum=0.9, dampening=0.9),
    "sgd-dampening-weight-decay": sgd(momentum=0.9, dampening=0.9, weight_decay=0.01),
    "sgd-partial-dampening": sgd(momentum=0.8, dampening=0.3),
    "sgd-nesterov": sgd(momentum=0.9, nesterov=True),
    "sgd-nesterov-weight-decay": sgd(momentum=0.9, nesterov=True, weight_decay=1e-4),
    "sgd-nesterov-schedule": sgd(momentum=0.9, nesterov=True, rates=(0.1, 0.1, 0.1, 0.01, 0.01, 0.001)),
    "adam": adam(),
    "adam-weight-decay": adam(weight_decay=0.01),
    "adam-betas": adam(betas=(0.8, 0.95), eps=1e-3),
    "adamw": adam(weight_decay=0.01, decoupled=True),
    "adamw-schedule": adam(weight_decay=0.1, decoupled=True, rates=(0.01, 0.02, 0.03, 0.02, 0.01, 0.005)),
}


def run(name, optimizer, settings, rates):
    parameter = torch.tensor(INITIAL, dtype=torch.float64, requires_grad=True)
    rule = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam, "adamw": torch.optim.AdamW}[optimizer]
    stepper = rule([parameter], lr=rates[0], **settings)
    steps = []
    for rate, gradient in zip(rates, GRADIENTS):
        stepper.param_groups[0]["lr"] = rate
        parameter.grad = torch.tensor(gradient, dtype=torch.float64)
        stepper.step()
        state = stepper.state[parameter]
        kept = {ours: state[theirs].tolist() for theirs, ours in NAMES.items() if state.get(theirs) is not None}
        steps.append({"parameters": parameter.tolist()} | kept)
    described = {"learningRates": list(rates), "weightDecay": settings["weight_decay"]}
    if optimizer == "sgd":
        described |= {key: settings[key] for key in ("momentum", "dampening", "nesterov")}
    else:
        described |= {"beta1": settings["betas"][0], "beta2": settings["betas"][1], "epsilon": settings["eps"]}
    return {"name": name, "optimizer": optimizer, "settings": described, "steps": steps}


def make_optimizers():
    return {"initial": INITIAL, "gradients": GRADIENTS, "cases": [run(name, *case) for name, case in CASES.items()]}
