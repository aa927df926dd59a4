#!/usr/bin/env python3
"""How long one step of SGD takes in PyTorch, in float, one sentence a step.

The net is as near to ours as its parts allow: an embedding with a sparse
gradient, nn.RNN (which puts a matrix between the two that ours has not) and a
linear layer, without biases; with --cell, nn.LSTM or nn.GRU.  With --plain the
recurrence of nn.RNN is written out, and that matrix is not there.  Its gradient goes back over the whole sentence.

With --batch, sentences are packed: the rows of a step of all of them side by
side, no padding.  On a GPU nn.RNN is cuDNN's; products keep all bits of a float
(no TF32).  Status 77 where PyTorch is not installed, or sees no such device.
"""
import sys

import bench_time

FLAGS = (
    ("--device", {"choices": ("cpu", "cuda"), "default": "cpu"}),
    ("--batch", {"type": int, "default": 1, "metavar": "N", "help": "sentences a step"}),
    ("--plain", {"action": "store_true", "help": "the recurrence written out, not nn.RNN"}),
    ("--cell", {"choices": ("rnn", "lstm", "gru"), "default": "rnn"}),
    ("--look", {"action": "store_true", "help": "only the losses, no update"}),
)


def recurrence(torch, a):
    """An nn.RNN, or one written out: rows of A, how many in each step -> states."""
    if a.plain:
        cell = torch.nn.Linear(a.hidden, a.hidden, bias=False)
    elif a.cell != "rnn":
        cell = getattr(torch.nn, a.cell.upper())(a.hidden, a.hidden, bias=False)
    else:
        cell = torch.nn.RNN(a.hidden, a.hidden, nonlinearity="tanh", bias=False)

    def plain(rows, sizes):
        last, states = rows.new_zeros(int(sizes[0]), a.hidden), []
        for step in rows.split(sizes.tolist()):
            last = torch.tanh(step + cell(last[:len(step)]))
            states.append(last)
        return torch.cat(states)

    def packed(rows, sizes):
        if sizes[0] == 1:
            return cell(rows.unsqueeze(1))[0].squeeze(1)
        return cell(torch.nn.utils.rnn.PackedSequence(rows, sizes))[0].data

    return cell, plain if a.plain else packed


def model(torch, a):
    torch.manual_seed(a.seed)
    embed = torch.nn.Embedding(a.vocab, a.hidden, sparse=True)
    cell, states = recurrence(torch, a)
    out = torch.nn.Linear(a.hidden, a.vocab, bias=False)
    c, h = a.vocab ** -0.5, a.hidden ** -0.5
    torch.nn.init.uniform_(embed.weight, -c, c)
    torch.nn.init.uniform_(out.weight, -h, h)
    parts = torch.nn.ModuleList([embed, cell, out]).to(a.device)
    loss = torch.nn.CrossEntropyLoss(reduction="sum")
    descent = torch.optim.SGD(parts.parameters(), lr=a.rate)

    def all_loss(x, y):
        return loss(out(states(embed(x.data), x.batch_sizes)), y)

    def step(x, y):
        descent.zero_grad(set_to_none=True)
        all_loss(x, y).backward()
        descent.step()

    return torch.no_grad()(all_loss) if a.look else step


def batches(torch, sentences, a):
    """Packed on the device: x with the number of rows of each step, y."""
    def pack(words):
        return torch.nn.utils.rnn.pack_sequence([torch.from_numpy(w) for w in words]).to(a.device)

    some = [sorted(sentences[i:i + a.batch], key=lambda s: -len(s[0]))
            for i in range(0, len(sentences), a.batch)]
    return [(pack([x for x, _ in b]), pack([y for _, y in b]).data) for b in some]


def main():
    a = bench_time.arguments(__doc__, FLAGS)
    try:
        import torch
    except ImportError:
        print("bench_torch: no PyTorch here (Debian: python3-torch)", file=sys.stderr)
        return 77
    if a.device == "cuda" and not torch.cuda.is_available():
        print("bench_torch: PyTorch %s sees no NVIDIA GPU" % torch.__version__, file=sys.stderr)
        return 77
    import rnn_numpy as rnn
    torch.set_num_threads(a.threads)
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    sentences = rnn.read_sentences(a.data, a.limit)
    bench_time.measure("torch " + torch.__version__, model(torch, a),
                       batches(torch, sentences, a), a, len(sentences),
                       torch.cuda.synchronize if a.device == "cuda" else None)
    return 0


if __name__ == "__main__":
    sys.exit(main())
