#!/usr/bin/env python3
"""How long a step of training a character model takes in PyTorch, in float.

One-hot characters (or, of more than a thousand words, an embedding of as many
numbers as there are hidden units, with a sparse gradient), nn.RNN, nn.LSTM or
nn.GRU, a linear layer, the loss summed over all, gradients cut at 5, states
carried over from step to step.  Prints what tests/bench/cells prints.  Status 77 where
PyTorch is not installed.
"""
import argparse
import sys

import bench_time


def make_step(torch, a):
    torch.manual_seed(1)
    kind = {"rnn": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}[a.cell]
    words = a.vocab > 1000
    cells = kind(a.hidden if words else a.vocab, a.hidden, a.layers, batch_first=True)
    out = torch.nn.Linear(a.hidden, a.vocab)
    numbers = list(cells.parameters()) + list(out.parameters())
    if words:
        embed = torch.nn.Embedding(a.vocab, a.hidden, sparse=True)
        descent_of_words = torch.optim.SGD(embed.parameters(), lr=0.002)
    loss = torch.nn.CrossEntropyLoss(reduction="sum")
    rule = {"sgd": torch.optim.SGD, "adagrad": torch.optim.Adagrad,
            "rmsprop": torch.optim.RMSprop, "adam": torch.optim.Adam}[a.rule]
    descent = rule(numbers, lr=0.002)
    x = torch.randint(a.vocab, (a.sequences, a.rows))
    y = torch.randint(a.vocab, (a.sequences, a.rows))
    carried = [None]

    def step():
        descent.zero_grad(set_to_none=True)
        if words:
            descent_of_words.zero_grad(set_to_none=True)
            below = embed(x)
        else:
            below = torch.nn.functional.one_hot(x, a.vocab).float()
        states, after = cells(below, carried[0])
        loss(out(states.reshape(-1, a.hidden)), y.reshape(-1)).backward()
        torch.nn.utils.clip_grad_value_(numbers, 5)
        descent.step()
        if words:
            descent_of_words.step()
        carried[0] = tuple(s.detach() for s in after) if a.cell == "lstm" else after.detach()

    return step


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--threads", type=int, default=1)
    p.add_argument("cell", choices=("rnn", "lstm", "gru"))
    for name in ("layers", "hidden", "vocab", "sequences", "rows"):
        p.add_argument(name, type=int)
    p.add_argument("rule", choices=("sgd", "adagrad", "rmsprop", "adam"))
    p.add_argument("seconds", type=float)
    a = p.parse_args()
    try:
        import torch
    except ImportError:
        print("bench_cells_torch: no PyTorch here (Debian: python3-torch)", file=sys.stderr)
        return 77
    torch.set_num_threads(a.threads)
    bench_time.pace(make_step(torch, a), a.sequences * a.rows, a.seconds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
