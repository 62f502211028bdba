import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.module.jsonSchema.JsonSchemaGenerator;
import com.github.victools.jsonschema.generator.Option;
import com.github.victools.jsonschema.generator.OptionPreset;
import com.github.victools.jsonschema.generator.SchemaGenerator;
import com.github.victools.jsonschema.generator.SchemaGeneratorConfigBuilder;
import com.github.victools.jsonschema.generator.SchemaVersion;
import com.github.victools.jsonschema.module.jackson.JacksonModule;
import com.github.victools.jsonschema.module.jackson.JacksonOption;
import java.util.List;
import java.util.Map;

/** JSON Schemas of Java classes by victools' generator or Jackson's module, with instances that Jackson writes and others. */
public final class Schemas {

    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    private static final ObjectMapper COMPACT = new ObjectMapper().setSerializationInclusion(Include.NON_NULL);

    enum State { OPEN, SENT }

    @JsonPropertyOrder({"id", "count", "price", "paid", "state", "note", "lines", "labels"})
    static class Order {
        @JsonProperty(required = true) public String id = "o-1";
        @JsonProperty(required = true) @JsonPropertyDescription("pieces") public int count = 3;
        @JsonProperty(required = true) public double price = 12.5;
        public boolean paid = true;
        @JsonProperty(required = true) public State state = State.OPEN;
        public String note = "ring \"twice\"";
        @JsonProperty(required = true) public List<Line> lines = List.of(new Line(), new Line());
        public Map<String, Integer> labels = Map.of("gift", 1);
    }

    @JsonPropertyOrder({"sku", "next"})
    static class Line {
        @JsonProperty(required = true) public String sku = "a-1";
        public Line next;
    }

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    @JsonSubTypes({@JsonSubTypes.Type(value = Cat.class, name = "cat"), @JsonSubTypes.Type(value = Dog.class, name = "dog")})
    abstract static class Pet {}

    static class Cat extends Pet {
        @JsonProperty(required = true) public int lives = 9;
    }

    static class Dog extends Pet {
        @JsonProperty(required = true) public boolean good = true;
    }

    private static final List<String> BAD_ORDERS = List.of(
            "{\"count\":1.5}", "{\"count\":\"3\"}", "{\"state\":\"LOST\"}", "{\"paid\":\"yes\"}", "{\"lines\":{}}",
            "{\"lines\":[{\"sku\":5}]}", "{\"lines\":[{\"sku\":\"a\",\"next\":{\"sku\":5}}]}", "{\"labels\":{\"gift\":\"1\"}}");

    public static void main(String[] arguments) throws Exception {
        ArrayNode cases = JSON.createArrayNode();
        boolean victools = arguments[0].equals("victools");
        for (SchemaVersion version : victools
                ? new SchemaVersion[] {SchemaVersion.DRAFT_7, SchemaVersion.DRAFT_2020_12}
                : new SchemaVersion[] {SchemaVersion.DRAFT_6}) {
            String suffix = victools ? " " + version : "";
            Line chain = new Line();
            chain.next = new Line();
            cases.add(of("order" + suffix, schema(Order.class, version, victools), List.of(new Order()), BAD_ORDERS));
            cases.add(of("chain" + suffix, schema(Line.class, version, victools), List.of(chain), List.of("{\"next\":5}")));
            if (victools) {
                cases.add(of("pet" + suffix, schema(Pet.class, version, true), List.of(new Cat(), new Dog()),
                        List.of("{\"kind\":\"dog\"}", "{\"kind\":\"cow\"}", "{\"lives\":\"9\"}")));
            }
        }
        ObjectNode all = JSON.createObjectNode().put("tool", arguments[1]);
        all.set("cases", cases);
        System.out.println(JSON.writeValueAsString(all));
    }

    private static JsonNode schema(Class<?> type, SchemaVersion version, boolean victools) throws Exception {
        if (!victools) {
            return JSON.valueToTree(new JsonSchemaGenerator(COMPACT).generateSchema(type));
        }
        return new SchemaGenerator(new SchemaGeneratorConfigBuilder(COMPACT, version, OptionPreset.PLAIN_JSON)
                        .with(new JacksonModule(JacksonOption.RESPECT_JSONPROPERTY_REQUIRED, JacksonOption.RESPECT_JSONPROPERTY_ORDER))
                        .with(
                                Option.DEFINITIONS_FOR_ALL_OBJECTS,
                                Option.MAP_VALUES_AS_ADDITIONAL_PROPERTIES,
                                Option.NULLABLE_FIELDS_BY_DEFAULT)
                        .build())
                .generateSchema(type);
    }

    private static ObjectNode of(String name, JsonNode schema, List<?> valid, List<String> changes) throws Exception {
        ObjectNode of = JSON.createObjectNode().put("name", name);
        of.set("schema", schema);
        for (Object each : valid) {
            of.withArray("valid").add(COMPACT.writeValueAsString(each));
        }
        for (String change : changes) {
            ObjectNode changed = COMPACT.valueToTree(valid.get(0));
            changed.setAll((ObjectNode) COMPACT.readTree(change));
            of.withArray("invalid").add(COMPACT.writeValueAsString(changed));
        }
        return of;
    }
}
