package io.causalstreams.inference.internal.constraint;

import com.fasterxml.jackson.databind.JsonNode;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.OutputConstraint.JsonSchema;
import io.causalstreams.inference.internal.constraint.mask.TokenConstraint;
import io.causalstreams.inference.internal.constraint.schema.SchemaOptions;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.stream.StreamSupport;

/** The texts that are written for a schema. */
record Language(TokenConstraint.State start) {

    private static final TestVocabulary BYTES = TestVocabulary.synthetic(0, new Random(1));

    /** @throws GenerationException.Invalid if the schema is refused */
    static Language of(String schema, boolean openObjects) {
        return new Language(new ConstraintCompiler(BYTES, new SchemaOptions(openObjects, false))
                .compile(new JsonSchema(schema))
                .start());
    }

    boolean has(String text) {
        return start.acceptsAfter(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Those that are written. */
    List<String> of(List<String> texts) {
        return texts.stream().filter(this::has).toList();
    }

    static List<String> texts(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false)
                .map(JsonNode::textValue)
                .toList();
    }
}
