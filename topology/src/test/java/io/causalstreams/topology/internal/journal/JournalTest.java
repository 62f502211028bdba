package io.causalstreams.topology.internal.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.causalstreams.inference.AnswerPart;
import io.causalstreams.inference.GenerationEvent.TokenChunk;
import io.causalstreams.inference.Prompt.Message;
import io.causalstreams.inference.Prompt.ToolCall;
import io.causalstreams.inference.TokenLogprob;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.utils.Bytes;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the journal gives back after a restart. */
class JournalTest {

    private final FakeStore store = new FakeStore(Map.of(), () -> {});

    @Test
    void shouldGiveBackArrivalsInOrderWithEveryByte() {
        // Given
        Journal journal = new Journal(store);
        List<Arrival> arrivals = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            RecordHeaders headers = new RecordHeaders();
            headers.add("empty", null).add("twice", new byte[] {0}).add("twice", new byte[] {-1, 1});
            Bytes key = i % 3 == 0 ? null : Bytes.wrap(new byte[] {(byte) i, -1, 0});
            Bytes value = Bytes.wrap(("välue " + i).getBytes(StandardCharsets.UTF_8));
            arrivals.add(new Arrival(
                    journal.nextSequence(),
                    "id-" + i,
                    key,
                    value,
                    headers,
                    "prompts",
                    3,
                    1L << 40,
                    1_800_000_000_000L,
                    i % 5 == 0 ? "orders-value version " + i : null));
            journal.add(arrivals.get(i));
        }
        // When
        Journal next = new Journal(store);
        List<Arrival> restored = new ArrayList<>();
        next.restore(restored::add);
        // Then
        assertThat(restored).isEqualTo(arrivals);
        assertThat(next.entries()).isEqualTo(300);
        assertThat(next.bytes()).isEqualTo(journal.bytes());
        assertThat(next.nextSequence()).isEqualTo(300);
    }

    @Test
    void shouldGiveBackTokensOfInterleavedChoicesWhereverTheChunksEnd() {
        long seed = Long.getLong("test.seed", System.nanoTime());
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            Journal journal = new Journal(new FakeStore(Map.of(), () -> {}));
            TokenLog log = journal.tokens(7);
            Map<Integer, String> texts = new TreeMap<>();
            Map<Integer, List<Integer>> ids = new TreeMap<>();
            boolean scored = random.nextBoolean();
            for (int write = 0; write < 20; write++) {
                List<TokenChunk> chunks = new ArrayList<>();
                for (int i = 0; i <= random.nextInt(3); i++) {
                    chunks.add(chunk(random, scored, ids, texts));
                }
                log.append(chunks);
            }
            List<TokenChunk> restored = journal.tokens(7).published();
            ids.forEach((choice, all) -> {
                List<TokenChunk> ofChoice = restored.stream()
                        .filter(chunk -> chunk.choice() == choice)
                        .toList();
                assertThat(ofChoice)
                        .as("seed " + seed)
                        .flatExtracting(TokenChunk::tokenIds)
                        .isEqualTo(all);
                assertThat(ofChoice)
                        .extracting(TokenChunk::text)
                        .satisfies(each -> assertThat(String.join("", each)).isEqualTo(texts.get(choice)));
                assertThat(ofChoice)
                        .flatExtracting(chunk -> chunk.logprobs() == null ? List.of() : chunk.logprobs())
                        .hasSize(scored ? all.size() : 0);
            });
        }
    }

    @Test
    void shouldRememberNoMoreThanItsBounds() {
        RememberedCompletions remembered = new RememberedCompletions(store, new RememberBounds(1000, 3, 36));
        for (int i = 0; i < 5; i++) {
            remembered.put("id-" + i, new byte[] {1, 2, 3}, i);
        }
        assertThat(remembered.get("id-1", 5)).isNull();
        assertThat(remembered.get("id-4", 5)).containsExactly(1, 2, 3);
        remembered.put("large", new byte[30], 6);
        assertThat(remembered.entries()).isEqualTo(1);
        remembered.put("too large", new byte[100], 7);
        assertThat(remembered.get("too large", 7)).isNull();
        RememberedCompletions next = new RememberedCompletions(store, new RememberBounds(1000, 3, 36));
        next.restore(7);
        assertThat(next.get("large", 1006)).hasSize(30);
        assertThat(next.get("large", 1007)).isNull();
        next.evict(1007);
        assertThat(store.content).isEmpty();
    }

    @Test
    void shouldNotRememberForLongerAfterTheClockWasSetBackBetweenTwoRuns() {
        // Given: kept at a time that is to come again
        RememberedCompletions remembered = new RememberedCompletions(store, new RememberBounds(1000, 3, 100));
        remembered.put("future", new byte[] {1}, 1_000_000);

        // When
        RememberedCompletions next = new RememberedCompletions(store, new RememberBounds(1000, 3, 100));
        next.restore(50);

        // Then: as old as the restart
        assertThat(next.get("future", 1050)).containsExactly(1);
        assertThat(next.get("future", 1051)).isNull();
        next.evict(1051);
        assertThat(next.entries()).isZero();
    }

    @Test
    void shouldForgetTheOldestTurnsButNotTheSystemMessage() {
        Sessions sessions = new Sessions(store, new SessionBounds(5, 1000, 2, 1000));
        sessions.append("s", List.of(new Message("system", "S"), new Message("user", "1"), answer("a")), 0, s -> false);
        sessions.append("s", List.of(new Message("user", "2", "ann"), answer("b")), 1, s -> false);
        sessions.append("s", List.of(new Message("user", "3"), answer("c")), 2, s -> false);
        assertThat(sessions.history("s")).extracting(Message::text).containsExactly("S", "2", "b", "3", "c");
        assertThat(sessions.history("s").get(1).name()).isEqualTo("ann");
        sessions.append("t", List.of(new Message("user", "1")), 3, s -> false);
        sessions.append("u", List.of(new Message("user", "1")), 4, s -> s.equals("s"));
        assertThat(sessions.history("s")).isNotEmpty();
        assertThat(sessions.history("t")).isEmpty();
        Sessions next = new Sessions(store, new SessionBounds(5, 1000, 2, 1000));
        next.restore();
        assertThat(next.count()).isEqualTo(2);
        next.append("v", List.of(new Message("user", "1")), 5000, s -> false);
        assertThat(next.count()).isEqualTo(1);
    }

    @Test
    void shouldKeepCallsOfToolsInAConversation() {
        Sessions sessions = new Sessions(store, new SessionBounds(5, 1000, 2, 1000));
        List<Message> turn = List.of(
                new Message("user", "Weather?"),
                new Message("assistant", List.of(), null, null, List.of(new ToolCall("c", "weather", "{}")), null),
                new Message("tool", List.of("a", "b"), "weather", null, List.of(), "c"),
                answer("3"));

        sessions.append("s", turn, 0, s -> false);

        assertThat(sessions.history("s")).isEqualTo(turn);
    }

    private static Message answer(String text) {
        return new Message("assistant", text);
    }

    private static TokenChunk chunk(
            Random random, boolean scored, Map<Integer, List<Integer>> ids, Map<Integer, String> texts) {
        int choice = random.nextInt(3);
        List<Integer> all = ids.computeIfAbsent(choice, each -> new ArrayList<>());
        int index = all.size();
        List<Integer> added = new ArrayList<>();
        List<TokenLogprob> logprobs = new ArrayList<>();
        for (int i = 0; i <= random.nextInt(12); i++) {
            int id = random.nextInt(1 << random.nextInt(1, 20));
            added.add(id);
            logprobs.add(new TokenLogprob(
                    id, "ü" + id, -random.nextDouble(), 1, List.of(new TokenLogprob.Alternative(id, "x", -0.1))));
        }
        all.addAll(added);
        String text = random.nextInt(4) == 0 ? "" : "🙂 " + index;
        texts.merge(choice, text, String::concat);
        List<AnswerPart> parts = random.nextBoolean()
                ? AnswerPart.ofText(text)
                : List.of(
                        new AnswerPart.Reasoning(text),
                        new AnswerPart.ToolCall(index, "f"),
                        new AnswerPart.Arguments(index, "{}"));
        return new TokenChunk(choice, index, added, text, orNull(scored, logprobs), parts);
    }

    private static @Nullable List<TokenLogprob> orNull(boolean scored, List<TokenLogprob> logprobs) {
        return scored ? logprobs : null;
    }
}
