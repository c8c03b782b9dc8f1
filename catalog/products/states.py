from catalog.products.models import Product
from market.common.states import Moves

S = Product.State

MOVES: Moves = {
    S.DRAFT: frozenset({S.PUBLISHED}),
    S.PUBLISHED: frozenset({S.WITHDRAWN}),
    S.WITHDRAWN: frozenset({S.PUBLISHED}),
}
