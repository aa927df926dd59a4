#!/usr/bin/env python3
"""How long a step of a small character model takes in NumPy, in double.

The usual teaching example, written anew: one layer of tanh cells with biases,
column vectors, one character after another, forward and back over the chunk,
gradients cut at 5, Adagrad.  Prints what tests/bench/cells prints.  Status 77 where
NumPy is not installed.
"""
import argparse
import sys

import bench_time


def make_step(np, a):
    rng = np.random.RandomState(1)
    h, v = a.hidden, a.vocab
    u, w, out = (rng.randn(*shape) * 0.01 for shape in ((h, v), (h, h), (v, h)))
    p = [u, w, out, np.zeros((h, 1)), np.zeros((v, 1))]
    memory = [np.zeros_like(x) for x in p]
    x, y = rng.randint(v, size=a.rows), rng.randint(v, size=a.rows)
    state = [np.zeros((h, 1))]

    def step():
        u, w, out, b, c = p
        s, probability = {-1: state[0]}, {}
        for t in range(a.rows):
            one_hot = np.zeros((v, 1))
            one_hot[x[t]] = 1
            s[t] = np.tanh(np.dot(u, one_hot) + np.dot(w, s[t - 1]) + b)
            e = np.exp(np.dot(out, s[t]) + c)
            probability[t] = e / np.sum(e)
        g = [np.zeros_like(x) for x in p]
        later = np.zeros((h, 1))
        for t in reversed(range(a.rows)):
            error = np.copy(probability[t])
            error[y[t]] -= 1
            g[2] += np.dot(error, s[t].T)
            g[4] += error
            raw = (1 - s[t] * s[t]) * (np.dot(out.T, error) + later)
            g[3] += raw
            one_hot = np.zeros((v, 1))
            one_hot[x[t]] = 1
            g[0] += np.dot(raw, one_hot.T)
            g[1] += np.dot(raw, s[t - 1].T)
            later = np.dot(w.T, raw)
        for number, gradient, m in zip(p, g, memory):
            np.clip(gradient, -5, 5, out=gradient)
            m += gradient * gradient
            number -= 0.1 * gradient / np.sqrt(m + 1e-8)
        state[0] = s[a.rows - 1]

    return step


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--threads", type=int, default=1)
    for name in ("hidden", "vocab", "rows"):
        p.add_argument(name, type=int)
    p.add_argument("seconds", type=float)
    a = p.parse_args()
    bench_time.limit_threads(a.threads)
    try:
        import numpy as np
    except ImportError:
        print("bench_cells_numpy: no NumPy here (Debian: python3-numpy)", file=sys.stderr)
        return 77
    bench_time.pace(make_step(np, a), a.rows, a.seconds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
