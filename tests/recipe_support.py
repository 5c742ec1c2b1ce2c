"""Ways of training that tests go through one by one: every optimizer, activation and shape."""

RECIPES = [
    {"optimizer": {"name": "adamw"}},
    {"optimizer": {"name": "adamw", "weight_decay": 0.0}, "l2_loss": 0.01},
    {"optimizer": {"name": "sgd", "momentum": 0.9}, "activation": "tanh"},
    {"optimizer": {"name": "sgd", "momentum": 0.8, "nesterov": True}, "activation": "elu"},
    {"optimizer": {"name": "sgd", "momentum": 0.0, "weight_decay": 0.0}},
    {"optimizer": {"name": "adam"}, "activation": "sigmoid"},
    {"optimizer": {"name": "rmsprop", "momentum": 0.5}, "activation": "leaky_relu"},
    {"optimizer": {"name": "adagrad"}, "hidden": [7]},
    {"model": "linear", "hidden": []},
    {"model": "linear", "hidden": [], "optimizer": {"name": "sgd", "learning_rate": 0.003}},
]
