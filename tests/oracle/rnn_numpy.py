#!/usr/bin/env python3
"""The arithmetic of train and score, written a second time in NumPy.

A word-level recurrent network without biases.  C words, H hidden units,
U (H x C), V (C x H), W (H x H); for inputs x_0 .. x_{T-1}:

    s_t = tanh(U[:, x_t] + W s_{t-1}),  s_{-1} = 0
    o_t = softmax(V s_t),               loss = sum of -ln o_t[y_t]

The gradient is cut short: the error of step t goes back over the steps
t, t-1, ..., max(0, t - bptt) and no further.  It is here twice: literally,
one outer product after another (--literal), and with all t going back
together.  The two agree to 1e-10 and better; --check shows it.

Nothing here is fast, clever or shared with the C code: that is its use.
"""
import argparse
import sys

import numpy as np


class Net:
    """The three matrices; everything is computed in their type."""

    def __init__(self, U, V, W):
        self.U, self.V, self.W = U, V, W
        self.H, self.C = U.shape
        if V.shape != (self.C, self.H) or W.shape != (self.H, self.H):
            raise ValueError(f"shapes {U.shape} {V.shape} {W.shape} do not fit")

    @classmethod
    def initial(cls, C, H, seed, dtype=np.float64):
        """Uniform in +-sqrt(1/inputs), drawn for U, then V, then W."""
        draw = np.random.RandomState(seed).uniform
        c, h = np.sqrt(1.0 / C), np.sqrt(1.0 / H)
        U = draw(-c, c, (H, C))
        V = draw(-h, h, (C, H))
        W = draw(-h, h, (H, H))
        return cls(U.astype(dtype), V.astype(dtype), W.astype(dtype))

    @classmethod
    def load(cls, path, dtype=np.float64):
        with np.load(path) as z:
            return cls(*(z[name].astype(dtype) for name in "UVW"))

    def save(self, path):
        np.savez(path, U=self.U, V=self.V, W=self.W)


def forward(net, x):
    """States and logarithms of the outputs.

    Row t+1 of s is s_t and row 0 is s_{-1}, so "the state before step t" is
    always s[t].
    """
    s = np.zeros((len(x) + 1, net.H), net.U.dtype)
    for t, word in enumerate(x):
        s[t + 1] = np.tanh(net.U[:, word] + net.W @ s[t])
    z = s[1:] @ net.V.T
    z -= z.max(axis=1, keepdims=True)
    return s, z - np.log(np.exp(z).sum(axis=1, keepdims=True))


def forward_literal(net, x):
    """States as forward() has them, and outputs, each at its own step."""
    s = np.zeros((len(x) + 1, net.H), net.U.dtype)
    o = np.zeros((len(x), net.C), net.U.dtype)
    for t, word in enumerate(x):
        s[t + 1] = np.tanh(net.U[:, word] + net.W @ s[t])
        z = net.V @ s[t + 1]
        e = np.exp(z - z.max())
        o[t] = e / e.sum()
    return s, o


def log_probability(net, x, y):
    """ln P of one sentence, summed in double."""
    _, log_o = forward(net, x)
    return float(np.sum(log_o[np.arange(len(y)), y], dtype=np.float64))


def mean_loss(net, sentences):
    """-ln P per predicted token, over all sentences."""
    total = sum(-log_probability(net, x, y) for x, y in sentences)
    return total / sum(len(y) for _, y in sentences)


def output_error(o, y):
    """d loss / d (V s_t): the outputs, less one where the truth is.  In place."""
    o[np.arange(len(y)), y] -= 1
    return o


def gradient_literal(net, x, y, bptt):
    """dU, dV, dW by the definition, one t and one step back at a time."""
    s, o = forward_literal(net, x)
    d_o = output_error(o, y)
    dU, dV, dW = (np.zeros_like(a) for a in (net.U, net.V, net.W))
    for t in range(len(x)):
        dV += np.outer(d_o[t], s[t + 1])
        # d is d loss_t / d (what tanh was taken of, at this step)
        d = (net.V.T @ d_o[t]) * (1 - s[t + 1] ** 2)
        for step in range(t, max(0, t - bptt) - 1, -1):
            dU[:, x[step]] += d
            dW += np.outer(d, s[step])
            d = (net.W.T @ d) * (1 - s[step] ** 2)
    return dU, dV, dW


def gradient_batched(net, x, y, bptt):
    """The same, every t going back at once.

    After k steps back, row i of d belongs to step i and came from t = i + k;
    summed over k it is all the error that reaches step i.  Gives the words of
    the sentence and their columns of dU (all the others are zero), dV and dW.
    """
    s, log_o = forward(net, x)
    d_o = output_error(np.exp(log_o), y)
    dV = d_o.T @ s[1:]
    slope = 1 - s ** 2
    d = (d_o @ net.V) * slope[1:]
    reach = d.copy()
    for _ in range(min(bptt, len(x) - 1)):
        d = (d[1:] @ net.W) * slope[1:len(d)]
        reach[:len(d)] += d
    dW = reach.T @ s[:-1]
    words, place = np.unique(x, return_inverse=True)
    dU = np.zeros((len(words), net.H), net.U.dtype)
    np.add.at(dU, place, reach)
    return words, dU.T, dV, dW


def step_literal(net, x, y, bptt, rate):
    dU, dV, dW = gradient_literal(net, x, y, bptt)
    net.U -= rate * dU
    net.V -= rate * dV
    net.W -= rate * dW


def step_batched(net, x, y, bptt, rate):
    words, dU, dV, dW = gradient_batched(net, x, y, bptt)
    net.U[:, words] -= rate * dU
    net.V -= rate * dV
    net.W -= rate * dW


def train(net, sentences, epochs, every, rate, bptt, step=step_batched):
    """SGD, one sentence a step, in order.  Yields (epoch, loss, rate) before
    every Nth epoch and at the end; the rate is the one that goes on from
    there, halved if the loss rose since the evaluation before."""
    before = None
    rate = net.U.dtype.type(rate)
    for epoch in range(epochs + 1):
        if epoch == epochs or (every and epoch % every == 0):
            loss = mean_loss(net, sentences)
            if before is not None and loss > before:
                rate = rate / 2
            before = loss
            yield epoch, loss, float(rate)
        if epoch < epochs:
            for x, y in sentences:
                step(net, x, y, bptt, rate)


def read_sentences(path, limit=None):
    """Lines of indexes as (x, y), y being x moved on by one.  The text form
    of an index stream works too: its header and table are passed over."""
    with (sys.stdin if path == "-" else open(path, encoding="utf-8")) as f:
        lines = f.read().split("\n")
    if lines[0].startswith("#index"):
        if not any(line.startswith("#end") for line in lines[-2:]):
            sys.exit(f"rnn_numpy: {path}: the stream has no end")
        lines = lines[lines.index("") + 1:]
    out = []
    for line in lines:
        if not line or line.startswith("#end"):
            continue
        w = np.array([int(i) for i in line.split()])
        out.append((w[:-1], w[1:]))
    return out[:limit]


def show(name, a):
    """An array as text: a line of name, rows, columns, then the rows."""
    print(name, *a.shape)
    for row in a:
        print(*("%.17g" % v for v in row))


def show_gradient(net, x, y, bptt):
    print("loss %.17g" % -log_probability(net, x, y))
    for name, a in zip(("dU", "dV", "dW"), gradient_literal(net, x, y, bptt)):
        show(name, a)


def check(net, sentences, bptt):
    """The two ways to the gradient, compared; the worst difference."""
    worst = 0.0
    for x, y in sentences:
        dU, dV, dW = gradient_literal(net, x, y, bptt)
        words, bU, bV, bW = gradient_batched(net, x, y, bptt)
        dU[:, words] -= bU
        worst = max(worst, *(np.abs(d).max() for d in (dU, dV - bV, dW - bW)))
    print("worst difference of the two gradients: %.3g" % worst)
    return worst <= 1e-10


def arguments():
    p = argparse.ArgumentParser(description="train and score, in NumPy")
    add = p.add_argument
    add("--data", required=True, metavar="FILE", help="lines of indexes, or an index stream as text")
    add("--hidden", type=int, default=100)
    add("--vocab", type=int, default=8000)
    add("--bptt", type=int, default=4)
    add("--rate", type=float, default=0.005)
    add("--epochs", type=int, default=100)
    add("--every", type=int, default=1, help="evaluate before every Nth epoch; 0: only at the end")
    add("--seed", type=int, default=10)
    add("--limit", type=int, metavar="N", help="only the first N sentences")
    add("--literal", action="store_true", help="the gradient one outer product at a time")
    add("--float32", action="store_true")
    add("--model", metavar="FILE", help="start from the U, V, W of this .npz")
    add("--save", metavar="FILE", help="write U, V, W to this .npz")
    what = p.add_mutually_exclusive_group()
    what.add_argument("--score", action="store_true", help="ln P and tokens of each sentence; no training")
    what.add_argument("--gradient", type=int, metavar="N",
                      help="loss and gradient of sentence N (from 0); no training")
    what.add_argument("--check", action="store_true", help="compare the two gradients; no training")
    what.add_argument("--params", action="store_true", help="print U, V, W after training, not the losses")
    return p.parse_args()


def main():
    a = arguments()
    dtype = np.float32 if a.float32 else np.float64
    if a.model:
        net = Net.load(a.model, dtype)
    else:
        net = Net.initial(a.vocab, a.hidden, a.seed, dtype)
    sentences = read_sentences(a.data, a.limit)
    if a.score:
        for x, y in sentences:
            print("%.12f %d" % (log_probability(net, x, y), len(y)))
        return 0
    if a.gradient is not None:
        show_gradient(net, *sentences[a.gradient], a.bptt)
        return 0
    if a.check:
        return 0 if check(net, sentences, a.bptt) else 1
    step = step_literal if a.literal else step_batched
    for epoch, loss, rate in train(net, sentences, a.epochs, a.every, a.rate, a.bptt, step):
        if not a.params:
            print("%d %.10f %g" % (epoch, loss, rate), flush=True)
    if a.params:
        for name in "UVW":
            show(name, getattr(net, name))
    if a.save:
        net.save(a.save)
    return 0


if __name__ == "__main__":
    sys.exit(main())
