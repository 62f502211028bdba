package io.causalstreams.app.internal.replay;

import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationEvent;
import io.causalstreams.inference.GenerationEvent.Finished;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.SamplingParams;
import io.causalstreams.inference.TokenLogprob;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Asks recorded prompts of two adapters, and scores the recorded answers by both: one teacher-forced pass over prompt and answer gives
 * the log-probability of every token of the answer, whatever the adapter would have said itself.
 *
 * <p>Threading: one thread; requests share the engine's passes.
 */
public final class Replay {
    private final GenerationEngine engine;
    private final @Nullable String adapter;
    private final @Nullable String against;
    private final int inFlight;

    /**
     * With the adapters of these names; null = the model alone.
     *
     * @param inFlight prompts at once
     */
    public Replay(GenerationEngine engine, @Nullable String adapter, @Nullable String against, int inFlight) {
        this.engine = engine;
        this.adapter = adapter;
        this.against = against;
        this.inFlight = inFlight;
    }

    /**
     * What one adapter makes of a prompt.
     *
     * @param answer its own
     * @param logprob of the recorded answer, mean of its tokens in nats; null = there is none, or it does not fit
     */
    public record Side(String answer, @Nullable Double logprob) {}

    /**
     * A prompt by both.
     *
     * @param recorded null = not known
     * @param error why it could not be asked; null = it could
     */
    public record Compared(
            String id,
            @Nullable String recorded,
            @Nullable Side adapter,
            @Nullable Side against,
            @Nullable String error) {

        /** On one line. */
        public String json() {
            return RecordedPrompt.json(this);
        }

        boolean same() {
            return adapter != null && against != null && adapter.answer().equals(against.answer());
        }
    }

    /** Asks all; {@code each} is told of each, in order. */
    public ReplayReport run(List<RecordedPrompt> prompts, Consumer<Compared> each) {
        List<Compared> all = new ArrayList<>();
        Flux.fromIterable(prompts)
                .flatMapSequential(this::compared, inFlight)
                .doOnNext(each)
                .doOnNext(all::add)
                .blockLast();
        return ReplayReport.of(all);
    }

    private Mono<Compared> compared(RecordedPrompt prompt) {
        return Mono.zip(side(prompt, adapter, "a"), side(prompt, against, "b"))
                .map(sides -> new Compared(prompt.id(), prompt.answer(), sides.getT1(), sides.getT2(), null))
                .onErrorResume(
                        GenerationException.class,
                        e -> Mono.just(new Compared(
                                prompt.id(), prompt.answer(), null, null, String.valueOf(e.getMessage()))));
    }

    private Mono<Side> side(RecordedPrompt prompt, @Nullable String name, String suffix) {
        GenerationRequest request = prompt.prompt()
                .toRequest(prompt.id())
                .withModel(null)
                .withDeadline(null)
                .withAdapter(name);
        String id = prompt.id() + ":" + suffix;
        Mono<String> answer = finished(seeded(request).withId(id)).map(Replay::text);
        String recorded = prompt.answer();
        return recorded == null || recorded.isEmpty()
                ? answer.map(text -> new Side(text, null))
                : answer.zipWith(logprob(request.withId(id + ":score"), recorded), Side::new);
    }

    /** Both draw the same. */
    private static GenerationRequest seeded(GenerationRequest request) {
        SamplingParams sampling = request.sampling();
        return sampling.seed() != null
                ? request
                : request.withSampling(sampling.toBuilder()
                        .seed((long) request.id().hashCode())
                        .build());
    }

    private Mono<Double> logprob(GenerationRequest asked, String answer) {
        return Mono.defer(() -> {
            List<Integer> tokens = new ArrayList<>(engine.prepare(asked.withTask(new GenerationRequest.Task.Generate()))
                    .promptTokenIds());
            SamplingParams scoring =
                    SamplingParams.builder().maxTokens(0).promptLogprobs(0).build();
            GenerationRequest said = GenerationRequest.of(asked.id(), new Prompt.Text(answer, false, false), scoring);
            List<Integer> answered = engine.prepare(said).promptTokenIds();
            tokens.addAll(answered);
            return finished(said.withPrompt(new Prompt.Tokens(tokens)).withAdapter(asked.adapter()))
                    .map(finished -> mean(finished, answered.size()));
        });
    }

    private static double mean(Finished finished, int last) {
        List<@Nullable TokenLogprob> all = Objects.requireNonNull(finished.promptLogprobs());
        return all.subList(all.size() - last, all.size()).stream()
                .mapToDouble(each -> Objects.requireNonNull(each).logprob())
                .average()
                .orElseThrow();
    }

    private Mono<Finished> finished(GenerationRequest request) {
        return engine.generate(request).ofType(Finished.class).single();
    }

    private static String text(Finished finished) {
        List<GenerationEvent.LabelScore> labels = finished.classification();
        return labels == null
                ? finished.choices().get(0).text()
                : labels.stream()
                        .max(Comparator.comparingDouble(GenerationEvent.LabelScore::logprob))
                        .orElseThrow()
                        .label();
    }
}
