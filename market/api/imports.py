"""Sellers' programs hand in tables of products: workbook or CSV, as people do in the portal."""

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import File, Form, Router, Schema, Status, UploadedFile
from pydantic import Field

from catalog.imports.actions.run_import import run_import
from catalog.imports.actions.upload_file import upload_file
from catalog.imports.files import MOST_BYTES
from catalog.imports.models import ImportJob
from catalog.imports.queries import WrongRows, own_import
from market.api.access import seller_of
from market.common.clock import read_clock

router = Router(tags=["selling"])
SHOWN = 200


class ImportRun(Schema):
    """Without `good_rows`, a table with wrong rows is not taken over at all (409 `rows_are_wrong`)."""

    good_rows: bool = False


class WrongCellSeen(Schema):
    """`column`: its heading in the file; empty when the row as a whole is wrong. `key`: what we call the column."""

    row: int
    sku: str
    key: str
    column: str
    value: str
    reason: str
    hint: str


class ImportSeen(Schema):
    """`state`: `reading`, `unreadable` (`problem` says why), `checking`, `checked` (nothing is written yet),
    `running`, `done`. `new`, `changed`, `unchanged` and `wrong` count rows. `errors`: of 200 wrong rows, from the one
    asked for."""

    number: str
    state: str
    total: int
    new: int
    changed: int
    unchanged: int
    wrong: int
    problem: str
    remarks: list[str]
    errors: list[WrongCellSeen]


@router.post("/seller/imports", url_name="seller_imports", response={201: ImportSeen})
def post_import(
    request: HttpRequest, file: Annotated[UploadedFile, File()], publish: Annotated[bool, Form()] = False
) -> Status[dict[str, Any]]:
    """A form with a `file`: Excel (.xlsx) or CSV with our headings in any language, up to 10 MB and 20,000 rows. It is
    read and checked first; nothing is written before `POST /seller/imports/{number}/run`. `publish`: new products are
    published, else they are drafts. What is wrong is told in the language of this call. The same table again changes
    nothing."""
    now = read_clock()
    user, enterprise = seller_of(request, "catalogue:write", now)
    raw = file.read(MOST_BYTES + 1)
    job = upload_file(enterprise, raw, file_name=file.name or "", publishes=publish, by=user, now=now)
    return Status(201, _seen(job, 0))


@router.get("/seller/imports/{number}", url_name="seller_import", response=ImportSeen)
def get_import(request: HttpRequest, number: str, errors_from: Annotated[int, Field(ge=0)] = 0) -> dict[str, Any]:
    """How far it is; from `checked` on with what is wrong, row by row, beginning with wrong row `errors_from`."""
    _user, enterprise = seller_of(request, "catalogue:write", read_clock())
    return _seen(own_import(enterprise, number), errors_from)


@router.post("/seller/imports/{number}/run", url_name="seller_import_run", response=ImportSeen)
def post_run(request: HttpRequest, number: str, body: ImportRun) -> dict[str, Any]:
    """Takes the rows over, in the background; asked again nothing happens."""
    now = read_clock()
    _user, enterprise = seller_of(request, "catalogue:write", now)
    return _seen(run_import(own_import(enterprise, number), takes_good_rows=body.good_rows, now=now), 0)


def _seen(job: ImportJob, first: int) -> dict[str, Any]:
    is_settled = job.state in (ImportJob.State.CHECKED, ImportJob.State.DONE)
    rows = WrongRows(job)[first : first + SHOWN] if is_settled and job.wrong else []
    names = ("number", "state", "total", "new", "changed", "unchanged", "wrong", "problem", "remarks")
    return {name: getattr(job, name) for name in names} | {"errors": [vars(cell) for row in rows for cell in row]}
