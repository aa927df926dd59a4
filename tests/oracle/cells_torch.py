#!/usr/bin/env python3
"""What PyTorch makes of one layer of LSTM or GRU cells, in double.

Prints what goes in (inputs, weights, first states, and the weights of the loss,
a sum over all states) and what comes out (states and gradients), each as a line
of name, rows, columns, and then its rows.  Sequences are one after another.
Status 77 where PyTorch is not installed.
"""
import argparse
import sys


def show(name, x):
    x = x.detach().reshape(-1, x.shape[-1])
    print(name, *x.shape)
    for row in x.tolist():
        print(*("%.17g" % number for number in row))


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("cell", choices=("lstm", "gru"))
    p.add_argument("--inputs", type=int, default=5)
    p.add_argument("--hidden", type=int, default=9)
    p.add_argument("--sequences", type=int, default=3)
    p.add_argument("--steps", type=int, default=6)
    a = p.parse_args()
    try:
        import torch
    except ImportError:
        print("cells_torch: no PyTorch here (Debian: python3-torch)", file=sys.stderr)
        return 77
    torch.manual_seed(1)
    torch.set_default_dtype(torch.float64)

    def draw(*shape):
        return torch.rand(*shape) * 2 - 1

    layer = (torch.nn.LSTM if a.cell == "lstm" else torch.nn.GRU)(a.inputs, a.hidden)
    x = draw(a.sequences, a.steps, a.inputs).requires_grad_()
    s0, c0 = draw(1, a.sequences, a.hidden), draw(1, a.sequences, a.hidden)
    weight = draw(a.sequences, a.steps, a.hidden)
    first = (s0, c0) if a.cell == "lstm" else s0
    s = layer(x.transpose(0, 1), first)[0].transpose(0, 1)
    (weight * s).sum().backward()
    show("x", x)
    show("s0", s0)
    if a.cell == "lstm":
        show("c0", c0)
    show("weight", weight)
    names = {"weight_ih_l0": "m", "weight_hh_l0": "w", "bias_ih_l0": "b", "bias_hh_l0": "bw"}
    for name, value in layer.named_parameters():
        show(names[name], value)
    show("s", s)
    show("dx", x.grad)
    for name, value in layer.named_parameters():
        show("d" + names[name], value.grad)
    return 0


if __name__ == "__main__":
    sys.exit(main())
