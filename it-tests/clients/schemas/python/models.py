"""JSON Schemas of pydantic models, with instances that pydantic writes and others that it refuses."""
import datetime
import decimal
import enum
import importlib.metadata
import json
import uuid
from typing import Annotated, Literal

import pydantic
from pydantic import BaseModel, ConfigDict, EmailStr, Field, TypeAdapter


class Priority(enum.IntEnum):
    LOW = 1
    HIGH = 2


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Address(Strict):
    street: Annotated[str, Field(min_length=1, max_length=80)]
    zip: Annotated[str, Field(pattern=r"^\d{5}(-\d{4})?$")]
    country: Literal["CH", "DE", "FR"] = "CH"


class Customer(Strict):
    """A customer with everything that forms have."""

    id: uuid.UUID
    name: str
    email: EmailStr | None = None
    born: datetime.date | None = None
    seen: datetime.datetime
    priority: Priority = Priority.LOW
    score: Annotated[float, Field(ge=0, le=1)] = 0.5
    visits: Annotated[int, Field(gt=0, multiple_of=5)]
    addresses: Annotated[list[Address], Field(min_length=1, max_length=3)]
    tags: dict[Annotated[str, Field(pattern="^[a-z]+$")], int] = {}
    point: tuple[float, float] = (0.0, 0.0)


class Cat(Strict):
    kind: Literal["cat"] = "cat"
    lives: Annotated[int, Field(ge=1, le=9)]


class Dog(Strict):
    kind: Literal["dog"] = "dog"
    good: bool


class Household(Strict):
    pets: list[Annotated[Cat | Dog, Field(discriminator="kind")]]
    best: Cat | Dog | None = None


class Tree(Strict):
    value: str | int | None
    children: list["Tree"] = []


class Price(Strict):
    amount: decimal.Decimal
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")]


CUSTOMER = Customer(
    id=uuid.UUID(int=7 << 64),
    name="Zoë \"Zo\" O'Neil",
    email="zoe@example.com",
    born=datetime.date(1999, 12, 31),
    seen=datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc),
    visits=15,
    addresses=[Address(street="Gasse 1", zip="80010")],
    tags={"vip": 1},
    point=(1.5, -2.0),
)
CASES = [
    (Customer, [CUSTOMER, CUSTOMER.model_copy(update={"email": None, "tags": {}, "priority": Priority.HIGH})], [
        {"visits": 7}, {"visits": 0}, {"score": 1.5}, {"addresses": []}, {"priority": 3}, {"tags": {"vip": "1"}},
        {"addresses": [{"street": "", "zip": "80010"}]}, {"addresses": [{"street": "x", "zip": "8001"}]},
        {"point": [1.0]}, {"unknown": 1}, {"name": None}, {"id": "7"}, {"seen": "yesterday"}, {"born": "1999-13-31"}]),
    (Household, [Household(pets=[Cat(lives=9), Dog(good=True)], best=Dog(good=True)), Household(pets=[])], [
        {"pets": [{"kind": "cat", "lives": 10}]}, {"pets": [{"kind": "cat", "good": True}]}, {"pets": [{"kind": "cow"}]},
        {"pets": None}, {"best": {"kind": "dog"}}]),
    (Tree, [Tree(value="a", children=[Tree(value=1), Tree(value=None, children=[Tree(value="")])])], [
        {"value": 1.5}, {"value": True}, {"children": [{}]}, {"children": {}}]),
    (Price, [Price(amount=decimal.Decimal("12.50"), currency="CHF")], [{"currency": "chf"}, {"amount": True}]),
    (TypeAdapter(dict[str, Annotated[int, Field(ge=0)]]), [{}, {"a": 1, "b c": 20}], [{"a": -1}, {"a": "1"}]),
    (TypeAdapter(list[Literal["x", "y", 3]]), [[], ["x", 3, "y"]], []),
]


def case(model, valid, changes):
    if isinstance(model, TypeAdapter):
        name, schema = str(model.json_schema()["type"]), model.json_schema()
        good, check = [model.dump_json(each).decode() for each in valid], lambda text: model.validate_json(text, strict=True)
    else:
        name, schema = model.__name__, model.model_json_schema()
        good, check = [each.model_dump_json() for each in valid], model.model_validate_json
    for text in good:
        check(text)
    bad = [json.dumps({**json.loads(good[0]), **change}, ensure_ascii=False) for change in changes]
    for text in bad:
        try:
            check(text)
        except pydantic.ValidationError:
            continue
        raise SystemExit(f"{name}: pydantic takes {text}")
    return {"name": name, "schema": schema, "valid": good, "invalid": bad}


print(json.dumps({
    "tool": "pydantic " + importlib.metadata.version("pydantic"),
    "cases": [case(*each) for each in CASES]}, indent=1, ensure_ascii=False))
