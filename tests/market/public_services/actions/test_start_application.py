"""An enterprise begins an application with what the house knows; who is not meant does not."""

import pytest

from market.common.errors import InvalidInput, NotAllowed, NotFound
from market.enterprises.models import Enterprise
from market.public_services.actions.start_application import start_application
from market.public_services.errors import NotMeantFor
from market.public_services.models import Application
from tests.builders import NOW, make_enterprise, make_member
from tests.market.public_services.scenes import (
    Town,
    make_service,
)

pytestmark = pytest.mark.django_db


def test_a_draft_begins_with_what_the_house_knows(town: Town) -> None:
    item = make_service(town.corps)

    draft = start_application(item, town.enterprise, eligibility={"area": "yes"}, by=town.owner, now=NOW)

    assert draft.answers == {"person": "张三"}
    again = start_application(item, town.enterprise, eligibility={"area": "yes"}, by=town.owner, now=NOW)
    assert again.pk == draft.pk


def test_who_is_not_meant_starts_nothing(town: Town) -> None:
    item, other = make_service(town.division), make_enterprise()
    stranger = make_member(other)

    with pytest.raises(InvalidInput) as refused:
        start_application(item, town.enterprise, eligibility={"area": "no"}, by=town.owner, now=NOW)
    assert refused.value.details["fields"] == {"area": "Only for this area.（中）"}
    with pytest.raises(NotMeantFor):
        start_application(item, other, eligibility={"area": "yes"}, by=stranger, now=NOW)
    with pytest.raises(NotFound):
        start_application(item, town.enterprise, eligibility={"area": "yes"}, by=stranger, now=NOW)
    with pytest.raises(NotAllowed):
        start_application(
            item, town.enterprise, eligibility={"area": "yes"}, by=make_member(town.enterprise, "sales"), now=NOW
        )
    Enterprise.objects.filter(pk=town.enterprise.pk).update(state="suspended")
    town.enterprise.refresh_from_db()
    with pytest.raises(NotMeantFor):
        start_application(item, town.enterprise, eligibility={"area": "yes"}, by=town.owner, now=NOW)
    assert not Application.objects.exists()
