"""Eight shoppers at once on the embedded column: granian, worker, SQLite."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import requests

from tests.processes.machine import Machine
from tests.processes.outside import CHECKOUT, Program

SHOPPERS, ROUNDS = 8, 6


def test_eight_shoppers_at_once_no_request_fails(machine: Machine) -> None:
    shop = machine.do("open_shop", goods=3)
    machine.start_web()
    machine.start_worker()
    answers: Counter[int] = Counter()

    def shop_around(number: int) -> None:
        """Counts every answer instead of stopping at a bad one."""
        session = requests.Session()

        def call(method: str, path: str, body: object = None, **headers: str) -> requests.Response:
            answer = session.request(method, f"{machine.address}{path}", json=body, headers=headers, timeout=60)
            answers[answer.status_code] += 1
            return answer

        for turn in range(ROUNDS):
            variant = shop["variants"][(number + turn) % 3]
            call("GET", "/zh-hans/")
            call("GET", "/api/v1/products?q=jujube")
            cart = call("POST", "/api/v1/carts", {}).json()
            token = {"X-Cart-Token": cart["token"]}
            path = f"/api/v1/carts/{cart['id']}"
            call("POST", f"{path}/lines", {"variant": variant, "quantity": 2}, **token)
            key = {"Idempotency-Key": f"{number}-{turn}"}
            placed = call("POST", f"{path}/checkout", CHECKOUT, **token, **key).json()
            mine = {"X-Purchase-Token": placed["access_token"]}
            call("POST", f"/api/v1/purchases/{placed['purchase_number']}/pay", {"gateway": "sandbox"}, **mine)
            Program(machine.address, session=session).show(placed)

    with ThreadPoolExecutor(SHOPPERS) as crowd:
        list(crowd.map(shop_around, range(SHOPPERS)))

    assert dict(answers) == {200: 3 * SHOPPERS * ROUNDS, 201: 3 * SHOPPERS * ROUNDS}
    books = machine.do("books")
    assert (books["purchases"], books["oversold"]) == (SHOPPERS * ROUNDS, [])
