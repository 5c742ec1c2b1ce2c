import pytest
from code_scan import find_dangers


@pytest.mark.fault("pickle")
def test_pickle_is_found_however_it_is_called(record_property):
    cases = {
        "import pickle": "pickle",
        "import pickle as data": "pickle",
        "from pickle import loads as read": "pickle",
        "import numpy, dill": "dill",
        "from ray import cloudpickle": "cloudpickle",
        "import ray\nray.cloudpickle.loads(b'')": "cloudpickle",
        "import joblib.numpy_pickle": "joblib",
        "import sklearn.externals.joblib": "joblib",
        "import shelve": "shelve",
        "import marshal": "marshal",
        "from skops.io import load": "skops",
        "from importlib import import_module\nimport_module('pickle')": "pickle",
        "import importlib\nimportlib.import_module('skops.io')": "skops",
        "from multiprocessing import Pipe": "multiprocessing",
        "import torch\ntorch.load('x')": "torch.load",
        "import torch as t\nt.load('x', weights_only=False)": "torch.load",
        "from torch import load\nload('x', weights_only=flag)": "torch.load",
        "import torch\nsave = torch.save": "torch.save",
        "import numpy as np\nnp.load('x', allow_pickle=True)": "allow_pickle",
        "import numpy as np\nnp.load('x', allow_pickle=flag)": "allow_pickle",
        "import numpy as np\nnp.save('x', array)": "numpy.save",
        "from torch import load\nread = load": "torch.load",
        "import pandas as pd\npd.read_pickle('x')": "read_pickle",
        "table.to_pickle('x')": "to_pickle",
        "import mlflow\nmlflow.sklearn.log_model(model)": "mlflow.sklearn",
        "def late():\n    import pickle": "pickle",
    }
    for source, name in cases.items():
        assert [finding.name for finding in find_dangers(source)] == [name], source
    record_property("cases", len(cases))


@pytest.mark.fault("unsafe YAML")
def test_yaml_that_makes_objects_is_found(record_property):
    cases = {
        "import yaml\nyaml.load(text)": "yaml.load",
        "import yaml\nyaml.load(text, yaml.Loader)": "yaml.Loader",
        "import yaml as y\ny.load(text, Loader=y.UnsafeLoader)": "yaml.UnsafeLoader",
        "from yaml import unsafe_load": None,
        "from yaml import unsafe_load\nunsafe_load(text)": "yaml.unsafe_load",
        "import yaml\nyaml.full_load(text)": "yaml.full_load",
        "import yaml\nclass Mine(yaml.Loader): pass": "yaml.Loader",
        "from ruamel.yaml import YAML\nYAML(typ='unsafe')": "ruamel.yaml.YAML",
        "import ruamel.yaml\nruamel.yaml.YAML(typ=kind)": "ruamel.yaml.YAML",
    }
    for source, name in cases.items():
        found = {finding.name for finding in find_dangers(source)}
        assert name in found or (name is None and not found), source
    record_property("cases", len(cases))


def test_code_shells_and_unescaped_words_are_found():
    cases = {
        "eval(text)": "eval",
        "run = exec": "exec",
        "compile(text, '', 'exec')": "compile",
        "__import__(name)": "__import__",
        "import subprocess\nsubprocess.run(text, shell=True)": "shell",
        "import os\nos.system(text)": "os.system",
        "from os import popen\npopen(text)": "os.popen",
        "import tempfile\ntempfile.mktemp()": "tempfile.mktemp",
        "from rich.console import Console\nConsole(markup=False)": "rich.console.Console",
        "from jinja2 import Environment\nEnvironment(autoescape=False)": "jinja2.Environment",
    }
    for source, name in cases.items():
        assert [finding.name for finding in find_dangers(source)] == [name], source


@pytest.mark.parametrize(
    "source",
    [
        "import re\nre.compile('x')",
        "model.eval()",
        "tmp_path_factory.mktemp('x')",
        "import torch\ntorch.load('x', weights_only=True)",
        "import numpy as np\nnp.load('x')\nnp.load('x', allow_pickle=False)",
        "import yaml\nyaml.safe_load(text)\nyaml.load(text, Loader=yaml.CSafeLoader)",
        "from ruamel.yaml import YAML\nYAML()\nYAML(typ='safe', pure=True)",
        "import subprocess\nsubprocess.run(['ls'], shell=False)",
        "text = 'import pickle'",
    ],
)
def test_what_is_harmless_is_not_found(source):
    assert find_dangers(source) == []
