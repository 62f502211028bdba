package io.causalstreams.registry;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;

/** Avro records of everything, by chance. */
final class RandomSchemas {

    private final Random random;
    private final List<Schema> records = new ArrayList<>();
    private int names;

    RandomSchemas(Random random) {
        this.random = random;
    }

    Schema record(int depth) {
        Schema record = Schema.createRecord("Record" + names++, null, "test.p" + random.nextInt(2), false);
        records.add(record);
        List<Schema.Field> fields = new ArrayList<>();
        for (int i = random.nextInt(1, 5); i > 0; i--) {
            fields.add(field("f" + i, type(depth - 1)));
        }
        record.setFields(fields);
        return record;
    }

    private Schema.Field field(String name, Schema type) {
        if (random.nextInt(4) == 0 && type.getType() == Schema.Type.STRING && type.getLogicalType() == null) {
            return new Schema.Field(name, type, null, "as usual");
        }
        if (type.getType() == Schema.Type.UNION && type.getTypes().get(0).getType() == Schema.Type.NULL) {
            return new Schema.Field(name, type, null, Schema.Field.NULL_DEFAULT_VALUE);
        }
        return new Schema.Field(name, type);
    }

    private Schema type(int depth) {
        return switch (depth <= 0 ? random.nextInt(6) : random.nextInt(12)) {
            case 0, 1 -> Schema.create(primitive());
            case 2, 3 -> logical();
            case 4 -> Schema.createEnum("Enum" + names++, null, "test", List.of("RED", "GREEN", "dark_blue"));
            case 5 -> Schema.createFixed("Fixed" + names++, null, "test", random.nextInt(1, 9));
            case 6 -> Schema.createArray(type(depth - 1));
            case 7 -> Schema.createMap(type(depth - 1));
            case 8 -> record(depth);
            case 9 -> nullable(records.get(random.nextInt(records.size())));
            default -> union(depth);
        };
    }

    private Schema.Type primitive() {
        List<Schema.Type> all = List.of(
                Schema.Type.BOOLEAN,
                Schema.Type.INT,
                Schema.Type.LONG,
                Schema.Type.FLOAT,
                Schema.Type.DOUBLE,
                Schema.Type.STRING,
                Schema.Type.BYTES);
        return all.get(random.nextInt(all.size()));
    }

    private Schema logical() {
        int precision = random.nextInt(1, 20);
        return switch (random.nextInt(13)) {
            case 0 ->
                LogicalTypes.decimal(precision, random.nextInt(precision + 1)).addToSchema(of(Schema.Type.BYTES));
            case 1 ->
                LogicalTypes.decimal(18, random.nextInt(19))
                        .addToSchema(Schema.createFixed("Decimal" + names++, null, "test", 8));
            case 2 -> LogicalTypes.uuid().addToSchema(of(Schema.Type.STRING));
            case 3 -> LogicalTypes.uuid().addToSchema(Schema.createFixed("Uuid" + names++, null, "test", 16));
            case 4 -> LogicalTypes.date().addToSchema(of(Schema.Type.INT));
            case 5 -> LogicalTypes.timeMillis().addToSchema(of(Schema.Type.INT));
            case 6 -> LogicalTypes.timeMicros().addToSchema(of(Schema.Type.LONG));
            case 7 -> LogicalTypes.timestampMillis().addToSchema(of(Schema.Type.LONG));
            case 8 -> LogicalTypes.timestampMicros().addToSchema(of(Schema.Type.LONG));
            case 9 -> LogicalTypes.timestampNanos().addToSchema(of(Schema.Type.LONG));
            case 10 -> LogicalTypes.localTimestampMillis().addToSchema(of(Schema.Type.LONG));
            case 11 -> LogicalTypes.localTimestampMicros().addToSchema(of(Schema.Type.LONG));
            default -> LogicalTypes.localTimestampNanos().addToSchema(of(Schema.Type.LONG));
        };
    }

    private static Schema of(Schema.Type type) {
        return Schema.create(type);
    }

    private static Schema nullable(Schema schema) {
        return Schema.createUnion(of(Schema.Type.NULL), schema);
    }

    private Schema union(int depth) {
        List<Schema> branches = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        if (random.nextBoolean()) {
            branches.add(of(Schema.Type.NULL));
        }
        for (int i = random.nextInt(1, 4); i > 0; i--) {
            Schema branch = type(depth - 1);
            if (branch.getType() != Schema.Type.UNION && seen.add(branch.getFullName())) {
                branches.add(branch);
            }
        }
        return branches.isEmpty() ? of(Schema.Type.INT) : Schema.createUnion(branches);
    }
}
