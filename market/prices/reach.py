"""Who reports and confirms prices: reviewers, each within the subtree of a post that holds now."""

from datetime import datetime

from market.accounts.models import Post, User
from market.accounts.queries import posts_of
from market.common.errors import NotFound
from market.prices.models import Commodity, PriceReport
from market.regions.models import OrgUnit


def check_reach(by: User, unit: OrgUnit, now: datetime) -> None:
    """Raises NotFound where no such post of theirs reaches the unit: what lies elsewhere is not told."""
    if not any(unit.path.startswith(post.unit.path) for post in posts_of(by, now, Post.Role.REVIEWER)):
        raise NotFound()


def lock_goods(commodity_id: int) -> None:
    """Acts on prices of one good go one after the other, to the end of the transaction: of two sources that say the
    same at once the second hears the first, and nobody waits for two reports in another order than somebody else."""
    Commodity.objects.select_for_update(no_key=True).get(pk=commodity_id)


def lock_report(report: PriceReport, by: User, now: datetime) -> PriceReport:
    """The report as it stands, locked with its goods to the end of the transaction. Raises NotFound."""
    lock_goods(report.commodity_id)
    rows = PriceReport.objects.select_for_update(of=("self",)).select_related("org_unit")
    row = rows.get(pk=report.pk)
    check_reach(by, row.org_unit, now)
    return row
