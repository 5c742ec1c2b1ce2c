"""A variant's page: content first, then HTML."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

from hw1.lineage.record import Record
from hw1.report.audit import audit_sections
from hw1.report.blocks import Page
from hw1.report.files import Files
from hw1.report.headline import facts, tiles, warnings
from hw1.report.origin import alone_section, features_section, parameters_section, restore_section
from hw1.report.results import result_sections
from hw1.report.surroundings import Surroundings

if TYPE_CHECKING:
    from jinja2 import Template

TEMPLATE = "page.html.jinja"


def page_html(record: Record, pictures: Mapping[str, bytes], surroundings: Surroundings) -> bytes:
    """The page as one HTML file that needs nothing else; the same input gives the same bytes.

    Args:
        record: the variant.
        pictures: its pictures by file name, as `hw1.tracking.pictures.draw_pictures` draws them.
        surroundings: where it stands.
    """
    page = build_page(record, pictures, surroundings)
    return (_template().render(page=page) + "\n").encode("utf-8")


def build_page(record: Record, pictures: Mapping[str, bytes], surroundings: Surroundings) -> Page:
    """What the page says; see `page_html`."""
    files = Files.read(record.texts)
    rivals = surroundings.rivals
    sections = [
        *result_sections(files, pictures),
        *audit_sections(files),
        *features_section(files),
        parameters_section(surroundings),
        restore_section(record, surroundings.restore),
    ]
    if rivals is None:
        sections.append(alone_section(record))
    else:
        from hw1.report.rivals import rivals_section

        sections.insert(0, rivals_section(rivals, record))
    return Page(
        title=record.name,
        facts=facts(files),
        warnings=tuple(warnings(files)),
        tiles=tuple(tiles(files)),
        sections=tuple(sections),
        key=record.variant.key,
    )


@cache
def _template() -> Template:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader(__package__, "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(TEMPLATE)
