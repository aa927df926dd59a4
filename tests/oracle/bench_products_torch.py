#!/usr/bin/env python3
"""What a device does at best: products of large matrices in float, all bits kept
(on a GPU by cuBLAS), and numbers moved.  Prints what tests/bench/step floor prints.
Status 77 where PyTorch is not installed, or sees no such device.
"""
import argparse
import sys
import time


def best(torch, device, call):
    """The shortest of ten calls, in seconds."""
    wait = torch.cuda.synchronize if device == "cuda" else lambda: None
    took = []
    for _ in range(11):
        wait()
        begin = time.perf_counter()
        call()
        wait()
        took.append(time.perf_counter() - begin)
    return min(took[1:])


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("device", choices=("cpu", "cuda"))
    p.add_argument("n", type=int, help="rows and columns")
    a = p.parse_args()
    try:
        import torch
    except ImportError:
        print("bench_products_torch: no PyTorch here (Debian: python3-torch)", file=sys.stderr)
        return 77
    if a.device == "cuda" and not torch.cuda.is_available():
        print("bench_products_torch: PyTorch %s sees no NVIDIA GPU" % torch.__version__,
              file=sys.stderr)
        return 77
    torch.backends.cuda.matmul.allow_tf32 = False
    x, y, z = (torch.rand(a.n, a.n, device=a.device) for _ in range(3))
    product = best(torch, a.device, lambda: torch.mm(x, y, out=z))
    move = best(torch, a.device, lambda: torch.mul(x, y, out=z))
    print("%.1f GFLOP/s %.1f GB/s" % (2e-9 * a.n ** 3 / product, 12e-9 * a.n ** 2 / move))
    return 0


if __name__ == "__main__":
    sys.exit(main())
