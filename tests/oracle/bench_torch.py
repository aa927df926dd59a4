#!/usr/bin/env python3
"""How long one step of SGD takes in PyTorch, in float, one sentence a step.

The net is as near to ours as its parts allow: an embedding with a sparse
gradient, nn.RNN (which puts a matrix between the two that ours has not) and a
linear layer, without biases.  Its gradient goes back over the whole sentence.
Status 77 where PyTorch is not installed.
"""
import sys

import bench_time


def model(torch, a):
    torch.manual_seed(a.seed)
    embed = torch.nn.Embedding(a.vocab, a.hidden, sparse=True)
    cell = torch.nn.RNN(a.hidden, a.hidden, nonlinearity="tanh", bias=False)
    out = torch.nn.Linear(a.hidden, a.vocab, bias=False)
    c, h = a.vocab ** -0.5, a.hidden ** -0.5
    torch.nn.init.uniform_(embed.weight, -c, c)
    torch.nn.init.uniform_(out.weight, -h, h)
    parts = torch.nn.ModuleList([embed, cell, out])
    loss = torch.nn.CrossEntropyLoss(reduction="sum")
    descent = torch.optim.SGD(parts.parameters(), lr=a.rate)

    def step(x, y):
        descent.zero_grad(set_to_none=True)
        states, _ = cell(embed(x).unsqueeze(1))
        loss(out(states.squeeze(1)), y).backward()
        descent.step()

    return step


def main():
    a = bench_time.arguments(__doc__)
    try:
        import torch
    except ImportError:
        print("bench_torch: no PyTorch here (Debian: python3-torch)", file=sys.stderr)
        return 77
    import rnn_numpy as rnn
    torch.set_num_threads(a.threads)
    sentences = [(torch.from_numpy(x), torch.from_numpy(y))
                 for x, y in rnn.read_sentences(a.data, a.limit)]
    bench_time.measure("torch " + torch.__version__, model(torch, a), sentences, a)
    return 0


if __name__ == "__main__":
    sys.exit(main())
