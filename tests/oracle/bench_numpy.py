#!/usr/bin/env python3
"""How long one step of SGD takes in NumPy: the tutorial's algorithm step by
step in double, or with --batched as NumPy does it best, in float."""
import sys

import bench_time


def main():
    a = bench_time.arguments(__doc__, [(
        "--batched", {"action": "store_true", "help": "all t go back together, in float"})])
    import numpy as np
    import rnn_numpy as rnn
    sentences = rnn.read_sentences(a.data, a.limit)
    net = rnn.Net.initial(a.vocab, a.hidden, a.seed, np.float32 if a.batched else np.float64)
    one = rnn.step_batched if a.batched else rnn.step_literal
    rate = net.U.dtype.type(a.rate)
    name = "numpy %s, %s" % (np.__version__, "batched float" if a.batched else "literal double")
    bench_time.measure(name, lambda x, y: one(net, x, y, a.bptt, rate), sentences, a)
    return 0


if __name__ == "__main__":
    sys.exit(main())
