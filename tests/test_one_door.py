"""Figures are written in indicators/actions alone: a total that another module changed would be a total that nobody
recomputed."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from epe_ap.environment import BASE_DIR

APPS = (
    "accounts",
    "partners",
    "projects",
    "forums",
    "indicators",
    "library",
    "dashboards",
    "opendata",
    "search",
    "epe_ap",
)
DOOR = BASE_DIR / "indicators" / "actions"

#: Figures and what becomes of them, and the names under which their rows hang on other records.
FIGURES = {"Baseline", "Target", "Actual", "Submission", "Report", "Result"}
RELATIONS = {"baseline", "targets", "actuals", "submissions", "reports", "results"}

WRITES = {
    "save",
    "create",
    "acreate",
    "get_or_create",
    "update_or_create",
    "update",
    "delete",
    "bulk_create",
    "bulk_update",
    "bulk_create_with_history",
    "bulk_update_with_history",
}
#: Shared writes that take the record as an argument.
SAVERS = {"save_record", "bulk_create_with_history", "bulk_update_with_history", "save_base"}


class Writers(ast.NodeVisitor):
    """Finds calls that write a figure: on its model, on a relation, or on a variable that holds one."""

    def __init__(self) -> None:
        self.found: list[tuple[int, str]] = []
        self.scopes: list[set[str]] = [set()]

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        annotated = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        self.scopes.append({each.arg for each in annotated if each.annotation and self._is_figure(each.annotation)})
        self.generic_visit(node)
        self.scopes.pop()

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_Assign(self, node: ast.Assign) -> None:
        if self._is_figure(node.value):
            self.scopes[-1] |= {name.id for name in node.targets if isinstance(name, ast.Name)}
        self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if isinstance(node.target, ast.Name) and self._is_figure(node.annotation):
            self.scopes[-1].add(node.target.id)
        self.generic_visit(node)

    def visit_For(self, node: ast.For) -> None:
        if isinstance(node.target, ast.Name) and self._is_figure(node.iter):
            self.scopes[-1].add(node.target.id)
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        function = node.func
        if isinstance(function, ast.Attribute) and function.attr in WRITES and self._is_figure(function.value):
            self.found.append((node.lineno, ast.unparse(function)))
        name = function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
        if name in SAVERS and any(self._is_figure(each) for each in (*node.args, *(k.value for k in node.keywords))):
            self.found.append((node.lineno, ast.unparse(function)))
        self.generic_visit(node)

    def _is_figure(self, node: ast.AST) -> bool:
        """Whether an expression starts from a model of figures, a relation to one, or a variable that holds one."""
        for each in _chain(node):
            if isinstance(each, ast.Name) and (each.id in FIGURES or any(each.id in scope for scope in self.scopes)):
                return True
            if isinstance(each, ast.Attribute) and each.attr in FIGURES | RELATIONS:
                return True
        return False


def _chain(node: ast.AST) -> Iterator[ast.AST]:
    """An expression and what it is built on: ``Actual.objects.filter(…).first()`` back to ``Actual``."""
    yield node
    if isinstance(node, ast.Attribute | ast.Subscript | ast.Await | ast.Starred):
        yield from _chain(node.value)
    elif isinstance(node, ast.Call):
        yield from _chain(node.func)
    elif isinstance(node, ast.BinOp):
        yield from _chain(node.left)
        yield from _chain(node.right)
    elif isinstance(node, ast.List | ast.Tuple):
        for element in node.elts:
            yield from _chain(element)


def writers(text: str) -> list[tuple[int, str]]:
    """The lines of a module that write figures."""
    visitor = Writers()
    visitor.visit(ast.parse(text))
    return visitor.found


def modules() -> list[Path]:
    found = [path for app in APPS for path in sorted((BASE_DIR / app).rglob("*.py"))]
    return [path for path in found if DOOR not in path.parents and "migrations" not in path.parts]


def test_no_module_but_the_actions_writes_figures() -> None:
    assert len(modules()) > 50
    found = [
        f"{path.relative_to(BASE_DIR)}:{line}: {call}"
        for path in modules()
        for line, call in writers(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_the_actions_themselves_are_seen_to_write() -> None:
    """Or else the test above would find nothing anywhere."""
    seen = {path.stem for path in DOOR.glob("*.py") if writers(path.read_text(encoding="utf-8"))}
    assert seen >= {"figures", "submissions", "results"}


@pytest.mark.parametrize(
    "line",
    [
        "Actual.objects.create(value=1)",
        "Actual(value=1).save()",
        "models.Actual.objects.bulk_create([])",
        "Target.objects.filter(pk=1).update(value=2)",
        "series.actuals.all().delete()",
        "series.actuals.create(value=1)",
        "found = Baseline.objects.first()\nfound.save()",
        "def write(row: Result) -> None:\n    row.save()",
        "for each in Submission.objects.open():\n    each.delete()",
        "save_record(record=Report(project=1))",
        "report = Report(project=1)\nsave_record(record=report)",
        "Actual.objects.update_or_create(pk=1)",
        "bulk_update_with_history(Actual.objects.all(), Actual, [])",
        "Result.objects.all().delete()",
        "actual: Actual = thing()\nactual.delete()",
    ],
)
def test_each_way_of_writing_a_figure_is_recognised(line: str) -> None:
    assert writers(line)


@pytest.mark.parametrize(
    "line",
    [
        "Actual.objects.filter(value=1)",
        "actuals = Actual.objects.all()\ncounts = {}\ncounts.update(a=1)",
        "Indicator.objects.create(code='1')",
        "set_actual(series=series, period=period, value=1)",
        "save_record(record=indicator)",
    ],
)
def test_reading_and_writing_other_things_is_not(line: str) -> None:
    assert not writers(line)
