package io.causalstreams.export;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** LongRoPE: sequences up to the original length turn by the short factors, longer ones by the long factors from their first token on. */
class LongContextTest {
    private static final float TOLERANCE = 1e-3f;

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"phi3-longrope", "phi3-longrope-partial"})
    void shouldGiveTheOraclesLogitsOnBothSidesOfTheOriginalLength(String name) throws Exception {
        // Given
        JsonNode golden = golden(name);
        for (int length : new int[] {12, 40, 41, 60}) {
            try (GraphRunner model = exported(name, 1)) {
                if (length > model.number("short_context_tokens")) {
                    model.useLongContext(0);
                }

                // When
                float[] last = last(model, 0, ids(golden, length));

                // Then
                assertThat(last)
                        .as("%d tokens", length)
                        .usingComparatorWithPrecision(TOLERANCE)
                        .containsExactly(logits(golden, length));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"phi3-longrope", "phi3-longrope-partial"})
    void shouldDecodeShortAndLongRowsInOneBatch(String name) throws Exception {
        // Given
        JsonNode golden = golden(name);
        int[] lengths = {41, 12, 60, 40};
        try (GraphRunner model = exported(name, lengths.length)) {
            int[] next = new int[lengths.length];
            int[] pasts = new int[lengths.length];
            for (int row = 0; row < lengths.length; row++) {
                if (lengths[row] > 40) {
                    model.useLongContext(row);
                }
                pasts[row] = lengths[row] - 1;
                model.prefill(row, 0, ids(golden, pasts[row]));
                next[row] = ids(golden, lengths[row])[pasts[row]];
            }

            // When
            float[][] together = model.decode(next, pasts);

            // Then
            for (int row = 0; row < lengths.length; row++) {
                assertThat(together[row])
                        .as("%d tokens", lengths[row])
                        .usingComparatorWithPrecision(TOLERANCE)
                        .containsExactly(logits(golden, lengths[row]));
            }
        }
    }

    /** In two chunks, the second of which has a past. */
    private static float[] last(GraphRunner model, int slot, int[] ids) throws Exception {
        model.prefill(slot, 0, Arrays.copyOf(ids, 7));
        float[][] rest = model.prefill(slot, 7, Arrays.copyOfRange(ids, 7, ids.length));
        return rest[rest.length - 1];
    }

    private GraphRunner exported(String name, int slots) throws Exception {
        Path model = directory.resolve("model");
        OnnxExporter.export(TinyModels.DIRECTORY.resolve(name), model, ExportOptions.of(Precision.FP32));
        return new GraphRunner(model, slots, 64);
    }

    private static JsonNode golden(String name) throws IOException {
        Path file = TinyModels.DIRECTORY.resolve("goldens-long-context.json");
        return new ObjectMapper().readTree(file.toFile()).path("models").path(name);
    }

    private static int[] ids(JsonNode golden, int length) {
        return IntStream.range(0, length)
                .map(i -> golden.path("input_ids").get(i).asInt())
                .toArray();
    }

    private static float[] logits(JsonNode golden, int length) {
        JsonNode row = golden.path("last_logits").path(Integer.toString(length));
        float[] logits = new float[row.size()];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = row.get(i).floatValue();
        }
        return logits;
    }
}
