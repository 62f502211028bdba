// JSON Schemas of Avro schemas by @asyncapi/avro-schema-parser, with instances in Avro's JSON as Kafka's readers show them.
import fs from "node:fs";
import parser from "@asyncapi/avro-schema-parser";

const ORDER = {
  type: "record", name: "Order", namespace: "com.example.shop", doc: "An order.", fields: [
    { name: "id", type: { type: "string", logicalType: "uuid" } },
    { name: "count", type: "int", doc: "pieces" },
    { name: "placed", type: { type: "long", logicalType: "timestamp-millis" } },
    { name: "price", type: "double" },
    { name: "paid", type: "boolean", default: false },
    { name: "state", type: { type: "enum", name: "State", symbols: ["OPEN", "SENT"] } },
    { name: "note", type: ["null", "string"], default: null },
    { name: "items", type: { type: "array", items: { type: "record", name: "Item", fields: [{ name: "sku", type: "string" }] } } },
    { name: "labels", type: { type: "map", values: "string" } },
    { name: "digest", type: { type: "fixed", name: "Digest", size: 4 } },
  ],
};
const order = {
  id: "1b4e28ba-2fa1-41d2-883f-0016d3cca427", count: 3, placed: 1767323045000, price: 12.5, paid: true, state: "OPEN", note: null,
  items: [{ sku: "a-1" }, { sku: "" }], labels: { gift: "yes" }, digest: "abcd",
};
const CASES = [
  ["order", ORDER, [order, { ...order, note: "ring twice", items: [], labels: {} }], [
    { ...order, count: 2147483648 }, { ...order, count: 1.5 }, { ...order, state: "LOST" }, { ...order, note: 5 },
    { ...order, items: [{}] }, { ...order, labels: { gift: 1 } }, { ...order, paid: "yes" }, { ...order, digest: 7 }]],
  ["union", ["null", "int", "string"], [null, 5, "x"], [1.5, true, []]],
  ["node", { type: "record", name: "Node", fields: [{ name: "value", type: "long" }, { name: "next", type: ["null", "Node"] }] },
    // The converter leaves a type inside itself open, and null, being open too, is then no longer exactly one of the two.
    [{ value: 1, next: { value: 2 } }, { value: 1 }], [{ value: "1" }, { value: 1, next: null }]],
];

const version = JSON.parse(fs.readFileSync(new URL("package.json", import.meta.url), "utf8")).dependencies["@asyncapi/avro-schema-parser"];
const cases = [];
for (const [name, avro, valid, invalid] of CASES) {
  const schema = await parser.AvroSchemaParser().parse({
    schemaFormat: "application/vnd.apache.avro;version=1.9.0", data: avro, meta: {},
  });
  const texts = (instances) => instances.map((each) => JSON.stringify(each));
  cases.push({ name, schema, valid: texts(valid), invalid: texts(invalid) });
}
console.log(JSON.stringify({ tool: `@asyncapi/avro-schema-parser ${version}`, cases }, null, 1));
