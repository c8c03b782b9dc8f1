"""Who reports and confirms prices: reviewers, each within the subtree of a post that holds now."""

from datetime import datetime

from market.accounts.models import Post, User
from market.accounts.queries import posts_of
from market.common.errors import NotFound
from market.prices.models import PriceReport
from market.regions.models import OrgUnit


def check_reach(by: User, unit: OrgUnit, now: datetime) -> None:
    """Raises NotFound where no such post of theirs reaches the unit: what lies elsewhere is not told."""
    if not any(unit.path.startswith(post.unit.path) for post in posts_of(by, now, Post.Role.REVIEWER)):
        raise NotFound()


def lock_report(report: PriceReport, by: User, now: datetime) -> PriceReport:
    """The report as it stands, locked to the end of the transaction. Raises NotFound."""
    rows = PriceReport.objects.select_for_update(of=("self",)).select_related("org_unit")
    row = rows.get(pk=report.pk)
    check_reach(by, row.org_unit, now)
    return row
