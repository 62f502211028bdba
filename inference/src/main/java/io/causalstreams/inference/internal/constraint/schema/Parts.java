package io.causalstreams.inference.internal.constraint.schema;

import java.util.ArrayList;
import java.util.List;

/** The schemas in the list of a keyword. */
final class Parts {

    private Parts() {}

    static List<Obligation> of(Schema schema, Keywords keywords, String keyword) {
        List<Obligation> parts = new ArrayList<>();
        int size = keywords.list(keyword).size();
        if (size == 0 && keywords.has(keyword)) {
            throw keywords.unsupported(keyword, "must be a list with at least one element");
        }
        for (int i = 0; i < size; i++) {
            parts.add(Obligation.holds(schema.at(keyword).at(String.valueOf(i))));
        }
        return parts;
    }
}
