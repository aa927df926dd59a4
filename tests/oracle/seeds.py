"""What NumPy makes of a seed: the files tests/expect/rng.txt and weights.txt.

    seeds.py rng | weights
"""
import sys
import zlib

import numpy as np


def rng():
    """Numbers at the start, and where MT19937 makes its second block."""
    at = [0, 1, 2, 3, 4, 5, 309, 310, 311, 312, 313, 622, 623, 624, 625]
    for seed in (0, 1, 10, 4294967295):
        state = np.random.RandomState(seed)
        bits = state.randint(0, 2**32, size=640, dtype=np.uint32)
        unit = np.random.RandomState(seed).random_sample(640)
        uniform = np.random.RandomState(seed).uniform(-0.1, 0.3, 640)
        for i in at:
            print(seed, i, "%d %.17g %.17g" % (bits[i], unit[i], uniform[i]))


def weights():
    """The tutorial's first weights: entries, and the CRC-32 of each array."""
    for hidden, words, seed in ((3, 5, 10), (20, 200, 10), (100, 8000, 4294967295)):
        state = np.random.RandomState(seed)
        c, h = np.sqrt(1.0 / words), np.sqrt(1.0 / hidden)
        for name, bound, shape in (("U", c, (hidden, words)), ("V", h, (words, hidden)),
                                   ("W", h, (hidden, hidden))):
            a = state.uniform(-bound, bound, shape)
            for real in (np.float64, np.float32):
                crc = zlib.crc32(a.astype(real).tobytes())
                print(hidden, words, seed, name, "%d x %d" % shape,
                      real.__name__, "crc %08x" % crc)
            print(hidden, words, seed, name, *("%.17g" % x for x in a.flat[:3]))


if __name__ == "__main__":
    {"rng": rng, "weights": weights}[sys.argv[1]]()
