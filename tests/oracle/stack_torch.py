#!/usr/bin/env python3
"""What PyTorch makes of a whole network: loss and gradients, in double.

Words, perhaps embedded, go through layers of RNN, LSTM or GRU cells to a softmax
over the next word.  Two batches of sequences of unequal lengths: the second goes
on from the states in which the first one ended, and its errors go no further back
than its beginning.  The loss is summed over a batch; the gradients printed are
the second one's.

Prints what goes in and what comes out, each as a line of name, rows, columns,
and then its rows, by the names of model(5).  `net` is: cell (0 rnn, 1 lstm, 2
gru), layers, H, C, E, biases, tied.  Status 77 where PyTorch is not installed.
"""
import argparse
import sys

CELLS = ("rnn", "lstm", "gru")
LENGTHS = ((4, 3, 3), (5, 4, 2))


def show(name, x):
    x = x.detach().reshape(-1, x.shape[-1])
    print(name, *x.shape)
    for row in x.tolist():
        print(*("%.17g" % number for number in row))


def draw(torch, a):
    """The parameters, by name."""
    gates = {"rnn": 1, "lstm": 4, "gru": 3}[a.cell] * a.hidden
    shapes = {}
    if a.embed and not a.tied:
        shapes["E"] = (a.embed, a.words)
    shapes["U"] = (gates, a.embed or a.words)
    shapes["V"] = (a.words, a.embed if a.tied else a.hidden)
    shapes["W"] = (gates, a.hidden)
    for layer in range(1, a.layers):
        shapes["U%d" % (layer + 1)] = shapes["W%d" % (layer + 1)] = (gates, a.hidden)
    if a.bias:
        for layer in range(a.layers):
            number = str(layer + 1) if layer else ""
            shapes["b" + number] = (1, gates)
            if a.cell == "gru":
                shapes["q" + number] = (1, a.hidden)
        shapes["c"] = (1, a.words)
    if a.tied and a.embed != a.hidden:
        shapes["P"] = (a.embed, a.hidden)
    return {name: (torch.rand(*shape) - 0.5).requires_grad_() for name, shape in shapes.items()}


def biases(torch, a, p, number):
    """PyTorch adds a second bias inside the product; only GRU's candidate needs it."""
    if not a.bias:
        return ()
    inside = torch.zeros(p["b" + number].shape[1])
    if a.cell == "gru":
        inside = torch.cat((inside[:2 * a.hidden], p["q" + number][0]))
    return p["b" + number][0], inside


def layer_forward(torch, a, p, layer, x, state):
    """One sequence x through a layer: its states, and the last one."""
    number = str(layer + 1) if layer else ""
    weights = (p["U" + number], p["W" + number]) + biases(torch, a, p, number)
    run = {"rnn": torch._VF.rnn_tanh, "lstm": torch._VF.lstm, "gru": torch._VF.gru}[a.cell]
    out = run(x[:, None], state, weights, a.bias, 1, 0.0, False, False, False)
    last = (out[1], out[2]) if a.cell == "lstm" else out[1]
    return out[0][:, 0], last


def zeros(torch, a):
    s = torch.zeros(1, 1, a.hidden)
    return (s, s) if a.cell == "lstm" else s


def detached(state):
    return tuple(x.detach() for x in state) if isinstance(state, tuple) else state.detach()


def batch_loss(torch, a, p, sequences, states):
    """The summed loss; states[i][layer] moves on to the end of sequence i."""
    loss = 0
    for i, (x, y) in enumerate(sequences):
        if a.tied:
            s = p["V"][x]
        elif a.embed:
            s = p["E"].T[x]
        else:
            s = torch.nn.functional.one_hot(x, a.words).double()
        for layer in range(a.layers):
            s, last = layer_forward(torch, a, p, layer, s, states[i][layer])
            states[i][layer] = detached(last)
        if "P" in p:
            s = s @ p["P"].T
        o = s @ p["V"].T + (p["c"] if a.bias else 0)
        loss = loss + torch.nn.functional.cross_entropy(o, y, reduction="sum")
    return loss


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cell", choices=CELLS)
    parser.add_argument("--layers", type=int, default=2)
    parser.add_argument("--hidden", type=int, default=6)
    parser.add_argument("--words", type=int, default=9)
    parser.add_argument("--embed", type=int, default=0)
    parser.add_argument("--bias", action="store_true")
    parser.add_argument("--tied", action="store_true")
    a = parser.parse_args()
    try:
        import torch
    except ImportError:
        print("stack_torch: no PyTorch here (Debian: python3-torch)", file=sys.stderr)
        return 77
    torch.manual_seed(2)
    torch.set_default_dtype(torch.float64)
    p = draw(torch, a)
    show("net", torch.tensor([[CELLS.index(a.cell), a.layers, a.hidden, a.words, a.embed,
                               int(a.bias), int(a.tied)]]))
    for name, x in p.items():
        show(name, x)
    states = [[zeros(torch, a) for _ in range(a.layers)] for _ in LENGTHS[0]]
    for number, lengths in enumerate(LENGTHS, 1):
        sequences = [tuple(torch.randint(a.words, (2, n))) for n in lengths]
        show("lengths%d" % number, torch.tensor([lengths]))
        show("x%d" % number, torch.cat([x for x, _ in sequences])[None])
        show("y%d" % number, torch.cat([y for _, y in sequences])[None])
        loss = batch_loss(torch, a, p, sequences, states)
        show("loss%d" % number, loss.reshape(1, 1))
    loss.backward()
    for name, x in p.items():
        show("d" + name, x.grad)
    return 0


if __name__ == "__main__":
    sys.exit(main())
