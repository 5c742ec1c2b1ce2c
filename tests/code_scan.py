"""Find in Python source what could run code from data, or more than it shows."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

SERIALISERS = {
    *("pickle", "_pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal"),
    *("skops", "jsonpickle", "hickle"),
}
"""Modules whose files run code when they are read; skops asks for a list of what to trust."""
IMPORTS = {*SERIALISERS, "multiprocessing"}  # its pipes carry pickles
CODE = ("eval", "exec", "compile", "__import__")
SHELLS = (
    *("os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput"),
    "asyncio.create_subprocess_shell",
)
OBJECTS = (
    *("unsafe_load", "unsafe_load_all", "full_load", "full_load_all"),
    *("UnsafeLoader", "FullLoader", "Loader", "CLoader", "CFullLoader", "CUnsafeLoader"),
)
PICKLES = (
    *("torch.save", "torch.jit.load", "torch.jit.save", "torch.package"),
    *("mlflow.sklearn", "mlflow.pytorch", "pandas.HDFStore", "pandas.read_hdf"),
)
FORBIDDEN = {
    **dict.fromkeys(CODE, "runs text as code"),
    **dict.fromkeys(SHELLS, "runs a shell"),
    **dict.fromkeys((f"yaml.{name}" for name in OBJECTS), "makes what objects a file names"),
    **dict.fromkeys(PICKLES, "writes or reads a pickle"),
    "tempfile.mktemp": "names a file that another may make first",
}
METHODS = {"read_pickle", "to_pickle", "to_hdf"}
GUARDED = {
    "torch.load": ("weights_only", True),
    "numpy.save": ("allow_pickle", False),
    "numpy.savez": ("allow_pickle", False),
}
"""What may be called with this keyword only, and not be handed on."""


@dataclass(frozen=True)
class Finding:
    """A place: the name of what stands there, why that is no good, and the line."""

    name: str
    why: str
    line: int


def find_dangers(source: str) -> list[Finding]:
    """What in a module's source can run code that data hold, or a shell."""
    nodes = list(ast.walk(ast.parse(source)))
    names = _imported_names(nodes)
    called = {id(node.func) for node in nodes if isinstance(node, ast.Call)}
    found = []
    for node in nodes:
        found += _of_imports(node)
        if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
            path = _path(node, names)
            found += _of_name(node, path)
            if path in GUARDED and id(node) not in called:
                found.append(Finding(path, "is handed on", node.lineno))
        if isinstance(node, ast.Call):
            found += _of_call(node, _path(node.func, names))
    return sorted(found, key=lambda finding: finding.line)


def _imported_names(nodes: list[ast.AST]) -> dict[str, str]:
    """What names stand for: `np` for numpy, `load` for torch.load."""
    names = {}
    for node in nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                first = alias.name.partition(".")[0]
                names[alias.asname or first] = alias.name if alias.asname else first
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return names


def _path(node: ast.expr, names: dict[str, str]) -> str:
    """The dotted name of an expression; what it begins with is "?" where it is no import."""
    if isinstance(node, ast.Name):
        return names.get(node.id, node.id if node.id in FORBIDDEN else "?")
    if isinstance(node, ast.Attribute):
        return f"{_path(node.value, names)}.{node.attr}"
    return "?"


def _of_imports(node: ast.AST) -> Iterator[Finding]:
    modules = []
    if isinstance(node, ast.Import):
        modules = [alias.name for alias in node.names]
    elif isinstance(node, ast.ImportFrom):
        modules = [f"{node.module}.{alias.name}" for alias in node.names]
    elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
        modules = [str(word.value) for word in node.args if isinstance(word, ast.Constant)]
    for module in modules:
        for part in sorted(IMPORTS & set(module.split("."))):
            yield Finding(part, "reads and writes pickles", node.lineno)


def _of_name(node: ast.Name | ast.Attribute, path: str) -> Iterator[Finding]:
    if path in FORBIDDEN:
        yield Finding(path, FORBIDDEN[path], node.lineno)
    if isinstance(node, ast.Attribute) and node.attr in {*METHODS, *SERIALISERS}:
        yield Finding(node.attr, "reads or writes a pickle", node.lineno)


def _of_call(call: ast.Call, path: str) -> Iterator[Finding]:
    given = {word.arg: word.value for word in call.keywords}
    keyword, value = GUARDED.get(path, ("", None))
    if keyword and not _is(given.get(keyword), value):
        yield Finding(path, f"without {keyword}={value}", call.lineno)
    if "allow_pickle" in given and not _is(given["allow_pickle"], False):
        yield Finding("allow_pickle", "is not False", call.lineno)
    if "shell" in given and not _is(given["shell"], False):
        yield Finding("shell", "runs a shell", call.lineno)
    if path in ("yaml.load", "yaml.load_all"):
        loader = given.get("Loader", call.args[1] if len(call.args) > 1 else None)
        if loader is None or "Safe" not in ast.unparse(loader):
            yield Finding(path, "without a safe loader", call.lineno)
    if path.startswith("ruamel.yaml") and path.endswith(".YAML"):
        kind = given.get("typ", call.args[0] if call.args else ast.Constant("rt"))
        if not any(_is(kind, safe) for safe in ("rt", "safe")):
            yield Finding(path, "without a safe kind", call.lineno)
    if path == "rich.console.Console":
        for name in ("markup", "emoji"):
            if not _is(given.get(name), False):
                yield Finding(path, f"without {name}=False", call.lineno)
    if path == "jinja2.Environment" and not _is(given.get("autoescape"), True):
        yield Finding(path, "without autoescape=True", call.lineno)


def _is(node: ast.expr | None, value: object) -> bool:
    return isinstance(node, ast.Constant) and node.value == value
