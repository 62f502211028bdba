package io.causalstreams.topology.internal.answer;

import io.causalstreams.inference.ChatOptions;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.OutputConstraint;
import io.causalstreams.inference.PreparedRequest;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.ToolChoice;
import io.causalstreams.topology.internal.journal.Arrival;
import io.causalstreams.topology.internal.journal.Sessions;
import io.causalstreams.topology.internal.journal.Transcript;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * What an operator has to do about an arrival.
 *
 * <p>A pure function of the arrival, but for {@link Ask#prepared}: a restart gives the same job again.
 *
 * @param <K> key of the operator's output
 * @param <V> its value
 */
public sealed interface Job<K, V> {

    /** The record it was read from. */
    Arrival arrival();

    /** Jobs of one lane are done one after the other, in order of arrival; null = it waits for no other. */
    @Nullable
    String lane();

    /** A job that ends with a completion. */
    sealed interface Answerable<K, V> extends Job<K, V> {

        /** What it asks, without resumed tokens. */
        GenerationRequest request();

        /** The conversation it is a turn of, or null. */
        @Nullable
        String session();

        /** Its records. */
        Answers<K, V> answers();
    }

    /**
     * Asks the engine.
     *
     * @param content what is asked, as a digest under which its answer is kept and found; null = it is kept by the request's id
     * @param prepared {@code request} as the engine has read it, with the turns before it; null = not yet
     */
    record Ask<K, V>(
            Arrival arrival,
            GenerationRequest request,
            @Nullable String session,
            @Nullable String lane,
            Answers<K, V> answers,
            @Nullable String content,
            @Nullable PreparedRequest prepared)
            implements Answerable<K, V> {

        /** One whose answer is kept by the request's id. */
        public Ask(
                Arrival arrival,
                GenerationRequest request,
                @Nullable String session,
                @Nullable String lane,
                Answers<K, V> answers,
                @Nullable PreparedRequest prepared) {
            this(arrival, request, session, lane, answers, null, prepared);
        }

        /** The same, read by the engine with the turns before it. */
        public Ask<K, V> prepared(PreparedRequest byEngine) {
            return new Ask<>(arrival, request, session, lane, answers, content, byEngine);
        }

        /** The messages of this turn, without those before it; empty when it is no chat. */
        public List<Prompt.Message> messages() {
            return request.prompt() instanceof Prompt.Chat chat ? chat.messages() : List.of();
        }

        /**
         * The same with what followed its question: calls of tools and their results, or an answer that was refused. Tools that had to be called need not be again; when it has called as
         * often as it may, none is offered, so that it answers with what it knows.
         */
        public Ask<K, V> continued(Transcript transcript) {
            ToolBounds bounds = answers.tools();
            if (!(request.prompt() instanceof Prompt.Chat chat)) {
                return this;
            }
            List<Prompt.Message> all = new ArrayList<>(chat.messages());
            all.addAll(transcript.messages());
            ChatOptions.Builder options = chat.options().toBuilder();
            if (bounds != null) {
                boolean mayCall = transcript.rounds() < bounds.maxRounds();
                options.toolChoice(mayCall ? new ToolChoice.Auto() : new ToolChoice.None());
            }
            options.continueFinalMessage(false).addGenerationPrompt(true);
            GenerationRequest question = bounds == null ? copyingFrom(chat) : request;
            GenerationRequest next = question.withPrompt(new Prompt.Chat(all, options.build()));
            return new Ask<>(arrival, next, session, lane, answers, content, null);
        }

        /** What is to be copied stands in the question, not in what is said about its first answer. */
        private GenerationRequest copyingFrom(Prompt.Chat chat) {
            OutputConstraint form = request.sampling().constraint();
            return form == null || form instanceof OutputConstraint.Verbatim
                    ? request
                    : request.withSampling(request.sampling().toBuilder()
                            .constraint(OutputConstraint.Verbatim.of(form, chat))
                            .build());
        }

        /** The request of a chat with the turns before it, after its own leading system message. */
        public GenerationRequest after(List<Prompt.Message> history) {
            Prompt.Chat chat = (Prompt.Chat) request.prompt();
            List<Prompt.Message> turn = chat.messages();
            int system = Sessions.isSystem(turn) ? 1 : 0;
            List<Prompt.Message> all = new ArrayList<>(turn.subList(0, system));
            all.addAll(history);
            all.addAll(turn.subList(system, turn.size()));
            return request.withPrompt(new Prompt.Chat(all, chat.options()));
        }
    }

    /** Only waits for its turn, and is then forwarded. */
    record PassOn<K, V>(Arrival arrival, @Nullable String lane, Record<K, V> record) implements Job<K, V> {}

    /**
     * Cannot be asked: it is no valid request, for this release.
     *
     * @param request an empty one, for those who report on requests
     */
    record Broken<K, V>(
            Arrival arrival,
            GenerationRequest request,
            @Nullable String lane,
            Answers<K, V> answers,
            RuntimeException cause)
            implements Answerable<K, V> {

        @Override
        public @Nullable String session() {
            return null;
        }
    }

    /** Reads arrivals; also those journaled before a restart. */
    interface Opener<K, V> {

        /** Its job; {@link Broken} when it is not a valid request. */
        Job<K, V> open(Arrival arrival);

        /** The job of an arrival that cannot be taken. */
        Broken<K, V> broken(Arrival arrival, RuntimeException cause);
    }
}
