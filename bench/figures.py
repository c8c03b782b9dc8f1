"""The figures of docs/performance.md, each against its floor."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from uuid import uuid4

from bench.import_figures import imports
from bench.order_floor import order_floor
from bench.processes import FLOOR, PRODUCT, Caller, Server, pss_mib
from bench.ratio import Count, Figure, compare
from bench.search_figures import search
from bench.stage import Stage
from bench.webhook_figures import webhooks

Request = tuple[str, str, bytes, Mapping[str, str]]
BLOCK = 100
BUYERS, UNITS = 50, 20
CHECKOUT = {
    "buyer": {"name": "Bench"},
    "address": {
        "recipient": "Bench",
        "phone": "+8613800138000",
        "province": "四川省",
        "city": "成都市",
        "street": "示范路 1 号",
    },
}


def list_(stage: Stage) -> list[Figure | Count]:
    path = "/api/v1/products?page_size=24&channel=domestic"
    page = "/zh-hans/"
    return [
        compare(
            "list",
            stage.get(path),
            stage.floor_get("/list"),
            target=2,
            sql=stage.statements("GET", path),
            sql_target=3,
        ),
        compare(
            "list as a page",
            stage.get(page),
            stage.floor_get("/list"),
            target=5,
            sql=stage.statements("GET", page),
            sql_target=5,
        ),
    ]


def detail(stage: Stage) -> list[Figure | Count]:
    key = some_products(stage)[0]["id"]
    path = f"/api/v1/products/{key}"
    return [
        compare(
            "detail",
            stage.get(path),
            stage.floor_get(f"/detail/{key}"),
            target=3,
            sql=stage.statements("GET", path),
            sql_target=4,
        )
    ]


def some_products(stage: Stage) -> list[dict[str, int]]:
    items: list[dict[str, int]] = stage.json("GET", "/api/v1/products?page_size=100")["items"]
    return items


def some_variants(stage: Stage, sellers: int) -> list[tuple[int, str]]:
    """(variant, quantity that may be ordered), each of another seller."""
    found: dict[str, tuple[int, str]] = {}
    cursor = ""
    while len(found) < sellers:
        page = stage.json("GET", f"/api/v1/products?page_size=100&cursor={cursor}")
        for item in page["items"]:
            number = item["seller"]["number"]
            if number not in found and item["in_stock"]:
                variant = stage.json("GET", f"/api/v1/products/{item['id']}")["variants"][0]
                found[number] = (variant["id"], variant["moq"])
        cursor = page["next"]
    return list(found.values())[:sellers]


def fill(stage: Stage) -> None:
    """Enough of everything, so that no measured order runs out."""
    stage.database.execute("UPDATE stock_stockitem SET on_hand = 1000000000000")


def open_cart(stage: Stage) -> tuple[str, dict[str, str]]:
    made = stage.json("POST", "/api/v1/carts", {"channel": "domestic"})
    return made["id"], {"Content-Type": "application/json", "X-Cart-Token": made["token"]}


def line(variant: tuple[int, str]) -> bytes:
    return json.dumps({"variant": variant[0], "quantity": variant[1]}).encode()


def cart(stage: Stage) -> list[Figure | Count]:
    fill(stage)
    variant = some_variants(stage, 1)[0]

    def requests() -> Iterator[Request]:
        for _ in range(BLOCK):
            key, headers = open_cart(stage)
            yield "POST", f"/api/v1/carts/{key}/lines", line(variant), headers

    method, path, body, headers = next(requests())
    return [
        compare(
            "add to cart",
            stage.send(requests),
            stage.floor_get("/insert"),
            target=4,
            sql=stage.statements(method, path, body, headers),
            sql_target=5,
        )
    ]


def checkout(stage: Stage) -> list[Figure | Count]:
    fill(stage)
    variants = some_variants(stage, 3)
    body = json.dumps(CHECKOUT).encode()

    def requests() -> Iterator[Request]:
        for _ in range(BLOCK):
            yield filled_cart(stage, variants, body)

    first, second = filled_cart(stage, variants, body), filled_cart(stage, variants, body)
    stage.statements(*first)  # a process reads the published trade rules once
    return [
        compare(
            "checkout, 3 lines of 3 sellers",
            stage.send(requests),
            order_floor(stage.database, BLOCK),
            target=5,
            sql=stage.statements(*second),
            sql_target=15,
        )
    ]


def filled_cart(stage: Stage, variants: list[tuple[int, str]], body: bytes) -> Request:
    key, headers = open_cart(stage)
    for variant in variants:
        stage.json("POST", f"/api/v1/carts/{key}/lines", json.loads(line(variant)), **headers)
    return "POST", f"/api/v1/carts/{key}/checkout", body, {**headers, "Idempotency-Key": uuid4().hex}


def oversell(stage: Stage, repeats: int = 100) -> list[Figure | Count]:
    """Fifty buyers press at once, twenty units are left."""
    variant, moq = some_variants(stage, 1)[0]
    scale = 1000  # quantities are kept in thousandths
    units = int(float(moq)) * UNITS
    server = Server(PRODUCT, stage.database.environment, workers=2, threads=8)
    try:
        wrong, errors = 0, 0
        for _ in range(repeats):
            left = f"on_hand = reserved + {units * scale}"
            stage.database.execute(f"UPDATE stock_stockitem SET {left} WHERE variant_id = {variant}")  # noqa: S608
            carts = [filled_cart(stage, [(variant, moq)], json.dumps(CHECKOUT).encode()) for _ in range(BUYERS)]
            answers = _press_at_once(server, carts)
            wrong += answers.count(201) != UNITS
            errors += sum(status not in (201, 409) for status in answers)
    finally:
        server.stop()
    name = "PostgreSQL" if stage.database.is_postgres else "SQLite"
    return [
        Count(
            f"oversell on {name}, {BUYERS} buyers, {UNITS} units",
            f"{repeats - wrong} of {repeats} repeats sold exactly {UNITS}; {errors} failed answers",
            f"{repeats} of {repeats}",
            wrong == 0 and errors == 0,
        )
    ]


def _press_at_once(server: Server, requests: list[Request]) -> list[int]:
    answers: list[int] = []
    gate = threading.Barrier(len(requests))

    def press(request: Request) -> None:
        caller = Caller(server)
        gate.wait()
        answers.append(caller.call(*request)[0])

    threads = [threading.Thread(target=press, args=(request,)) for request in requests]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def memory(stage: Stage) -> list[Figure | Count]:
    """Two web workers after load, and the same for a Django that says hello."""
    paths = ["/api/v1/products", "/zh-hans/", "/en/", "/api/v1/search?q=hongzao", "/zh-hans/cart/"]
    real = Server(PRODUCT, stage.database.environment, workers=2)
    hello = Server(FLOOR, stage.database.floor_environment(), workers=2)
    try:
        for server, wanted in ((real, paths), (hello, ["/hello"])):
            for _ in range(40):
                caller = Caller(server)
                for path in wanted:
                    caller.call("GET", path)
        return [
            compare(
                "memory, 2 web workers, PSS",
                lambda: pss_mib(real.pids),
                lambda: pss_mib(hello.pids),
                target=1.6,
                unit="MiB",
                rounds=3,
            )
        ]
    finally:
        real.stop()
        hello.stop()


def cold(stage: Stage) -> list[Figure | Count]:
    """From nothing to the first answer."""

    def start(application: str, environment: Mapping[str, str]) -> float:
        server = Server(application, environment)
        try:
            return server.cold_cpu_ms()
        finally:
            server.stop()

    return [
        compare(
            "cold start",
            lambda: start(PRODUCT, stage.database.environment),
            lambda: start(FLOOR, stage.database.floor_environment()),
            target=3,
            rounds=3,
        )
    ]


def floors(stage: Stage) -> list[Figure | Count]:
    """The floors among themselves, in units of hello."""
    hello = stage.floor_get("/hello")
    found: list[Figure | Count] = [
        compare(f"floor: {name}", stage.floor_get(path), hello, target=float("inf"))
        for name, path in (("list", "/list"), ("detail", f"/detail/{some_products(stage)[0]['id']}"))
    ]
    found.append(compare("floor: insert", stage.floor_get("/insert"), hello, target=float("inf")))
    found.append(compare("floor: order", order_floor(stage.database, BLOCK), hello, target=float("inf")))
    return found


FIGURES: dict[str, Callable[[Stage], list[Figure | Count]]] = {
    "floors": floors,
    "list": list_,
    "detail": detail,
    "cart": cart,
    "checkout": checkout,
    "oversell": oversell,
    "memory": memory,
    "cold": cold,
    "import": imports,
    "search": search,
    "webhooks": webhooks,
}
