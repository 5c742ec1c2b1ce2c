"""The course's sample recipe as a student runs it: one script from CSV files to pred.csv.

Structure and habits are those of the course's notebook: a `Dataset`, a `DataLoader`,
`nn.Sequential`, a look at the validation rows after every epoch, the best weights saved to a file.
Tensorboard and progress bars are left out, which only makes it faster.

    python sample_script.py TRAIN.csv TEST.csv FOLDER
"""

import argparse
import math
import os

import numpy as np
import pandas as pd
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset, random_split

config = {
    "seed": 5201314,
    "valid_ratio": 0.2,
    "n_epochs": 3000,
    "batch_size": 256,
    "learning_rate": 1e-5,
    "momentum": 0.9,
    "early_stop": 400,
}


class COVID19Dataset(Dataset):
    """x: features; y: targets, None for rows to be predicted."""

    def __init__(self, x, y=None):
        self.y = y if y is None else torch.FloatTensor(y)
        self.x = torch.FloatTensor(x)

    def __getitem__(self, idx):
        """One row."""
        if self.y is None:
            return self.x[idx]
        return self.x[idx], self.y[idx]

    def __len__(self):
        """Number of rows."""
        return len(self.x)


class Model(nn.Module):
    """The sample network."""

    def __init__(self, input_dim):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(input_dim, 64),
            nn.ReLU(),
            nn.Linear(64, 32),
            nn.ReLU(),
            nn.Linear(32, 16),
            nn.ReLU(),
            nn.Linear(16, 1),
        )

    def forward(self, x):
        """(batch, features) to (batch)."""
        return self.layers(x).squeeze(1)


def same_seed(seed):
    """Fix the random numbers."""
    np.random.seed(seed)  # noqa: NPY002
    torch.manual_seed(seed)


def train_valid_split(data_set, valid_ratio, seed):
    """Split rows at random."""
    valid_size = int(valid_ratio * len(data_set))
    generator = torch.Generator().manual_seed(seed)
    sizes = [len(data_set) - valid_size, valid_size]
    train_set, valid_set = random_split(data_set, sizes, generator=generator)
    return np.array(train_set), np.array(valid_set)


def trainer(train_loader, valid_loader, model, config, save_path):
    """Train until the validation loss stops falling; return the number of steps."""
    criterion = nn.MSELoss(reduction="mean")
    optimizer = torch.optim.SGD(
        model.parameters(), lr=config["learning_rate"], momentum=config["momentum"]
    )
    best_loss, step, early_stop_count = math.inf, 0, 0
    for _epoch in range(config["n_epochs"]):
        model.train()
        loss_record = []
        for x, y in train_loader:
            optimizer.zero_grad()
            loss = criterion(model(x), y)
            loss.backward()
            optimizer.step()
            step += 1
            loss_record.append(loss.item())

        model.eval()
        loss_record = []
        for x, y in valid_loader:
            with torch.no_grad():
                loss = criterion(model(x), y)
            loss_record.append(loss.item())
        mean_valid_loss = sum(loss_record) / len(loss_record)

        if mean_valid_loss < best_loss:
            best_loss = mean_valid_loss
            torch.save(model.state_dict(), save_path)
            early_stop_count = 0
        else:
            early_stop_count += 1
        if early_stop_count >= config["early_stop"]:
            break
    return step


def predict(test_loader, model):
    """Predict all rows of a loader."""
    model.eval()
    preds = []
    for x in test_loader:
        with torch.no_grad():
            preds.append(model(x))
    return torch.cat(preds, dim=0).numpy()


def main():
    """Read, train, predict, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("train")
    parser.add_argument("test")
    parser.add_argument("folder")
    parser.add_argument("--epochs", type=int, default=config["n_epochs"])
    arguments = parser.parse_args()
    same_seed(config["seed"])
    train_data = pd.read_csv(arguments.train).drop(columns="id").to_numpy()
    test_data = pd.read_csv(arguments.test).drop(columns="id").to_numpy()
    train_data, valid_data = train_valid_split(train_data, config["valid_ratio"], config["seed"])

    train_set = COVID19Dataset(train_data[:, :-1], train_data[:, -1])
    valid_set = COVID19Dataset(valid_data[:, :-1], valid_data[:, -1])
    size = config["batch_size"]
    train_loader = DataLoader(train_set, batch_size=size, shuffle=True, pin_memory=False)
    valid_loader = DataLoader(valid_set, batch_size=size, shuffle=True, pin_memory=False)
    test_loader = DataLoader(COVID19Dataset(test_data), batch_size=size, shuffle=False)

    model = Model(train_data.shape[1] - 1)
    save_path = os.path.join(arguments.folder, "model.ckpt")  # noqa: PTH118
    trainer(train_loader, valid_loader, model, config | {"n_epochs": arguments.epochs}, save_path)
    model.load_state_dict(torch.load(save_path))
    preds = predict(test_loader, model)
    table = pd.DataFrame({"id": range(len(preds)), "tested_positive": preds})
    table.to_csv(os.path.join(arguments.folder, "pred.csv"), index=False)  # noqa: PTH118


if __name__ == "__main__":
    main()
