package io.causalstreams.inference.internal.constraint;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.causalstreams.inference.GenerationException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/** The JSON-Schema-Test-Suite, drafts 4 to 2020-12, read by the compiler. */
final class SchemaSuite {

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    /** Of drafts whose tests do not say what they are: without it a schema is read by its shape. */
    private static final Map<String, String> DIALECTS = Map.of(
            "draft4", "http://json-schema.org/draft-04/schema#",
            "draft6", "http://json-schema.org/draft-06/schema#",
            "draft7", "http://json-schema.org/draft-07/schema#");

    private SchemaSuite() {}

    /**
     * A schema with instances.
     *
     * @param about what it is about: a keyword, mostly
     */
    record Case(String draft, String about, String schema, List<String> valid, List<String> invalid) {

        private static Case read(JsonNode line) {
            String draft = line.path("draft").textValue();
            JsonNode schema = line.path("schema");
            String dialect = DIALECTS.get(draft);
            if (dialect != null && schema instanceof ObjectNode object && !object.has("$schema")) {
                object.put("$schema", dialect);
            }
            return new Case(
                    draft,
                    line.path("file").textValue(),
                    schema.toString(),
                    Language.texts(line.path("valid")),
                    Language.texts(line.path("invalid")));
        }

        /** The schema's language, or nothing if it is refused. */
        Optional<Language> compile(boolean openObjects) {
            try {
                return Optional.of(Language.of(schema, openObjects));
            } catch (GenerationException.Invalid e) {
                return Optional.empty();
            }
        }
    }

    static List<Case> cases() throws IOException {
        List<Case> cases = new ArrayList<>();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                new GZIPInputStream(
                        Objects.requireNonNull(SchemaSuite.class.getResourceAsStream("schema/suite.jsonl.gz"))),
                StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                cases.add(Case.read(MAPPER.readTree(line)));
            }
        }
        return cases;
    }
}
