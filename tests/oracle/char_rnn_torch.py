#!/usr/bin/env python3
"""char-rnn's setting in PyTorch: the validation loss to be expected of it.

    char_rnn_torch.py TEXT [--epochs 12] [--layers 2] [--hidden 128] [--dropout 0]

Layers of LSTM on 50 streams of characters in chunks of 50, RMSprop (decay 0.95,
epsilon 1e-8) at 0.002, times 0.97 after each epoch from the tenth on, gradients
averaged over the streams and cut at 5, weights from +-0.08, forget gates with a
bias of 1; the last twentieth of the text is held out.  Prints epoch and loss on
it, in nats a character, read as one sequence.  The numbers are not train's, for
the weights are drawn otherwise: they say what kind of loss the setting gives.
Status 77 where PyTorch is not installed.
"""
import argparse
import sys

STREAMS = CHUNK = 50


def make(torch, a, words):
    class Net(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.embed = torch.nn.Embedding(words, words)
            self.embed.weight.data = torch.eye(words)
            self.embed.weight.requires_grad = False
            self.cells = torch.nn.LSTM(words, a.hidden, a.layers, dropout=a.dropout)
            self.leave_out = torch.nn.Dropout(a.dropout)
            self.out = torch.nn.Linear(a.hidden, words)
            for name, p in self.named_parameters():
                if p.requires_grad:
                    torch.nn.init.uniform_(p, -0.08, 0.08)
                if name.startswith("cells.bias_ih"):
                    p.data[a.hidden:2 * a.hidden] = 1
                if name.startswith("cells.bias_hh"):
                    p.data[a.hidden:2 * a.hidden] = 0

        def forward(self, x, state):
            s, state = self.cells(self.embed(x), state)
            return self.out(self.leave_out(s)), state

    return Net()


def loss_of(torch, net, text):
    """Read as one sequence, some at a time for the memory's sake."""
    net.eval()
    total, state = 0.0, None
    with torch.no_grad():
        for at in range(0, len(text) - 1, 1000):
            x, y = text[at:at + 1000], text[at + 1:at + 1001]
            out, state = net(x[:len(y), None], state)
            total += torch.nn.functional.cross_entropy(out[:, 0], y, reduction="sum").item()
    net.train()
    return total / (len(text) - 1)


def learn(torch, net, rule, streams):
    """An epoch: streams(length + 1, STREAMS), the state carried along them."""
    state = None
    for at in range(0, len(streams) - 1, CHUNK):
        x, y = streams[at:at + CHUNK], streams[at + 1:at + 1 + CHUNK]
        out, state = net(x[:len(y)], state)
        state = tuple(part.detach() for part in state)
        rule.zero_grad()
        loss = torch.nn.functional.cross_entropy(out.flatten(0, 1), y.flatten(), reduction="sum")
        (loss / STREAMS).backward()
        torch.nn.utils.clip_grad_value_(net.parameters(), 5)
        rule.step()


def main():
    p = argparse.ArgumentParser()
    p.add_argument("text")
    p.add_argument("--epochs", type=int, default=12)
    p.add_argument("--layers", type=int, default=2)
    p.add_argument("--hidden", type=int, default=128)
    p.add_argument("--dropout", type=float, default=0)
    p.add_argument("--seed", type=int, default=123)
    p.add_argument("--threads", type=int, default=1)
    a = p.parse_args()
    try:
        import torch
    except ImportError:
        print("PyTorch is not installed", file=sys.stderr)
        sys.exit(77)
    torch.manual_seed(a.seed)
    torch.set_num_threads(a.threads)
    with open(a.text, encoding="utf-8", newline="") as f:
        text = f.read()
    number = {c: i for i, c in enumerate(sorted(set(text)))}
    text = torch.tensor([number[c] for c in text])
    held = (len(text) + 10) // 20
    rest = text[:len(text) - held]
    length = (len(rest) - 1) // STREAMS
    streams = torch.stack([rest[i * length:(i + 1) * length + 1] for i in range(STREAMS)], 1)
    net = make(torch, a, len(number))
    rule = torch.optim.RMSprop((q for q in net.parameters() if q.requires_grad), lr=2e-3,
                               alpha=0.95, eps=1e-8)
    for epoch in range(1, a.epochs + 1):
        learn(torch, net, rule, streams)
        if epoch >= 10:
            rule.param_groups[0]["lr"] *= 0.97
        print(epoch, "%.6f" % loss_of(torch, net, text[len(text) - held:]), flush=True)


main()
