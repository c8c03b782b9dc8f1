"""The one check of rows: the look beforehand and the run ask it, so that they count the same. Reads nothing and writes
nothing: rows and what is known in, a verdict for each row and what the good ones would write out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.utils.translation import gettext as _

from catalog.imports.cells import code_key
from catalog.imports.check_packing import check_packing_of, check_prices_of
from catalog.imports.check_product import check_product_of, check_publication, says_what_is_saved
from catalog.imports.columns import PRODUCT_NUMBER, SKU
from catalog.imports.known import Known, Surroundings
from catalog.imports.layout import Layout
from catalog.imports.plans import ProductPlan, RowPlan
from catalog.imports.said import Said
from catalog.imports.seen import seen_of
from catalog.imports.staging import Row
from catalog.imports.verdicts import Outcome, Problem, Verdict
from catalog.products.models import Product, Variant

MOST_PACKINGS = 200  # of one product


@dataclass(frozen=True)
class Checked:
    verdicts: list[Verdict]
    plans: list[RowPlan]


@dataclass
class _Judged:
    row: Row
    said: Said
    variant: Variant | None
    plan: RowPlan | None = None

    @property
    def is_lost(self) -> bool:
        """Nobody can say which packing it speaks of: what else it says cannot be judged."""
        return self.variant is None and bool(self.said.problems)


class Checker:
    """`publishes`: new products are to be published, so what publishing needs is needed."""

    def __init__(self, around: Surroundings, known: Known, layout: Layout, *, language: str, publishes: bool) -> None:
        self._around, self._known, self._layout = around, known, layout
        self._language, self._publishes = language, publishes

    def check(self, rows: Sequence[Row]) -> Checked:
        """Verdicts in the order of the rows; plans of the rows that write something."""
        verdicts: list[Verdict] = []
        plans: list[RowPlan] = []
        for _lead, group in groupby(rows, key=lambda row: row.lead):
            for verdict, plan in self._check_group(list(group)):
                verdicts.append(verdict)
                if plan is not None:
                    plans.append(plan)
        return Checked(verdicts, plans)

    def _check_group(self, rows: list[Row]) -> Iterator[tuple[Verdict, RowPlan | None]]:
        """Rows of one product that stand together."""
        judged = [self._look_at(row) for row in rows]
        product = self._product_of(judged)
        lead = judged[0] if rows[0].number == rows[0].lead else None
        plan = ProductPlan(rows[0].lead, product)
        if lead is not None and not lead.is_lost:
            check_product_of(lead.said, plan, self._around)
        elif product is None:
            plan.is_wrong = True
        packings = self._known.counts.get(product.pk, 0) if product else 0
        for one in judged:
            packings += one.variant is None
            if not one.is_lost:
                self._judge(one, plan, is_lead=one is lead)
            if one.variant is None and packings > MOST_PACKINGS:
                text = _("a product has at most %(most)s packings") % {"most": MOST_PACKINGS}
                one.said.problems.append(Problem("", "", text))
        if product is None and self._publishes:
            good = [one.plan for one in judged if one.plan and not one.said.problems]
            if good and lead is not None:
                check_publication(lead.said, plan, good, self._around)
        for one in judged:
            yield self._verdict(one, plan)

    def _look_at(self, row: Row) -> _Judged:
        """Which packing the row speaks of."""
        said = Said(row.cells, self._layout, self._language)
        number = self._number_of(said)
        code = said.code(SKU, 40)
        if not code and not said.problems:
            said.wrong(SKU, _("give the packing a code of your own, such as HZ-5KG"))
        found = self._known.packings.get(code_key(code), []) if code else []
        if number is not None:
            found = [one for one in found if one.product_id == number]
        exact = [one for one in found if one.sku == code] or found
        if len(exact) > 1:
            said.wrong(SKU, _("several products of yours have a packing with this code: give the product number too"))
        if row.twice:
            said.wrong(SKU, _("row %(row)s has this code already") % {"row": row.twice})
        return _Judged(row, said, exact[0] if len(exact) == 1 and not row.twice else None)

    def _number_of(self, said: Said) -> int | None:
        typed = said.number(PRODUCT_NUMBER, 0)
        if typed is None:
            return None
        if int(typed) not in self._known.products:
            said.wrong(PRODUCT_NUMBER, _("no product of yours has this number"))
            return None
        return int(typed)

    def _product_of(self, judged: Sequence[_Judged]) -> Product | None:
        for one in judged:
            number = self._number_of(one.said)
            if one.variant is not None:
                return self._known.products[one.variant.product_id]
            if number is not None:
                return self._known.products[number]
        return None

    def _judge(self, one: _Judged, plan: ProductPlan, *, is_lead: bool) -> None:
        row, said = one.row, one.said
        if one.variant and plan.product and one.variant.product_id != plan.product.pk:
            said.wrong(SKU, _("this code belongs to another product of yours"))
        for place in row.differs:
            column = self._layout.columns[place]
            saved = plan.product
            if column is not None and not (saved and says_what_is_saved(said, column.key, saved)):
                text = _("row %(row)s, the first of this product, says something else: what a product is stands there")
                said.wrong(column.key, text % {"row": row.lead})
        if row.is_apart:
            text = _("the packings of one product stand one below the other: move this row below row %(row)s")
            said.problems.append(Problem("", "", text % {"row": row.lead}))
        one.plan = RowPlan(row.number, plan, one.variant, is_lead=is_lead)
        net_kg = check_packing_of(said, one.plan, self._known)
        check_prices_of(said, one.plan, self._around, self._known, net_kg)

    def _verdict(self, one: _Judged, plan: ProductPlan) -> tuple[Verdict, RowPlan | None]:
        row, said, writes = one.row, one.said, one.plan
        problems = list(said.problems)
        if plan.is_wrong and not problems:
            text = _("row %(row)s, which says what the product is, is wrong")
            problems.append(Problem("", "", text % {"row": row.lead}))
        seen = seen_of(one.variant, plan.product if row.number == row.lead else None, self._known)
        if problems or writes is None:
            return Verdict(row.number, Outcome.WRONG, seen, tuple(problems)), None
        changes = (*(plan.changes if writes.is_lead else ()), *(("packing",) if writes.packing else ()), *writes.costs)
        if one.variant is None:
            return Verdict(row.number, Outcome.NEW, seen), writes
        if changes:
            return Verdict(row.number, Outcome.CHANGED, seen, changes=changes), writes
        return Verdict(row.number, Outcome.UNCHANGED, seen), None
