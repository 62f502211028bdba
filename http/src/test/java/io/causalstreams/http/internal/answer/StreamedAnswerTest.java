package io.causalstreams.http.internal.answer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.causalstreams.http.internal.kafka.Output;
import io.causalstreams.topology.event.EventJson;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StreamedAnswerTest {
    private static final String ID = "team:chatcmpl-1";
    private static final long CREATED = 1_700_000_000;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final AtomicInteger replays = new AtomicInteger();

    @Test
    void shouldTellTokensThenWhyItEndedThenWhatWasUsed() {
        // Given
        StreamedAnswer answer = StreamedAnswer.of(ID, true, asked -> replays.incrementAndGet());

        // When
        answer.onOutput(tokens(0, 0, "It"));
        answer.onOutput(tokens(0, 1, " is", " sunny"));
        answer.onOutput(completion(3, "stop"));

        // Then
        assertThat(told(answer))
                .containsExactly(
                        "id: 1." + CREATED + "." + ID + "\ndata: " + chunk(0, 0, "It"),
                        "id: 3." + CREATED + "." + ID + "\ndata: " + chunk(0, 1, " is", " sunny"),
                        "data: {\"id\":\"team:chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,"
                                + "\"model\":\"m\",\"system_fingerprint\":\"f\","
                                + "\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}",
                        "data: {\"id\":\"team:chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,"
                                + "\"model\":\"m\",\"system_fingerprint\":\"f\",\"choices\":[],\"usage\":"
                                + "{\"prompt_tokens\":5,\"completion_tokens\":3,\"total_tokens\":8,"
                                + "\"prompt_tokens_details\":{\"cached_tokens\":0}}}",
                        "data: [DONE]");
        assertThat(replays).hasValue(0);
        assertThat(answer.tokensUsed()).isEqualTo(8);
    }

    @Test
    void shouldWaitWithTheEndUntilAllTokensWereTold() {
        StreamedAnswer answer = StreamedAnswer.of(ID, false, asked -> replays.incrementAndGet());
        answer.onOutput(completion(2, "length"));
        answer.onOutput(tokens(0, 0, "a"));
        assertThat(answer.hasEnded()).isFalse();
        answer.onOutput(tokens(0, 1, "b"));
        assertThat(answer.hasEnded()).isTrue();
        assertThat(textTold(answer)).isEqualTo("ab");
    }

    @Test
    void shouldHaveReplayedWhatCameBeforeTheClientDid() {
        // Given: a client that joins when two tokens are over
        StreamedAnswer answer = StreamedAnswer.of(ID, false, asked -> replays.incrementAndGet());
        answer.onOutput(tokens(0, 2, "c"));
        assertThat(replays).hasValue(1);
        assertThat(answer.createdSeconds()).isEqualTo(CREATED);

        // When: the replay ends behind where live tokens began
        answer.onReplayed(tokens(0, 0, "a"));
        answer.onOutput(tokens(0, 3, "d"));
        answer.onReplayed(tokens(0, 1, "b"));
        answer.onReplayed(tokens(0, 2, "c"));
        answer.onReplayEnd();
        answer.onOutput(completion(4, "stop"));

        // Then
        assertThat(textTold(answer)).isEqualTo("abcd");
        assertThat(replays).hasValue(1);
    }

    @Test
    void shouldGoOnBehindTheLastEventOfTheClient() {
        EventId last = EventId.parse("2." + CREATED + "." + ID).orElseThrow();
        StreamedAnswer answer = StreamedAnswer.behind(last, false, asked -> replays.incrementAndGet());
        answer.replay();
        answer.onReplayed(tokens(0, 0, "a"));
        answer.onReplayed(tokens(0, 1, "b"));
        answer.onReplayed(tokens(0, 2, "c"));
        answer.onReplayed(completion(3, "stop"));
        assertThat(textTold(answer)).isEqualTo("c");
    }

    @Test
    void shouldTellTokensOfEachChoiceOnceInAnyInterleaving() {
        long seed = Long.getLong("test.seed", System.nanoTime());
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            // Given: 3 choices of 20 tokens, live from somewhere on, replayed from the beginning, the end somewhere
            List<Output.Tokens> all = new ArrayList<>();
            for (int position = 0; position < 20; position++) {
                for (int choice = 0; choice < 3; choice++) {
                    all.add(tokens(choice, position, "<" + choice + "." + position + ">"));
                }
            }
            int joined = random.nextInt(all.size());
            int replayedTo = joined + random.nextInt(all.size() - joined);
            List<Runnable> live = new ArrayList<>();
            List<Runnable> replay = new ArrayList<>();
            StreamedAnswer answer = StreamedAnswer.of(ID, false, asked -> replays.incrementAndGet());
            all.subList(joined, all.size()).forEach(each -> live.add(() -> answer.onOutput(each)));
            live.add(random.nextInt(live.size() + 1), () -> answer.onOutput(completion(60, "stop")));
            all.subList(0, replayedTo).forEach(each -> replay.add(() -> answer.onReplayed(each)));
            replay.add(answer::onReplayEnd);

            // When: two threads take turns
            answer.replay();
            List<Boolean> turns = new ArrayList<>(Collections.nCopies(live.size(), true));
            turns.addAll(Collections.nCopies(replay.size(), false));
            Collections.shuffle(turns, random);
            turns.forEach(isLive -> (isLive ? live : replay).remove(0).run());

            // Then
            String told = textTold(answer);
            for (int choice = 0; choice < 3; choice++) {
                int of = choice;
                String expected = IntStream.range(0, 20)
                        .mapToObj(position -> "<" + of + "." + position + ">")
                        .collect(Collectors.joining());
                assertThat(told.replaceAll("<[^" + choice + "]\\.\\d+>", "")).isEqualTo(expected);
            }
        }
    }

    @Test
    void shouldTellAnAnswerAgainWhoseTokenEventsAreGone() {
        StreamedAnswer answer = StreamedAnswer.of(ID, false, asked -> replays.incrementAndGet());
        answer.onOutput(completion(3, "stop"));
        for (int replay = 0; replay < 2; replay++) {
            answer.replay();
            answer.onReplayEnd();
        }
        assertThat(told(answer).get(0)).contains("\"delta\":{\"role\":\"assistant\",\"content\":\"all of it\"}");
    }

    @Test
    void shouldBeRefusedAsAWholeWhenNothingWasTold() {
        StreamedAnswer answer = StreamedAnswer.of(ID, false, asked -> replays.incrementAndGet());
        answer.onOutput(failed("INVALID_REQUEST", "temperature"));
        assertThatThrownBy(() -> answer.begun().block(PATIENCE))
                .isInstanceOfSatisfying(
                        ApiException.class, e -> assertThat(e.status()).isEqualTo(400));
    }

    @Test
    void shouldTellAFailureAfterTokensAsTheLastEvent() {
        StreamedAnswer answer = StreamedAnswer.of(ID, false, asked -> replays.incrementAndGet());
        answer.onOutput(tokens(0, 0, "a"));
        answer.onOutput(failed("INFERENCE_ERROR", null));
        assertThat(told(answer)).hasSize(3).last().isEqualTo("data: [DONE]");
    }

    @Test
    void shouldSayThatNothingIsLeftOfARequest() {
        StreamedAnswer answer =
                StreamedAnswer.behind(new EventId(List.of(2), CREATED, ID), false, asked -> replays.incrementAndGet());
        answer.replay();
        answer.onReplayEnd();
        assertThatThrownBy(() -> answer.begun().block(PATIENCE))
                .isInstanceOfSatisfying(
                        ApiException.class, e -> assertThat(e.status()).isEqualTo(404));
    }

    @Test
    void shouldCutTheLineOfAClientThatDoesNotRead() {
        StreamedAnswer answer = StreamedAnswer.of(ID, false, asked -> replays.incrementAndGet());
        for (int position = 0; position <= StreamedAnswer.MOST_UNREAD; position++) {
            answer.onOutput(tokens(0, position, "a"));
        }
        assertThat(answer.hasEnded()).isTrue();
        assertThatThrownBy(() -> answer.events().collectList().block(PATIENCE))
                .isInstanceOf(StreamedAnswer.SlowClientException.class);
    }

    @Test
    void shouldReadEventIdsItWrites() {
        EventId id = new EventId(List.of(17, 4), CREATED, "team:a.b:1");
        assertThat(EventId.parse(id.toString())).contains(id);
        assertThat(EventId.parse("17.x.a")).isEmpty();
        assertThat(EventId.parse("99999999999.1.a")).isEmpty();
        assertThat(EventId.parse("1.1.a\nb")).isEmpty();
    }

    private static List<String> told(StreamedAnswer answer) {
        return answer.events()
                .map(event -> new String(event, StandardCharsets.UTF_8).strip())
                .collectList()
                .blockOptional(PATIENCE)
                .orElseThrow();
    }

    /** The texts of all chunks. */
    private static String textTold(StreamedAnswer answer) {
        return told(answer).stream()
                .filter(event -> event.startsWith("id: "))
                .map(event -> EventJson.readToken(
                        event.substring(event.indexOf("data: ") + 6).getBytes(StandardCharsets.UTF_8)))
                .map(event -> event.choices().get(0).content())
                .collect(Collectors.joining());
    }

    private static String chunk(int choice, int position, String... words) {
        return "{\"id\":\"" + ID + "\",\"object\":\"chat.completion.chunk\",\"created\":" + CREATED
                + ",\"model\":\"m\",\"choices\":[{\"index\":" + choice + ",\"delta\":{\"content\":\""
                + String.join("", words) + "\"},\"token_index\":" + position + ",\"token_count\":" + words.length
                + ",\"finish_reason\":null}]}";
    }

    private static Output.Tokens tokens(int choice, int position, String... words) {
        byte[] json = chunk(choice, position, words).getBytes(StandardCharsets.UTF_8);
        return new Output.Tokens(EventJson.readToken(json), json);
    }

    private static Output.Completion completion(int tokens, String reason) {
        return completion("\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"all of it\"},"
                + "\"finish_reason\":\"" + reason + "\"}],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":"
                + tokens
                + ",\"total_tokens\":" + (5 + tokens) + ",\"prompt_tokens_details\":{\"cached_tokens\":0}}");
    }

    private static Output.Completion failed(String code, @Nullable String parameter) {
        return completion("\"choices\":[],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":0,\"total_tokens\":5,"
                + "\"prompt_tokens_details\":{\"cached_tokens\":0}},\"error\":{\"code\":\"" + code
                + "\",\"message\":\"no\"" + (parameter == null ? "" : ",\"param\":\"" + parameter + "\"") + "}");
    }

    private static Output.Completion completion(String members) {
        byte[] json = ("{\"id\":\"" + ID + "\",\"object\":\"chat.completion\",\"created\":" + CREATED
                        + ",\"model\":\"m\",\"system_fingerprint\":\"f\"," + members + "}")
                .getBytes(StandardCharsets.UTF_8);
        return new Output.Completion(EventJson.readCompletion(json), json);
    }
}
