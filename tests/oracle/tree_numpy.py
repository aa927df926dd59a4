#!/usr/bin/env python3
"""Probabilities of a hierarchical softmax, from a model file and the rules of model(5) alone.

tree_numpy.py MODEL: ln P of every word after SENTENCE_START, by a plain network of one layer
with biases, a line a word in the order of the vocabulary; fails unless they sum to 1.
"""
import heapq
import sys

import numpy as np


def paths(counts):
    """For each node, words first, its parent and the turn that leads to it."""
    n = len(counts)
    # lowest count first; a word before an inner node, a later word before an earlier one
    heap = [(counts[i], 0, -i, i) for i in range(n)]
    heapq.heapify(heap)
    above = {}
    for made in range(n - 1):
        first, second = heapq.heappop(heap), heapq.heappop(heap)
        node = n - 2 - made
        above[first[3]] = (node, -1)
        above[second[3]] = (node, 1)
        heapq.heappush(heap, (first[0] + second[0], 1, made, n + node))
    return above


def main():
    with np.load(sys.argv[1]) as z:
        U, V, W, b, c = (z[k].astype(float) for k in "UVWbc")
        table = bytes(z["vocab"]).decode().splitlines()
    counts = [int(row.split("\t")[1]) for row in table]
    above = paths(counts)
    logits = V @ np.tanh(U[:, 0] + b[0]) + c[0]
    total = 0
    for i in range(len(counts)):
        logp, at = 0, i
        while at in above:
            node, turn = above[at]
            logp -= np.log1p(np.exp(-turn * logits[node]))
            at = len(counts) + node
        total += np.exp(logp)
        print("%.6f" % logp)
    if abs(total - 1) > 1e-9:
        sys.exit(f"tree_numpy: the probabilities sum to {total}")


main()
