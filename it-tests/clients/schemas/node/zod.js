// JSON Schemas of zod types by z.toJSONSchema and, of zod 3's, by zod-to-json-schema, with instances that zod takes or refuses.
import fs from "node:fs";
import * as z from "zod";
import { z as z3 } from "zod3";
import { zodToJsonSchema } from "zod-to-json-schema";

/** The same types in both versions of the library; `v4` has what only the newer one can say. */
function types(z, v4) {
  const address = z.object({
    street: z.string().min(1).max(80),
    zip: z.string().regex(/^\d{5}(-\d{4})?$/),
    country: z.enum(["CH", "DE", "FR"]).default("CH"),
  }).strict();
  const customer = z.object({
    id: v4 ? z.uuid() : z.string().uuid(),
    name: z.string(),
    email: (v4 ? z.email() : z.string().email()).nullable(),
    seen: v4 ? z.iso.datetime() : z.string().datetime(),
    score: z.number().min(0).max(1).optional(),
    visits: z.number().int().positive().multipleOf(5),
    addresses: z.array(address).min(1).max(3),
    tags: z.record(z.string().regex(/^[a-z]+$/), z.number().int()),
    point: z.tuple([z.number(), z.number()]),
    site: (v4 ? z.url() : z.string().url()).optional(),
  }).strict();
  const cat = z.object({ kind: z.literal("cat"), lives: z.number().int().min(1).max(9) }).strict();
  const dog = z.object({ kind: z.literal("dog"), good: z.boolean() }).strict();
  const household = z.object({
    pets: z.array(z.discriminatedUnion("kind", [cat, dog])),
    best: z.union([cat, dog, z.null()]),
  }).strict();
  const tree = z.object({ value: z.union([z.string(), z.number()]).nullable(), get children() { return z.array(tree); } }).strict();
  const tree3 = z.lazy(() => z.object({ value: z.union([z.string(), z.number()]).nullable(), children: z.array(tree3) }).strict());
  const grades = z.record(z.enum(["maths", "music"]), z.number());
  return { customer, household, tree: v4 ? tree : tree3, grades, either: z.intersection(z.object({ a: z.string() }), z.object({ b: z.number() })) };
}

const customer = {
  id: "1b4e28ba-2fa1-41d2-883f-0016d3cca427", name: "Zoë \"Zo\" O'Neil", email: "zoe@example.com", seen: "2026-01-02T03:04:05Z",
  score: 0.5, visits: 15, addresses: [{ street: "Gasse 1", zip: "80010", country: "CH" }], tags: { vip: 1 }, point: [1.5, -2],
  site: "https://example.com/zoe",
};
const household = { pets: [{ kind: "cat", lives: 9 }, { kind: "dog", good: true }], best: null };
const leaf = { value: null, children: [] };
const INSTANCES = {
  customer: [[customer, { ...customer, email: null, tags: {} }], [
    { ...customer, visits: 7 }, { ...customer, visits: 0 }, { ...customer, score: 1.5 }, { ...customer, addresses: [] },
    { ...customer, tags: { VIP: 1 } }, { ...customer, addresses: [{ street: "", zip: "80010", country: "CH" }] },
    { ...customer, addresses: [{ street: "x", zip: "8001", country: "CH" }] }, { ...customer, unknown: 1 },
    { ...customer, name: null }, { ...customer, id: "7" }, { ...customer, seen: "yesterday" }]],
  household: [[household, { pets: [], best: { kind: "dog", good: false } }], [
    { ...household, pets: [{ kind: "cat", lives: 10 }] }, { ...household, pets: [{ kind: "cat", good: true }] },
    { ...household, pets: [{ kind: "cow" }] }, { ...household, best: {} }]],
  tree: [[{ value: "a", children: [{ value: 1.5, children: [leaf] }, leaf] }], [
    { value: true, children: [] }, { value: "a", children: [{}] }, { value: "a", children: {} }]],
  grades: [[{ maths: 5.5, music: 6 }], [{ maths: "5" }, { maths: 5, music: 6, sports: 4 }]],
  either: [[{ a: "x", b: 1 }], [{ a: "x" }, { a: 1, b: 1 }]],
};

function cases(types, schemaOf) {
  return Object.entries(INSTANCES).map(([name, [valid, invalid]]) => {
    for (const [instances, good] of [[valid, true], [invalid, false]]) {
      for (const each of instances) {
        if (types[name].safeParse(each).success !== good) throw new Error(`${name}: zod says otherwise of ${JSON.stringify(each)}`);
      }
    }
    const texts = (instances) => instances.map((each) => JSON.stringify(each));
    return { name, schema: schemaOf(types[name]), valid: texts(valid), invalid: texts(invalid) };
  });
}

const versions = JSON.parse(fs.readFileSync(new URL("package.json", import.meta.url), "utf8")).dependencies;
const [form] = process.argv.slice(2);
console.log(JSON.stringify(form === "4"
  ? { tool: `z.toJSONSchema of zod ${versions.zod}`, cases: cases(types(z, true), (type) => z.toJSONSchema(type)) }
  : { tool: `zod-to-json-schema ${versions["zod-to-json-schema"]}`, cases: cases(types(z3, false), (type) => zodToJsonSchema(type)) }, null, 1));
