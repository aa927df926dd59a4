#!/usr/bin/env python3
"""The adaptive softmax and the lazy Adam of train, written a second time in NumPy.

adaptive_numpy.py STREAM HIDDEN CUTOFFS REDUCTION RATE EPOCHS SEED: trains a plain network
with biases on an index stream in text form (unit=sentence), a sentence a step, and prints a
line for each epoch: its number, the loss, the rate.

adaptive_numpy.py MODEL: ln P of every word after SENTENCE_START, by such a network from a
model file and the rules of model(5) alone, a line a word in the order of the vocabulary;
fails unless the probabilities sum to 1.

Here every word has its own list of decisions: a row of the head, and where the word is in a
cluster a row of that; one word at a time, where the C code gathers those of a batch.
"""
import sys

import numpy as np

import rnn_numpy
from lazy_adam import Adam, read_counts


class Parameter(Adam):
    def __init__(self, p, rate):
        super().__init__(p, rate)
        self.g = np.zeros_like(p)


def log_softmax(z):
    z = z - z.max()
    return z - np.log(np.exp(z).sum())


class Output:
    """The head's V and c, and (V, c, P) of each cluster."""

    def __init__(self, cuts, vocab, head, clusters):
        self.first = [0, *cuts]
        self.end = [*cuts, vocab]
        self.head, self.clusters = head, clusters

    def part_of(self, word):
        return sum(word >= first for first in self.first) - 1

    def distribution(self, s):
        V, c = self.head
        head = log_softmax(V @ s + c)
        logp = list(head[:self.first[1]])
        for i, (V, c, P) in enumerate(self.clusters):
            logp += list(head[self.first[1] + i] + log_softmax(V @ (P @ s) + c))
        return logp

    def initial(cuts, counts, hidden, reduction, draw):
        """After U, V and W: V1, P1, V2, P2 ...; biases are ln of relative counts."""
        ends, out = [*cuts, len(counts)], []
        for i, first in enumerate(cuts):
            width = max(hidden // reduction ** (i + 1), 1)
            own = counts[first:ends[i + 1]]
            V = draw(-width ** -0.5, width ** -0.5, (len(own), width))
            P = draw(-hidden ** -0.5, hidden ** -0.5, (width, hidden))
            out.append((V, np.log(own / own.sum()), P))
        return out


def head_bias(cuts, counts):
    ends = [*cuts, len(counts)]
    sums = [counts[a:b].sum() for a, b in zip(cuts, ends[1:])]
    return np.log(np.append(counts[:cuts[0]], sums) / counts.sum())


class Training:
    def __init__(self, counts, cuts, hidden, reduction, rate, seed):
        random, self.steps = np.random.RandomState(seed), 0
        draw, h, v = random.uniform, hidden ** -0.5, len(counts) ** -0.5
        U = draw(-v, v, (hidden, len(counts)))
        V = draw(-h, h, (cuts[0] + len(cuts), hidden))
        W = draw(-h, h, (hidden, hidden))
        parts = Output.initial(cuts, counts, hidden, reduction, draw)
        self.U, self.W, self.b = (Parameter(p, rate) for p in (U.T.copy(), W, np.zeros(hidden)))
        self.head = [Parameter(p, rate) for p in (V, head_bias(cuts, counts))]
        self.clusters = [[Parameter(p, rate) for p in part] for part in parts]
        self.output = Output(cuts, len(counts), [a.p for a in self.head],
                             [[a.p for a in part] for part in self.clusters])

    def states(self, x):
        s = [np.zeros(len(self.b.p))]
        for word in x:
            s.append(np.tanh(self.U.p[word] + self.b.p + self.W.p @ s[-1]))
        return s

    def loss(self, sentences):
        total = n = 0
        for x, y in sentences:
            for s, target in zip(self.states(x)[1:], y):
                total -= self.output.distribution(s)[target]
                n += 1
        return total / n

    def target(self, s, word):
        """Adds the gradients of -ln P(word | s); returns dL/ds."""
        part, head = self.output.part_of(word), self.head
        entry = word if part == 0 else self.output.first[1] + part - 1
        e = np.exp(log_softmax(head[0].p @ s + head[1].p))
        e[entry] -= 1
        head[0].g += np.outer(e, s)
        head[1].g += e
        ds = e @ head[0].p
        if part > 0:
            V, c, P = self.clusters[part - 1]
            r = P.p @ s
            e = np.exp(log_softmax(V.p @ r + c.p))
            e[word - self.output.first[part]] -= 1
            V.g += np.outer(e, r)
            c.g += e
            P.g += np.outer(e @ V.p, s)
            ds = ds + (e @ V.p) @ P.p
        return ds

    def step(self, x, y):
        s, later = self.states(x), np.zeros(len(self.b.p))
        every = [self.U, self.W, self.b, *self.head, *sum(self.clusters, [])]
        for a in every:
            a.g[:] = 0
        for t in range(len(x) - 1, -1, -1):
            d = (self.target(s[t + 1], y[t]) + later) * (1 - s[t + 1] ** 2)
            self.U.g[x[t]] += d
            self.b.g += d
            self.W.g += np.outer(d, s[t])
            later = self.W.p.T @ d
        self.steps += 1
        self.U.update(self.U.g, np.unique(x), self.steps)
        for a in (self.W, self.b, *self.head):
            a.update(a.g, range(len(a.p)), self.steps)
        for part in {self.output.part_of(word) for word in y} - {0}:
            for a in self.clusters[part - 1]:
                a.update(a.g, range(len(a.p)), self.steps)


def train(path, hidden, cuts, reduction, rate, epochs, seed):
    sentences = rnn_numpy.read_sentences(path)
    counts = np.maximum(read_counts(path), 1)
    cuts = [int(cut) for cut in cuts.split(",")]
    run = Training(counts, cuts, int(hidden), int(reduction), float(rate), int(seed))
    for epoch in range(int(epochs) + 1):
        print(epoch, "%.6f" % run.loss(sentences), rate)
        for x, y in sentences if epoch < int(epochs) else []:
            run.step(x, y)


def probabilities(path):
    with np.load(path) as z:
        config = dict(line.split("=") for line in bytes(z["config"]).decode().splitlines())
        p = {k: z[k].astype(float) for k in z if k not in ("config", "vocab")}
    cuts = [int(cut) for cut in config["cutoffs"].split(",")]
    clusters = [(p[f"V{i}"], p[f"c{i}"][0], p[f"P{i}"]) for i in range(1, len(cuts) + 1)]
    output = Output(cuts, int(config["vocab"]), (p["V"], p["c"][0]), clusters)
    logp = output.distribution(np.tanh(p["U"][:, 0] + p["b"][0]))
    for x in logp:
        print("%.6f" % x)
    if abs(np.exp(logp).sum() - 1) > 1e-9:
        sys.exit(f"adaptive_numpy: the probabilities sum to {np.exp(logp).sum()}")


if len(sys.argv) == 2:
    probabilities(sys.argv[1])
else:
    train(*sys.argv[1:])
