"""Parts are measured one by one, and stand together in the report."""

import json


def test_parts_are_kept_that_are_not_measured_anew(tmp_path):
    from bench.speed.measure import Table
    from bench.speed.report import part_entry, write_report
    from bench.speed.setting import Setting

    def entry(seconds):
        return part_entry([Table("A title.", "s", {"one": [seconds]})], Setting(repetitions=1))

    write_report(tmp_path, "stages", entry(1.0))
    write_report(tmp_path, "loop", entry(2.0))
    write_report(tmp_path, "stages", entry(3.0))
    parts = json.loads((tmp_path / "speed.json").read_text())
    assert {name: part["tables"][0]["rows"][0]["median"] for name, part in parts.items()} == {
        "loop": 2.0,
        "stages": 3.0,
    }
    text = (tmp_path / "speed.md").read_text()
    assert text.index("## Training loop") < text.index("## Stages")


def test_rival_is_judged_as_the_pipeline_judges(tmp_path, monkeypatch):
    """Persistence as a rival has the error that the evaluation writes for persistence."""
    import numpy as np
    from support import SMALL

    from bench import variants
    from bench.speed.quality import rival_errors
    from bench.speed.setting import default_params, shipped
    from hw1.core.layout import DESIGN_FOLDER
    from hw1.models.design import read_designs
    from hw1.simulate import write_edition

    write_edition(tmp_path / "data/raw/sample", SMALL)
    monkeypatch.chdir(tmp_path)
    errors = variants.run_stages(variants.params_of("sample", shipped("persistence")))
    params = default_params().model_copy(update={"target_standardise": False})
    no_change = rival_errors(
        params, read_designs(DESIGN_FOLDER), lambda _: lambda x: np.zeros(len(x))
    )
    assert round(no_change["mse"], 4) == round(errors["mse"], 4)
    assert abs(no_change["skill"]) < 1e-9
