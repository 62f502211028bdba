package io.causalstreams.http.internal.console;

import static io.causalstreams.http.internal.console.Records.completion;
import static io.causalstreams.http.internal.console.Records.framedCompletion;
import static io.causalstreams.http.internal.console.Records.prompt;
import static io.causalstreams.http.internal.console.Records.tokens;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LiveRequestsTest {
    private final LiveRequests requests = new LiveRequests(Records.TOPICS);
    private final List<ObjectNode> changes = new ArrayList<>();

    @Test
    void shouldTellAPromptItsTokensAndItsEnd() {
        // When
        requests.onPrompt(
                prompt(3, "{\"id\":\"a\",\"user\":\"web\",\"messages\":[{\"content\":\"Hi\"}]}"), changes::add);
        requests.onTokens(tokens(3, "a", 0, "It"), changes::add);
        requests.onTokens(tokens(3, "a", 1, " is"), changes::add);
        requests.onCompletion(completion(3, "a", 2, null), changes::add);

        // Then
        assertThat(changes)
                .extracting(each -> each.path("what").asText())
                .containsExactly("request", "tokens", "tokens", "end");
        JsonNode all = requests.json();
        assertThat(all).hasSize(1);
        JsonNode request = all.path(0);
        assertThat(request.path("id").asText()).isEqualTo("a");
        assertThat(request.path("prompt").asText()).isEqualTo("Hi");
        assertThat(request.path("user").asText()).isEqualTo("web");
        assertThat(request.path("text").asText()).isEqualTo("It is");
        assertThat(request.path("tokens").asInt()).isEqualTo(2);
        assertThat(request.path("end").path("reason").asText()).isEqualTo("stop");
    }

    @Test
    void shouldEndARequestWhoseCompletionCannotBeRead() {
        requests.onPrompt(prompt(3, "{\"id\":\"a\",\"prompt\":\"x\"}"), changes::add);
        requests.onCompletion(framedCompletion(3), changes::add);
        assertThat(requests.json().path(0).path("end").path("reason").asText()).isEqualTo("unreadable");
    }

    @Test
    void shouldShowWhatCameBeforeItsPromptWasSeenAsCut() {
        requests.onTokens(tokens(3, "a", 17, " on"), changes::add);
        assertThat(requests.json().path(0).path("cut").asBoolean()).isTrue();
    }

    @Test
    void shouldReadTopicsInAnyOrder() {
        // When: the end, then tokens, then the prompt
        requests.onPrompt(prompt(3, "{\"id\":\"a\",\"prompt\":\"x\"}"), changes::add);
        requests.onCompletion(completion(3, "a", 2, null), changes::add);
        requests.onTokens(tokens(3, "a", 0, "It"), changes::add);
        requests.onCompletion(completion(4, "b", 2, null), changes::add);
        requests.onTokens(tokens(4, "b", 0, "It"), changes::add);
        requests.onPrompt(prompt(4, "{\"id\":\"b\",\"prompt\":\"x\"}"), changes::add);

        // Then: late tokens are told, and nothing that ended begins again
        JsonNode all = requests.json();
        assertThat(all).hasSize(1);
        assertThat(all.path(0).path("text").asText()).isEqualTo("It");
        assertThat(all.path(0).path("tokens").asInt()).isEqualTo(2);
    }

    @Test
    void shouldNotWaitForASecondOfTheSameIdNorForCancels() {
        requests.onPrompt(prompt(1, "{\"id\":\"a\",\"prompt\":\"x\"}"), changes::add);
        requests.onPrompt(prompt(2, "{\"id\":\"a\",\"prompt\":\"x\"}"), changes::add);
        requests.onPrompt(prompt(3, null), changes::add);
        assertThat(requests.json()).hasSize(1);
    }

    @Test
    void shouldTellWhyARequestFailed() {
        requests.onPrompt(prompt(1, "{\"id\":\"a\",\"prompt\":\"x\"}"), changes::add);
        requests.onCompletion(completion(1, "a", 0, "INFERENCE_ERROR"), changes::add);
        JsonNode end = requests.json().path(0).path("end");
        assertThat(end.path("reason").asText()).isEqualTo("INFERENCE_ERROR");
        assertThat(end.path("message").asText()).isEqualTo("it is so");
    }

    @Test
    void shouldKeepWithinItsBounds() {
        // Given: more requests than are shown, one of them long, some that ended
        for (int offset = 0; offset < 3 * LiveRequests.MOST; offset++) {
            requests.onPrompt(prompt(offset, "{\"id\":\"r" + offset + "\",\"prompt\":\"x\"}"), changes::add);
            if (offset % 2 == 0) {
                requests.onCompletion(completion(offset, "r" + offset, 1, null), changes::add);
            }
        }
        int last = 3 * LiveRequests.MOST - 1;
        for (int token = 0; token < 3; token++) {
            requests.onTokens(
                    tokens(last, "r" + last, token, "€".repeat(LiveRequests.MOST_CHARACTERS / 2)), changes::add);
        }

        // Then
        JsonNode all = requests.json();
        assertThat(all).hasSize(LiveRequests.MOST);
        int ended = 0;
        for (JsonNode each : all) {
            ended += each.path("end").isNull() ? 0 : 1;
            assertThat(each.path("text").asText().length()).isLessThanOrEqualTo(LiveRequests.MOST_CHARACTERS);
        }
        assertThat(ended).isLessThanOrEqualTo(LiveRequests.MOST_ENDED);
        assertThat(all.path(all.size() - 1).path("cut").asBoolean()).isTrue();
    }
}
