package io.causalstreams.inference.internal.engine;

import io.causalstreams.inference.Device;
import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.GenerationListener;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.SamplingParams;
import io.causalstreams.inference.internal.constraint.mask.TokenConstraint;
import io.causalstreams.inference.internal.scheduling.FairPriorityPolicy;
import io.causalstreams.inference.internal.text.RenderedChat;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** An engine without a thread on a scripted model: the test calls {@link #step()}. Invariants are asserted in each. */
final class EngineHarness {
    static final EngineConfig CONFIG =
            new EngineConfig(4, null, 16, 1000, 0, null, false, false, false, Device.CPU, false);

    final ScriptedLm model;
    final TestClock clock = new TestClock();
    final SubmissionQueue queue;
    final EngineLoop loop;
    final Adapters adapters;
    final RequestPreparation preparation;

    @Nullable
    TokenConstraint constraint;

    final ModelFacts facts;

    EngineHarness(EngineConfig config) {
        this(
                config,
                new ScriptedLm(
                        config.slots(),
                        Objects.requireNonNullElse(config.maxContextTokens(), 128),
                        AsciiTokenizer.SIZE));
    }

    EngineHarness(EngineConfig config, ScriptedLm model) {
        this(config, model, null);
    }

    EngineHarness(EngineConfig config, ScriptedLm model, @Nullable Function<Prompt.Chat, RenderedChat> template) {
        this.model = model;
        AsciiTokenizer tokenizer = new AsciiTokenizer();
        this.facts = ModelFacts.of(model.metadata(), tokenizer);
        this.queue = new SubmissionQueue(config.slots() + config.maxWaiting(), () -> {});
        this.loop = new EngineLoop(model, config, queue, new FairPriorityPolicy(), clock, clock::nanoTime);
        this.adapters = new Adapters(model);
        this.preparation = new RequestPreparation(
                model.metadata(),
                model.maxContextTokens(),
                tokenizer,
                template,
                asked -> Objects.requireNonNull(constraint, "the test has set no constraint"),
                adapters);
    }

    Recorder submit(GenerationRequest request) {
        return submitRun(request).recorder();
    }

    Recorder submit(String id, String prompt, SamplingParams sampling) {
        return submit(GenerationRequest.of(id, new Prompt.Text(prompt), sampling));
    }

    Submitted submitRun(GenerationRequest request) {
        Recorder recorder = new Recorder();
        return new Submitted(submit(request, recorder), recorder);
    }

    RequestRun submit(GenerationRequest request, GenerationListener listener) {
        TokenizedRequest prepared = preparation.prepare(request);
        return queue.submit(request.id(), () -> new RequestRun(prepared, facts, listener));
    }

    boolean step() {
        return loop.step();
    }

    /** Steps until nothing is left. */
    EngineHarness drain() {
        for (int steps = 0; loop.step(); steps++) {
            if (steps > 100_000) {
                throw new AssertionError("no end in sight");
            }
        }
        return this;
    }

    /** The request's events when it has the engine to itself. */
    static Recorder alone(EngineConfig config, GenerationRequest request) {
        EngineHarness harness = new EngineHarness(config);
        Recorder recorder = harness.submit(request);
        harness.drain();
        return recorder;
    }

    record Submitted(RequestRun run, Recorder recorder) {}
}
