"""A PyTorch training script as SageMaker's container runs it on one host or several, with the handler that loads its model.

Started by torch.distributed's launcher it trains data-parallel: each process has its share of the rows, and gradients are averaged.
"""

import argparse
import os

import numpy as np
import pandas as pd
import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import DataLoader, DistributedSampler, TensorDataset


class Network(nn.Module):
    """A small perceptron that carries the scaling of its inputs along."""

    def __init__(self, features, hidden=32):
        super().__init__()
        self.register_buffer("mean", torch.zeros(features))
        self.register_buffer("scale", torch.ones(features))
        self.layers = nn.Sequential(nn.Linear(features, hidden), nn.ReLU(), nn.Linear(hidden, 1))

    def forward(self, rows):
        return self.layers((rows - self.mean) / self.scale).squeeze(-1)


def read(folder, target, positive):
    table = pd.concat(pd.read_csv(os.path.join(folder, name)) for name in sorted(os.listdir(folder)))
    rows = torch.tensor(table.drop(columns=target).to_numpy(np.float32))
    return TensorDataset(rows, torch.tensor((table[target] == positive).to_numpy(np.float32)))


def train():
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--learning-rate", type=float, default=0.01)
    parser.add_argument("--target", default="diagnosis")
    parser.add_argument("--positive", default="malignant")
    parser.add_argument("--model-dir", default=os.environ.get("SM_MODEL_DIR"))
    parser.add_argument("--train", default=os.environ.get("SM_CHANNEL_TRAIN"))
    arguments = parser.parse_args()

    # The launcher tells each process its place; without one there is a single process.
    together = "WORLD_SIZE" in os.environ
    if together:
        dist.init_process_group("gloo")
    rank, world = (dist.get_rank(), dist.get_world_size()) if together else (0, 1)
    print(f"process {rank} of {world} on {os.environ.get('SM_CURRENT_HOST')}")

    torch.manual_seed(0)
    table = read(arguments.train, arguments.target, arguments.positive)
    held_out = torch.arange(len(table)) % 5 == 0
    training = TensorDataset(*(part[~held_out] for part in table.tensors))
    network = Network(table.tensors[0].shape[1])
    network.mean.copy_(training.tensors[0].mean(0))
    network.scale.copy_(training.tensors[0].std(0))

    model = DistributedDataParallel(network) if together else network
    sampler = DistributedSampler(training, world, rank) if together else None
    batches = DataLoader(training, arguments.batch_size, shuffle=sampler is None, sampler=sampler)
    optimizer = torch.optim.Adam(model.parameters(), arguments.learning_rate)
    loss_of = nn.BCEWithLogitsLoss()
    for epoch in range(arguments.epochs):
        if sampler is not None:
            sampler.set_epoch(epoch)
        for rows, targets in batches:
            optimizer.zero_grad()
            loss = loss_of(model(rows), targets)
            loss.backward()
            optimizer.step()
        if rank == 0:
            with torch.no_grad():
                rows, targets = (part[held_out] for part in table.tensors)
                accuracy = ((network(rows) > 0) == (targets > 0.5)).float().mean().item()
            print(f"epoch {epoch + 1}: loss: {loss.item():.4f}; validation accuracy: {accuracy:.4f}")

    if rank == 0:
        torch.save({"features": rows.shape[1], "weights": network.state_dict()}, os.path.join(arguments.model_dir, "network.pth"))
    if together:
        dist.destroy_process_group()


def model_fn(model_dir):
    """Loads the model; the container's defaults read the input, call the model and write the output."""
    saved = torch.load(os.path.join(model_dir, "network.pth"), map_location="cpu")
    network = Network(saved["features"])
    network.load_state_dict(saved["weights"])
    return nn.Sequential(network, nn.Sigmoid())


if __name__ == "__main__":
    train()
