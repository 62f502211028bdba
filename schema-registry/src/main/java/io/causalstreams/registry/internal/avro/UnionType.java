package io.causalstreams.registry.internal.avro;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.causalstreams.registry.internal.JsonSchemas;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A union as JSON: the value alone where its kind says of which branch it is; else, as in Avro's own JSON, an object with the
 * branch's name around it. A name is the full one only where the short one is not the branch's alone.
 */
final class UnionType {

    private UnionType() {}

    static AvroType of(List<Schema> branches, List<AvroType> types) {
        long kinds = types.stream().map(AvroType::kind).distinct().count();
        return kinds == types.size() ? plain(types) : named(branches, types);
    }

    private static AvroType plain(List<AvroType> types) {
        if (types.size() == 1) {
            return types.get(0);
        }
        Map<JsonKind, AvroType> byKind = new EnumMap<>(JsonKind.class);
        ObjectNode schema = JsonNodeFactory.instance.objectNode();
        ArrayNode any = schema.putArray("anyOf");
        for (AvroType type : types) {
            byKind.put(type.kind(), type);
        }
        // null last: the first of a union is its default, not its likeliest
        types.stream().filter(each -> each.kind() != JsonKind.NULL).forEach(each -> any.add(each.schema()));
        types.stream().filter(each -> each.kind() == JsonKind.NULL).forEach(each -> any.add(each.schema()));
        return new AvroType(
                null,
                schema,
                value -> branch(byKind.get(JsonKind.of(value)), value).read(value));
    }

    private static AvroType named(List<Schema> branches, List<AvroType> types) {
        Map<String, AvroType> byName = new LinkedHashMap<>();
        AvroType nothing = null;
        ObjectNode schema = JsonNodeFactory.instance.objectNode();
        ArrayNode any = schema.putArray("anyOf");
        for (int i = 0; i < types.size(); i++) {
            if (types.get(i).kind() == JsonKind.NULL) {
                nothing = types.get(i);
                continue;
            }
            String name = name(branches, branches.get(i));
            byName.put(name, types.get(i));
            ObjectNode around = JsonSchemas.closedObject();
            around.withObject("/properties").set(name, types.get(i).schema());
            around.withArray("/required").add(name);
            any.add(around);
        }
        if (nothing == null) {
            return new AvroType(JsonKind.OBJECT, schema, value -> readNamed(byName, value));
        }
        any.add(nothing.schema());
        return new AvroType(null, schema, value -> value.isNull() ? null : readNamed(byName, value));
    }

    private static @Nullable Object readNamed(Map<String, AvroType> byName, JsonNode value) {
        Map.Entry<String, JsonNode> only = value.properties().iterator().next();
        return branch(byName.get(only.getKey()), value).read(only.getValue());
    }

    private static AvroType branch(@Nullable AvroType type, JsonNode value) {
        if (type == null) {
            throw new IllegalArgumentException("no branch of the union has " + value);
        }
        return type;
    }

    private static String name(List<Schema> branches, Schema branch) {
        String name = branch.getName();
        boolean alone =
                branches.stream().filter(each -> each.getName().equals(name)).count() == 1;
        return alone ? name : branch.getFullName();
    }
}
