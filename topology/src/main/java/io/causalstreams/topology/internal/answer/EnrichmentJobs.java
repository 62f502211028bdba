package io.causalstreams.topology.internal.answer;

import io.causalstreams.inference.GenerationException.Invalid;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.ModelInfo;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.SamplingParams;
import io.causalstreams.topology.FormUnavailableException;
import io.causalstreams.topology.adapter.AdapterPin;
import io.causalstreams.topology.event.OutputEvents.Shape;
import io.causalstreams.topology.internal.journal.Arrival;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * Reads records of any type.
 *
 * @param models the facts of a model by the name a question gives it, null for the default; throws Invalid if there is none
 * @param inquiry what to ask about a value, and what becomes of the answer
 * @param perKey what the records of one key are to one another
 * @param codec how records are journaled
 * @param pins which versions of adapters requests get
 * @param timeouts when a request that arrives now ends at the latest; null = when its question says
 * @param kept whether the same content is answered with the same answer
 * @param calling how answers call tools; null = calls are part of the answer
 */
public record EnrichmentJobs<K, V, R>(
        Function<@Nullable String, ModelInfo> models,
        Inquiry<V, R> inquiry,
        PerKey perKey,
        RecordCodec<K, V> codec,
        AdapterPins pins,
        @Nullable Supplier<Instant> timeouts,
        boolean kept,
        @Nullable Calling<R> calling)
        implements Job.Opener<K, R> {

    @Override
    public Job<K, R> open(Arrival arrival) {
        if (arrival.value() == null) {
            return passedOn(arrival);
        }
        try {
            if (calling != null && arrival.key() == null) {
                throw new Invalid(
                        null, "the record has no key, by which results of tools come back to its task; give it one");
            }
            GenerationRequest asked = Objects.requireNonNull(
                    inquiry.request(codec.value(arrival.valueBytes()), arrival.form()),
                    "the request function gave null");
            GenerationRequest request = timed(asked.withId(arrival.id()).resumedFrom(List.of()));
            Shape shape = asked.prompt() instanceof Prompt.Chat ? Shape.CHAT : Shape.TEXT;
            AdapterPins.Pinned pinned = pins.of(arrival, request);
            String content =
                    kept ? ContentDigest.of(pinned.request(), models.apply(asked.model()), pinned.pin()) : null;
            String lane = lane(arrival.key());
            return new Job.Ask<>(
                    pinned.arrival(),
                    pinned.request(),
                    session(request, lane),
                    // of those that ask the same at once the others wait for the answer to the first
                    lane == null && content != null ? "content:" + content : lane,
                    answers(pinned.arrival(), shape, asked.model(), pinned.pin()),
                    content,
                    null);
        } catch (FormUnavailableException e) {
            throw e;
        } catch (RuntimeException e) {
            return broken(arrival, e);
        }
    }

    @Override
    public Job.Broken<K, R> broken(Arrival arrival, RuntimeException cause) {
        GenerationRequest none = GenerationRequest.of(
                arrival.id(),
                new Prompt.Tokens(List.of()),
                SamplingParams.builder().build());
        return new Job.Broken<>(arrival, none, lane(arrival.key()), answers(arrival, Shape.TEXT, null, null), cause);
    }

    /** Records of one key are one lane when the operator keeps their order. */
    public @Nullable String lane(@Nullable Bytes key) {
        return perKey != PerKey.INDEPENDENT && key != null
                ? "key:" + HexFormat.of().formatHex(key.get())
                : null;
    }

    private GenerationRequest timed(GenerationRequest asked) {
        if (timeouts == null) {
            return asked;
        }
        Instant latest = timeouts.get();
        Instant deadline = asked.deadline();
        return asked.withDeadline(deadline == null || latest.isBefore(deadline) ? latest : deadline);
    }

    /** A conversation is called like the lane its turns wait in. */
    private @Nullable String session(GenerationRequest asked, @Nullable String lane) {
        if (perKey != PerKey.CONVERSATION) {
            return null;
        }
        if (!(asked.prompt() instanceof Prompt.Chat)) {
            throw new Invalid("prompt", "a turn of a conversation is a chat; ask with GenerationRequest.chat");
        }
        return lane;
    }

    /** A record without a value is forwarded as it is. */
    @SuppressWarnings("NullAway") // a record without a value stays one, whatever its value's type
    private Job<K, R> passedOn(Arrival arrival) {
        K key = codec.key(arrival.keyBytes());
        return new Job.PassOn<>(
                arrival, lane(arrival.key()), new Record<>(key, (R) null, arrival.timestamp(), arrival.headers()));
    }

    private Answers<K, R> answers(Arrival arrival, Shape shape, @Nullable String model, @Nullable AdapterPin pin) {
        return new EnrichmentAnswers<>(arrival, shape, models.apply(model), pin, inquiry, codec, calling, kept);
    }
}
