#!/usr/bin/env python3
"""The LSTM of bench-quality in PyTorch, as its users would write it: an exact softmax with
tied weights and Adam, on one stream.

quality_torch.py TRAIN VALID [--hidden H] [--rate R] [--epochs N] [--threads N]: index streams
in text form (encode -t), unit=stream; prints after each epoch its number, seconds since the
start, and the validation loss.
"""
import argparse
import math
import time

import torch
from torch import nn
from torch.nn import functional as F

BATCH, CHUNK, DROPOUT, CLIP = 32, 35, 0.2, 1


def read_stream(path):
    """All words, and the size of their vocabulary."""
    with open(path, encoding="utf-8") as f:
        size = int(dict(p.split("=") for p in f.readline().split()[2:])["size"])
        body = f.read().split("\n\n", 1)[1]
    words = [int(w) for line in body.splitlines() if line and line[0] != "#"
             for w in line.split()]
    return torch.tensor(words), size


class Model(nn.Module):
    def __init__(self, size, hidden):
        super().__init__()
        self.embed = nn.Embedding(size, hidden)
        self.embed.weight.data.uniform_(-0.1, 0.1)
        self.lstm = nn.LSTM(hidden, hidden)
        self.bias = nn.Parameter(torch.zeros(size))

    def forward(self, x, state):
        e = F.dropout(self.embed(x), DROPOUT, self.training)
        s, state = self.lstm(e, state)
        s = F.dropout(s, DROPOUT, self.training)
        return F.linear(s, self.embed.weight, self.bias), state


def chunks(words, batch, chunk):
    n = len(words) // batch
    columns = words[:n * batch].view(batch, n).t().contiguous()
    for i in range(0, n - 1, chunk):
        t = min(chunk, n - 1 - i)
        yield columns[i:i + t], columns[i + 1:i + 1 + t]


def evaluate(model, words):
    model.eval()
    state, total, n = None, 0.0, 0
    with torch.no_grad():
        for x, y in chunks(words, 1, 500):
            z, state = model(x, state)
            total += F.cross_entropy(z.view(-1, z.shape[-1]), y.reshape(-1), reduction="sum").item()
            n += y.numel()
    model.train()
    return total / n


def main():
    a = argparse.ArgumentParser()
    a.add_argument("train")
    a.add_argument("valid")
    a.add_argument("--hidden", type=int, default=200)
    a.add_argument("--rate", type=float, default=0.006)
    a.add_argument("--epochs", type=int, default=4)
    a.add_argument("--threads", type=int, default=0)
    o = a.parse_args()
    torch.manual_seed(1)
    if o.threads:
        torch.set_num_threads(o.threads)
    train, size = read_stream(o.train)
    valid, _ = read_stream(o.valid)
    model = Model(size, o.hidden)
    optimiser = torch.optim.Adam(model.parameters(), lr=o.rate)
    steps = math.ceil((len(train) // BATCH - 1) / CHUNK) * o.epochs
    start, step = time.monotonic(), 0
    for epoch in range(1, o.epochs + 1):
        state = None
        for x, y in chunks(train, BATCH, CHUNK):
            for group in optimiser.param_groups:
                group["lr"] = o.rate * 0.5 * (1 + math.cos(math.pi * step / steps))
            z, state = model(x, state)
            state = tuple(s.detach() for s in state)
            loss = F.cross_entropy(z.view(-1, z.shape[-1]), y.reshape(-1))
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), CLIP)
            optimiser.step()
            step += 1
        print(epoch, "%.1f" % (time.monotonic() - start), "%.4f" % evaluate(model, valid), flush=True)


main()
