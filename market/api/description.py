"""The API's description of itself. The catalogue's reads are the busiest addresses: their answers are described here
and held to it by a test, instead of being checked field by field at every call."""

from typing import Any

from ninja import NinjaAPI, Schema
from ninja.openapi.schema import OpenAPISchema
from pydantic.json_schema import models_json_schema

from market.api.answers import ProductList, ProductSeen, SearchAnswer, Suggestions
from market.api.ways_in import REFUSAL, SCHEMES, ways_in

DESCRIBED: dict[str, type[Schema]] = {
    "/api/v1/products": ProductList,
    "/api/v1/search": SearchAnswer,
    "/api/v1/suggest": Suggestions,
    "/api/v1/products/{product_id}": ProductSeen,
}
PICTURES = "/photos/{key}"
_PICTURE = {"image/webp": {"schema": {"type": "string", "format": "binary"}}}
_REF = "#/components/schemas/{model}"
PREFIX = "/api/v1"
_REFUSED = {
    "description": "Refused",
    "content": {"application/json": {"schema": {"$ref": _REF.format(model="Refusal")}}},
}


class DescribedApi(NinjaAPI):
    def get_openapi_schema(self, **wishes: Any) -> OpenAPISchema:
        described = super().get_openapi_schema(**wishes)
        models = [(model, "serialization") for model in DESCRIBED.values()]
        _, definitions = models_json_schema(models, ref_template=_REF)  # type: ignore[arg-type]
        described["components"]["schemas"].update(definitions["$defs"])
        for path, model in DESCRIBED.items():
            answer = described["paths"][path]["get"]["responses"][200]
            answer["content"] = {"application/json": {"schema": {"$ref": _REF.format(model=model.__name__)}}}
        described["components"]["schemas"]["Refusal"] = REFUSAL
        described["components"]["securitySchemes"] = SCHEMES
        for path, methods in described["paths"].items():
            for method, facts in methods.items():
                if path.endswith(PICTURES):
                    facts["responses"][200]["content"] = _PICTURE
                facts["security"] = ways_in(path.removeprefix(PREFIX), method)
                facts["tags"] = list(dict.fromkeys(facts["tags"]))
                facts["responses"]["4XX"] = _REFUSED
        return described
