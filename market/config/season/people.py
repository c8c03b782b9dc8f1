"""Units, categories and people of the sample season."""

from dataclasses import dataclass
from datetime import datetime

from catalog.products.models import Category
from market.accounts.models import Post, User
from market.config.season.catalogue import named
from market.config.season.crops import categories
from market.config.season.farms import units
from market.config.season.signins import PASSWORD, SIGN_INS
from market.regions.models import OrgUnit

R = Post.Role
# Officers besides the one who signs in: part of their address, name, post.
OFFICERS = (
    ("officer-tamarisk", "样例红柳团审核员", "S101", R.REVIEWER),
    ("officer-poplar", "样例胡杨团审核员", "S102", R.REVIEWER),
    ("officer-oleaster", "样例沙枣团审核员", "S201", R.REVIEWER),
    ("officer-division", "样例第一师审核员", "S1", R.REVIEWER),
    ("finance", "样例财务员", "S", R.FINANCE),
    ("auditor", "样例督查员", "S2", R.VIEWER),
)
BUYERS = (
    ("canteen", "样例大学食堂"),
    ("trader", "样例干果批发部"),
    ("bakery", "样例面包坊"),
    ("household", "样例家庭"),
)


@dataclass(frozen=True)
class People:
    """By the part of their address before the @."""

    users: dict[str, User]

    def __getitem__(self, part: str) -> User:
        return self.users[part]


def make_units() -> dict[str, OrgUnit]:
    found: dict[str, OrgUnit] = {}
    for row in units():
        parent = found.get(row.parent)
        fields = {"level": row.level, "parent": parent, "path": f"{parent.path if parent else '/'}{row.code}/"}
        found[row.code] = OrgUnit.objects.get_or_create(code=row.code, defaults=fields | named(row.names))[0]
    return found


def make_categories() -> dict[str, Category]:
    root, _ = Category.objects.get_or_create(
        slug="farm", defaults={"path": "/farm/"} | named(("农产品", "Farm products", "Продукция хозяйств"))
    )
    found = {}
    for position, row in enumerate(categories(), start=1):
        fields = {"parent": root, "path": f"/farm/{row.slug}/", "position": position}
        found[row.slug] = Category.objects.get_or_create(slug=row.slug, defaults=fields | named(row.names))[0]
    return found


def make_people(found: dict[str, OrgUnit], *, since: datetime) -> People:
    """The sign-ins, and others who act in the stories but cannot sign in (they have no password)."""
    users = {sign_in.part: _person(sign_in.email, sign_in.name, PASSWORD) for sign_in in SIGN_INS}
    for part, name, _unit, _role in OFFICERS:
        users[part] = _person(f"{part}@season.example", name)
    for part, name in BUYERS:
        users[part] = _person(f"{part}@season.example", name)
    posts = [("officer", "S", R.REVIEWER), ("officer", "S", R.COMPLIANCE), ("officer", "S", R.FINANCE)]
    for part, code, role in [*posts, *((part, unit, role) for part, _name, unit, role in OFFICERS)]:
        Post.objects.get_or_create(user=users[part], unit=found[code], role=role, defaults={"valid_from": since})
    return People(users)


def _person(email: str, name: str, password: str | None = None) -> User:
    return User.objects.filter(email=email).first() or User.objects.create_user(email, password, full_name=name)
