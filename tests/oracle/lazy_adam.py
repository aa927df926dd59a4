"""Adam as train runs it beside its cheap output layers, and the counts that they need; for
sampled_numpy.py and adaptive_numpy.py.
"""
import numpy as np


def read_counts(path):
    """The second column of the stream's table."""
    with open(path, encoding="utf-8") as f:
        lines = f.read().split("\n")
    return np.array([int(row.split("\t")[1]) for row in lines[1:lines.index("")]], float)


class Adam:
    """Adam on the rows of p, its first axis; a row that was left alone catches up, step by step."""

    def __init__(self, p, rate):
        self.p, self.rate = p, rate
        self.m, self.n, self.latest = np.zeros_like(p), np.zeros_like(p), np.zeros(len(p), int)

    def change(self, row, g, t):
        """Update number t of a row."""
        self.m[row] = 0.9 * self.m[row] + 0.1 * g
        self.n[row] = 0.999 * self.n[row] + 0.001 * g * g
        m, n = self.m[row] / (1 - 0.9 ** t), self.n[row] / (1 - 0.999 ** t)
        self.p[row] -= self.rate * m / (np.sqrt(n) + 1e-8)

    def update(self, g, rows, step):
        """Update number `step` of these rows, with their rows of g."""
        for row in rows:
            for t in range(self.latest[row] + 1, step):
                self.change(row, 0 * g[row], t)
            self.change(row, g[row], step)
            self.latest[row] = step
