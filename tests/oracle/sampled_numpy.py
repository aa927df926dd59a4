#!/usr/bin/env python3
"""The sampled softmax and the lazy Adam of train, written a second time in NumPy.

sampled_numpy.py STREAM HIDDEN SAMPLES POWER RATE EPOCHS SEED: trains a plain network with
an output bias on an index stream in text form (unit=sentence), a sentence a step, and
prints a line for each epoch: its number, the exact loss, the rate.

    l_i = V_i s + c_i - ln(K q_i)    target and the K words drawn with replacement by q,
                                     one by one; a drawn word that is the target is left out
    loss = -ln softmax(l)[target]    summed over a sentence

Here each drawn word is a term of its own, where the C code counts repeated ones once with
their number.  Adam leaves the rows of words that a step did not touch until they are touched
again, and then does the missing updates one by one, with gradients of zero.
"""
import sys

import numpy as np

import rnn_numpy
from lazy_adam import Adam, read_counts


def draw(seed, step, q, k):
    """The noise words of a step."""
    key = [seed, step & 0xffffffff, step >> 32]
    x = np.random.RandomState(key).random_sample(k)
    return np.searchsorted(np.cumsum(q), x, side="right").clip(max=len(q) - 1)


def forward(net, b, x):
    s = np.zeros((len(x) + 1, net.H))
    for t, word in enumerate(x):
        s[t + 1] = np.tanh(net.U[:, word] + b + net.W @ s[t])
    return s


def exact_loss(net, b, c, sentences):
    total = n = 0
    for x, y in sentences:
        z = forward(net, b, x)[1:] @ net.V.T + c
        z -= z.max(axis=1, keepdims=True)
        total -= (z[np.arange(len(y)), y] - np.log(np.exp(z).sum(axis=1))).sum()
        n += len(y)
    return total / n


def gradient(net, b, c, x, y, noise, log_kq):
    """dU' (words first), dV, dW, db, dc."""
    s = forward(net, b, x)
    dU, dV, dc = np.zeros_like(net.U.T), np.zeros_like(net.V), np.zeros_like(c)
    dW, db, ds = np.zeros_like(net.W), np.zeros(net.H), np.zeros_like(s)
    for t, target in enumerate(y):
        words = np.append(noise[noise != target], target)
        z = net.V[words] @ s[t + 1] + c[words] - log_kq[words]
        p = np.exp(z - z.max())
        p /= p.sum()
        p[-1] -= 1
        ds[t + 1] = p @ net.V[words]
        np.add.at(dV, words, np.outer(p, s[t + 1]))
        np.add.at(dc, words, p)
    for t in range(len(x) - 1, -1, -1):
        d = ds[t + 1] * (1 - s[t + 1] ** 2)
        dU[x[t]] += d
        db += d
        dW += np.outer(d, s[t])
        ds[t] += net.W.T @ d
    return dU, dV, dW, db, dc


def main():
    path, hidden, samples, power, rate, epochs, seed = sys.argv[1:]
    samples, seed = int(samples), int(seed)
    counts = np.maximum(read_counts(path), 1)
    sentences = rnn_numpy.read_sentences(path)
    net = rnn_numpy.Net.initial(len(counts), int(hidden), seed)
    b, c = np.zeros(net.H), np.log(counts / counts.sum())
    q = counts ** float(power)
    q /= q.sum()
    words = [net.U.T, net.V, c]
    U, V, C, W, B = (Adam(p, float(rate)) for p in [*words, net.W, b])
    step = 0
    for epoch in range(int(epochs) + 1):
        print(epoch, "%.6f" % exact_loss(net, b, c, sentences), rate)
        for x, y in sentences if epoch < int(epochs) else []:
            noise = draw(seed, step, q, samples)
            dU, dV, dW, db, dc = gradient(net, b, c, x, y, noise, np.log(samples * q))
            seen = np.unique(np.append(noise, y))
            step += 1
            U.update(dU, np.unique(x), step)
            V.update(dV, seen, step)
            C.update(dc, seen, step)
            W.update(dW, np.arange(net.H), step)
            B.update(db, np.arange(net.H), step)


main()
