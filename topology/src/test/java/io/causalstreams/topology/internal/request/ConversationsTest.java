package io.causalstreams.topology.internal.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.causalstreams.inference.ForwardingEngine;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.PreparedRequest;
import io.causalstreams.inference.Prompt;
import io.causalstreams.testkit.ScriptedEngine;
import io.causalstreams.topology.event.OutputEvents.Partial;
import io.causalstreams.topology.internal.answer.Job;
import io.causalstreams.topology.internal.journal.FakeStore;
import io.causalstreams.topology.internal.journal.SessionBounds;
import io.causalstreams.topology.internal.journal.Sessions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConversationsTest {

    private static final int CONTEXT_WORDS = 8;

    private final Sessions sessions =
            new Sessions(new FakeStore(Map.of(), () -> {}), new SessionBounds(10, 10_000, 10, 10_000));
    private final SmallEngine engine = new SmallEngine();
    private final Conversations conversations = new Conversations(engine, sessions);

    @Test
    void shouldPutTheTurnsBeforeItBehindItsOwnSystemMessage() {
        // Given
        answered(Jobs.turn("s", "system", "Be brief.", "user", "Hi"), "Hello");

        // When
        PreparedRequest prepared = conversations.prepare(Jobs.turn("s", "system", "Be long.", "user", "Why"));

        // Then
        assertThat(contents(prepared)).containsExactly("Be long.", "Hi", "Hello", "Why");
    }

    @Test
    void shouldKeepConversationsApart() {
        answered(Jobs.turn("s", "user", "Hi"), "Hello");
        assertThat(contents(conversations.prepare(Jobs.turn("other", "user", "Why"))))
                .containsExactly("Why");
        assertThat(contents(conversations.prepare(Jobs.turn(null, "user", "Why"))))
                .containsExactly("Why");
    }

    @Test
    void shouldForgetTheOldestTurnsUntilTheContextHoldsTheRest() {
        // Given
        answered(Jobs.turn("s", "user", "one two three"), "four");
        answered(Jobs.turn("s", "user", "five"), "six");

        // When
        PreparedRequest prepared = conversations.prepare(Jobs.turn("s", "user", "7 8 9 10"));

        // Then
        assertThat(contents(prepared)).containsExactly("five", "six", "7 8 9 10");
    }

    @Test
    void shouldPrepareATurnOnce() {
        // Given
        Job.Ask<String, String> ask = Jobs.turn("s", "user", "Hi");
        PreparedRequest before = conversations.prepare(ask);

        // When
        PreparedRequest prepared = conversations.prepare(ask.prepared(before));

        // Then
        assertThat(prepared).isSameAs(before);
        assertThat(engine.prepared).isEqualTo(1);
    }

    @Test
    void shouldCountTheTokensOfAPromptWithTheTurnsBeforeItAlsoWhenItIsTooLong() {
        answered(Jobs.turn("s", "user", "Hi"), "Hello");
        assertThat(conversations.promptTokens(Jobs.turn("s", "user", "Why not")))
                .isEqualTo(4);
        assertThat(conversations.promptTokens(Jobs.turn(null, "user", "1 2 3 4 5 6 7 8 9")))
                .isEqualTo(9);
        engine.broken = true;
        assertThat(conversations.promptTokens(Jobs.turn(null, "user", "Hi"))).isZero();
    }

    @Test
    void shouldRefuseATurnThatDoesNotFitAlone() {
        assertThatThrownBy(() -> conversations.prepare(Jobs.turn("s", "user", "1 2 3 4 5 6 7 8 9")))
                .isInstanceOf(GenerationException.Invalid.class);
    }

    @Test
    void shouldKeepOnlyTurnsOfConversations() {
        answered(Jobs.turn(null, "user", "Hi"), "Hello");
        assertThat(sessions.count()).isZero();
        answered(Jobs.turn("s", "user", "Hi"), "Hello");
        assertThat(sessions.count()).isEqualTo(1);
        assertThat(sessions.history("s"))
                .containsExactly(new Prompt.Message("user", "Hi"), new Prompt.Message("assistant", "Hello"));
    }

    private void answered(Job.Ask<String, String> turn, String answer) {
        conversations.answered(turn, new Partial(answer, List.of(), null), 1_000, session -> false);
    }

    private static List<String> contents(PreparedRequest prepared) {
        return ((Prompt.Chat) prepared.request().prompt())
                .messages().stream().map(Prompt.Message::text).toList();
    }

    /** Its context holds few words. */
    private static final class SmallEngine extends ForwardingEngine {
        int prepared;
        boolean broken;

        SmallEngine() {
            super(ScriptedEngine.saying("x"));
        }

        @Override
        public PreparedRequest prepare(GenerationRequest request) {
            if (broken) {
                throw new IllegalStateException("the template failed");
            }
            prepared++;
            PreparedRequest all = super.prepare(request);
            if (all.promptTokens() > CONTEXT_WORDS) {
                throw new GenerationException.Invalid("messages", "too long").withPromptTokens(all.promptTokens());
            }
            return all;
        }
    }
}
