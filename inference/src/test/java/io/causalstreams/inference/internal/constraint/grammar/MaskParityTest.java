package io.causalstreams.inference.internal.constraint.grammar;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.causalstreams.inference.OutputConstraint.Grammar;
import io.causalstreams.inference.internal.constraint.ConstraintCompiler;
import io.causalstreams.inference.internal.constraint.TestVocabulary;
import io.causalstreams.inference.internal.constraint.mask.TokenConstraint;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Masks against those of XGrammar (GBNF) and LLGuidance (Lark) along recorded texts; {@code tools/masks.py} records them. */
class MaskParityTest {

    private static final TestVocabulary VOCABULARY = TestVocabulary.SMOLLM2;
    private static final ConstraintCompiler COMPILER = new ConstraintCompiler(VOCABULARY);

    record Recorded(String name, JsonNode golden) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Recorded> recorded() throws IOException {
        try (InputStream in = MaskParityTest.class.getResourceAsStream("masks.json")) {
            return StreamSupport.stream(new ObjectMapper().readTree(in).spliterator(), false)
                    .map(golden -> new Recorded(golden.path("name").asText(), golden))
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("recorded")
    void shouldAllowTheSameTokens(Recorded recorded) {
        // Given
        TokenConstraint grammar =
                COMPILER.compile(new Grammar(recorded.golden().path("grammar").asText()));

        for (JsonNode walk : recorded.golden().path("walks")) {
            TokenConstraint.State state = grammar.start();
            StringBuilder text = new StringBuilder();
            for (JsonNode step : walk) {
                // When
                BitSet allowed = state.allowed();

                // Then
                assertThat(allowed.cardinality())
                        .as("tokens after '%s'", text)
                        .isEqualTo(step.get(0).asInt());
                assertThat(digest(allowed))
                        .as("after '%s'", text)
                        .isEqualTo(step.get(1).asText());
                assertThat(state.accepting())
                        .as("may end after '%s'", text)
                        .isEqualTo(step.get(2).asBoolean());
                int token = step.get(3).asInt();
                if (token >= 0) {
                    text.append(new String(VOCABULARY.bytesOf(token), StandardCharsets.UTF_8));
                    state = state.after(token);
                }
            }
        }
    }

    private static String digest(BitSet tokens) {
        if (tokens.isEmpty()) {
            return "";
        }
        String ids = tokens.stream().mapToObj(Integer::toString).collect(Collectors.joining(","));
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(ids.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
