#!/usr/bin/env python3
"""min-char-rnn's arithmetic on a text or an index stream, in NumPy, from its formulas.

C tokens, H hidden units, Wxh (H x C), Whh (H x H), Why (C x H) and biases bh, by:

    h_t = tanh(Wxh[:, x_t] + Whh h_{t-1} + bh)
    p_t = softmax(Why h_t + by),      loss of a chunk = sum of -ln p_t[y_t]

The stream is one sequence, all of its lines put together; a chunk of --chunk
steps is an update, and h is carried on into the next chunk.  A pass ends with a
chunk that may be shorter, and the next pass begins with h = 0.  (The published
program leaves such a chunk out, which makes no difference within a pass.)

Weights are 0.01 randn, for Wxh, Whh, Why; biases are 0.  Every number of the
summed gradient is cut to +-clip.  The rules are those of train(1); min-char-rnn's
is adagrad at 0.1, its chunk 25, its clip 5 and its H 100.

With --streams B the sequence is cut into B parts of the same length, the first
ones longer by one where it does not come out even; all are read side by side, and
their gradients are added up before they are cut.

Prints chunk and smoothed loss, every so many chunks: 0.999 of what it was and
0.001 of the chunk's, as if it had its full length; at first, chunk * ln C.
"""
import argparse
import collections
import sys

import numpy as np


def read_stream(f):
    """C and the sequence, of an index stream in text form."""
    lines = f.read().split("\n")
    fields = dict(word.split("=") for word in lines[0].split()[2:])
    assert fields["form"] == "text"
    first = int(fields["size"]) + 2
    tokens = []
    for line in lines[first:]:
        if line.startswith("#end"):
            return int(fields["size"]), np.array(tokens)
        tokens.extend(int(word) for word in line.split())
    sys.exit("min_char_numpy: the stream is cut off")


def read_text(f):
    """The same of a text: an index for each character, by falling count, and of
    those with equal counts the first to appear first."""
    text = f.read()
    table = [c for c, _ in collections.Counter(text).most_common()]
    index = {c: i for i, c in enumerate(table)}
    return len(table), np.array([index[c] for c in text])


class Net:
    def __init__(self, C, H, seed):
        rng = np.random.RandomState(seed)
        self.p = {
            "Wxh": rng.randn(H, C) * 0.01,
            "Whh": rng.randn(H, H) * 0.01,
            "Why": rng.randn(C, H) * 0.01,
            "bh": np.zeros(H),
            "by": np.zeros(C),
        }

    def chunk(self, x, y, before):
        """The chunk's loss, its gradients, and h after it."""
        p, T = self.p, len(x)
        h = np.zeros((T + 1, len(before)))
        h[0] = before
        for t in range(T):
            h[t + 1] = np.tanh(p["Wxh"][:, x[t]] + p["Whh"] @ h[t] + p["bh"])
        z = h[1:] @ p["Why"].T + p["by"]
        z -= z.max(axis=1, keepdims=True)
        log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
        g = {name: np.zeros_like(a) for name, a in p.items()}
        d_out = np.exp(log_p)
        d_out[np.arange(T), y] -= 1
        g["Why"] = d_out.T @ h[1:]
        g["by"] = d_out.sum(axis=0)
        later = np.zeros(len(before))
        for t in reversed(range(T)):
            d = (p["Why"].T @ d_out[t] + later) * (1 - h[t + 1] ** 2)
            g["Wxh"][:, x[t]] += d
            g["Whh"] += np.outer(d, h[t])
            g["bh"] += d
            later = p["Whh"].T @ d
        return -log_p[np.arange(T), y].sum(), g, h[T]


class Optimiser:
    """The rules of train(1), with m and n kept for each parameter."""

    def __init__(self, a, p):
        self.a = a
        self.m = {name: np.zeros_like(x) for name, x in p.items()}
        self.n = {name: np.zeros_like(x) for name, x in p.items()}
        self.steps = 0

    def change(self, name, g):
        rate, m, n = self.a.rate, self.m, self.n
        if self.a.rule == "sgd":
            return rate * g
        if self.a.rule == "momentum":
            m[name] = 0.9 * m[name] + g
            return rate * m[name]
        if self.a.rule == "adagrad":
            m[name] += g * g
            return rate * g / np.sqrt(m[name] + 1e-8)
        if self.a.rule == "rmsprop":
            m[name] = 0.95 * m[name] + 0.05 * g * g
            return rate * g / (np.sqrt(m[name]) + 1e-8)
        m[name] = 0.9 * m[name] + 0.1 * g
        n[name] = 0.999 * n[name] + 0.001 * g * g
        m_hat = m[name] / (1 - 0.9 ** self.steps)
        n_hat = n[name] / (1 - 0.999 ** self.steps)
        return rate * m_hat / (np.sqrt(n_hat) + 1e-8)

    def update(self, p, g):
        self.steps += 1
        norm = np.sqrt(sum((x * x).sum() for x in g.values()))
        shrink = self.a.clip_norm / norm if self.a.clip_norm and norm > self.a.clip_norm else 1
        for name in p:
            x = g[name] * shrink
            if self.a.clip:
                x = np.clip(x, -self.a.clip, self.a.clip)
            decay = self.a.rule == "adamw" and not name.startswith("b")
            shrunk = self.a.rate * self.a.weight_decay * p[name] if decay else 0
            p[name] -= self.change(name, x) + shrunk


def cut(tokens, n):
    """The steps as n parts: a list of (x, y)."""
    steps = len(tokens) - 1
    ends = np.cumsum([0] + [steps // n + (i < steps % n) for i in range(n)])
    return [(tokens[a:b], tokens[a + 1:b + 1]) for a, b in zip(ends, ends[1:])]


def step(net, streams, h, at, T):
    """A chunk of every stream that has one left: mean loss, and summed gradients."""
    total, steps, sums = 0, 0, {name: np.zeros_like(a) for name, a in net.p.items()}
    for i, (x, y) in enumerate(streams):
        if at >= len(x):
            continue
        loss, g, h[i] = net.chunk(x[at:at + T], y[at:at + T], h[i])
        total += loss
        steps += len(x[at:at + T])
        for name in sums:
            sums[name] += g[name]
    return total / steps, sums


def train(a, C, tokens):
    net = Net(C, a.hidden, a.seed)
    net.p["Wxh"][0, 0] += a.nudge
    optimiser = Optimiser(a, net.p)
    streams = cut(tokens, a.streams)
    smooth, chunks = a.chunk * np.log(C), 0
    while True:
        h = np.zeros((a.streams, a.hidden))
        for at in range(0, len(streams[0][0]), a.chunk):
            loss, g = step(net, streams, h, at, a.chunk)
            smooth = 0.999 * smooth + 0.001 * loss * a.chunk
            optimiser.update(net.p, g)
            chunks += 1
            if chunks % a.every == 0:
                print(chunks, "%.9f" % smooth)
            if chunks == a.steps:
                return


def main():
    p = argparse.ArgumentParser(description=__doc__,
                                formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--text", action="store_true",
                   help="standard input is a text, not a stream in text form")
    p.add_argument("--hidden", type=int, default=100)
    p.add_argument("--chunk", type=int, default=25)
    p.add_argument("--streams", type=int, default=1)
    p.add_argument("--rule", default="adagrad",
                   choices=("sgd", "momentum", "adagrad", "rmsprop", "adam", "adamw"))
    p.add_argument("--weight-decay", type=float, default=0.01, help="of adamw, not of biases")
    p.add_argument("--rate", type=float, default=0.1)
    p.add_argument("--clip", type=float, default=5)
    p.add_argument("--clip-norm", type=float, default=0)
    p.add_argument("--seed", type=int, default=10)
    p.add_argument("--steps", type=int, default=1000, help="chunks in all")
    p.add_argument("--nudge", type=float, default=0,
                   help="added to the first weight, to see how far that goes")
    p.add_argument("--every", type=int, default=100, help="chunks from line to line")
    a = p.parse_args()
    with open(sys.stdin.fileno(), encoding="utf-8", newline="") as f:
        train(a, *(read_text if a.text else read_stream)(f))
    return 0


if __name__ == "__main__":
    sys.exit(main())
