package io.causalstreams.topology;

import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.OutputConstraint;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.SamplingParams;
import io.causalstreams.topology.event.CompletionEvent;
import io.causalstreams.topology.internal.answer.Inquiry;
import java.util.Objects;
import java.util.function.Function;
import org.apache.kafka.streams.kstream.ValueMapper;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks for an answer of a form that may change.
 *
 * <p>A new version that the engine cannot hold an answer to is named in the log, and the one before it stays in use. Where there was
 * none before, its records end with the engine's reason.
 *
 * <p>Threading: every stream thread.
 */
final class FormInquiry<V, T> implements Inquiry<V, Extracted<V, T>> {

    private static final Logger log = LoggerFactory.getLogger(FormInquiry.class);

    private final GenerationEngine engine;
    private final OutputForm<T> form;
    private final ValueMapper<? super V, GenerationRequest> question;
    private final @Nullable ValueMapper<? super V, String> copied;
    private final String operator;

    private volatile OutputForm.@Nullable Version<T> current;
    private volatile @Nullable String refused;

    /** @param copied what answers may have to copy of a value; null = what the question says */
    FormInquiry(
            GenerationEngine engine,
            OutputForm<T> form,
            ValueMapper<? super V, GenerationRequest> question,
            @Nullable ValueMapper<? super V, String> copied,
            String operator) {
        this.engine = engine;
        this.form = form;
        this.question = question;
        this.copied = copied;
        this.operator = operator;
    }

    @Override
    public String form() {
        OutputForm.Version<T> latest = form.latest();
        OutputForm.Version<T> before = current;
        if (before != null && (before.id().equals(latest.id()) || latest.id().equals(refused))) {
            return before.id();
        }
        if (before != null && !isServed(latest, before)) {
            refused = latest.id();
            return before.id();
        }
        current = latest;
        return latest.id();
    }

    private boolean isServed(OutputForm.Version<T> latest, OutputForm.Version<T> before) {
        SamplingParams sampling = SamplingParams.greedy(1).toBuilder()
                .constraint(new OutputConstraint.JsonSchema(withoutTexts(latest.jsonSchema())))
                .build();
        try {
            engine.prepare(GenerationRequest.of(operator, new Prompt.Text("a"), sampling));
        } catch (GenerationException.Invalid e) {
            log.error(
                    "operator {}: {} cannot be served, answers go on in {}: {}",
                    operator,
                    latest.id(),
                    before.id(),
                    e.getMessage());
            return false;
        } catch (GenerationException e) {
            // no verdict: the request itself will get one
        }
        log.info(
                "operator {}: answers are written by {} from now on, before by {}", operator, latest.id(), before.id());
        return true;
    }

    @Override
    public GenerationRequest request(V value, @Nullable String version) {
        return Requests.constrained(
                question.apply(value),
                new OutputConstraint.JsonSchema(versionOf(version).jsonSchema()),
                value,
                copied);
    }

    @Override
    public Extracted<V, T> join(V value, CompletionEvent completion, @Nullable String version) {
        Function<String, T> reader = versionOf(version)::read;
        return Extracted.of(reader, value, completion);
    }

    /** A record that was journaled before its operator had versions is of the latest. */
    private OutputForm.Version<T> versionOf(@Nullable String id) {
        OutputForm.Version<T> now = current;
        if (now != null && now.id().equals(id)) {
            return now;
        }
        return id == null ? form.latest() : Objects.requireNonNull(form.version(id), id);
    }

    /** Which words there are to copy is known with a record only. */
    private static String withoutTexts(String jsonSchema) {
        return jsonSchema.replace("\"x-verbatim\"", "\"x-verbatim of a record\"");
    }
}
