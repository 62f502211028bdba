package io.causalstreams.http.internal.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.causalstreams.http.internal.kafka.Prompts;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnswersTest {

    @ParameterizedTest
    @ValueSource(strings = {"model", "top_p"})
    void shouldRefuseAFieldThatTheSchemaHasNotGotAsInvalid(String field) {
        var refusal = Answers.refusal(new Prompts.UnwritableException(field, "the schema has no " + field));
        assertThat(refusal.status()).isEqualTo(400);
        assertThat(new String(refusal.body(), StandardCharsets.UTF_8))
                .contains("\"param\":\"" + field + "\"", "\"code\":\"invalid_request\"");
    }
}
