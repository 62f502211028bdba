package io.causalstreams.testkit;

import io.causalstreams.inference.EngineStats;
import io.causalstreams.inference.Generation;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.GenerationListener;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.ModelInfo;
import io.causalstreams.inference.PreparedRequest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An engine that says what a script says: deterministic, without a model, threads or time.
 *
 * <pre>{@code
 * ScriptedEngine engine = ScriptedEngine.saying(request -> "It is sunny.");
 * engine.step();               // one token of every running request, by hand
 * engine.runAutomatically();   // or: every request runs to its end when it is submitted
 * }</pre>
 *
 * <p>A token is a word with the space before it ({@code "It"}, {@code " is"}, …); its id is a hash of its text, so that
 * every engine gives a word the same id and resuming works across engines. {@code maxTokens}, {@code n}, resuming,
 * {@code logprobs}, embeddings and rankings (by shared words), deadlines at submission and cancelling work as in the real engine; sampling does not happen.
 *
 * <p>Threading: not thread-safe; meant for the one thread of a {@code TopologyTestDriver}.
 */
public final class ScriptedEngine implements GenerationEngine {

    private static final ModelInfo MODEL =
            new ModelInfo("scripted", "0123456789abcdef", ScriptedRun.VOCABULARY, 4096, "fp32", true);

    private final Function<GenerationRequest, String> script;
    private final List<ScriptedRun> running = new ArrayList<>();
    private final List<GenerationRequest> submitted = new ArrayList<>();
    private final List<String> cancelled = new ArrayList<>();
    private final Map<String, Failure> failures = new LinkedHashMap<>();

    private Consumer<GenerationRequest> validation = request -> {};
    private int capacity = Integer.MAX_VALUE;
    private boolean automatic;
    private boolean closed;
    private @Nullable String death;
    private long steps;
    private long tokens;

    private ScriptedEngine(Function<GenerationRequest, String> script) {
        this.script = script;
    }

    /** An engine whose completion of a request is {@code script}'s text. */
    public static ScriptedEngine saying(Function<GenerationRequest, String> script) {
        return new ScriptedEngine(script);
    }

    /** An engine that always says {@code text}. */
    public static ScriptedEngine saying(String text) {
        return new ScriptedEngine(request -> text);
    }

    /** From now on every request runs to its end when it is submitted. */
    public ScriptedEngine runAutomatically() {
        automatic = true;
        return this;
    }

    /** Takes at most {@code requests} at once and answers Busy beyond. */
    public ScriptedEngine withCapacity(int requests) {
        capacity = requests;
        return this;
    }

    /** {@code check} throws {@link GenerationException.Invalid} for requests the engine refuses. */
    public ScriptedEngine withValidation(Consumer<GenerationRequest> check) {
        validation = check;
        return this;
    }

    /** The request of this id fails after {@code tokens} tokens of its first choice. */
    public ScriptedEngine failing(String id, int tokens, GenerationException error) {
        failures.put(id, new Failure(tokens, error));
        return this;
    }

    /** The deadline of the request of this id passes after {@code tokens} tokens of its first choice. */
    public ScriptedEngine endingAtDeadline(String id, int tokens) {
        failures.put(id, new Failure(tokens, null));
        return this;
    }

    /** Dies: every running request, and every later one, fails with {@link GenerationException.Dead}. */
    public void die(String reason) {
        death = reason;
        for (ScriptedRun run : List.copyOf(running)) {
            run.fail(dead(run.id(), reason));
        }
    }

    /** One token of every choice of every running request; the last step of a request also finishes it. */
    public void step() {
        steps++;
        for (ScriptedRun run : List.copyOf(running)) {
            tokens += run.step();
        }
    }

    /** Steps until nothing runs. */
    public void runAll() {
        while (!running.isEmpty()) {
            step();
        }
    }

    /** Every request that was submitted, in order, resumed ones with their tokens. */
    public List<GenerationRequest> submitted() {
        return List.copyOf(submitted);
    }

    /** Ids of requests that were cancelled, in order. */
    public List<String> cancelled() {
        return List.copyOf(cancelled);
    }

    /** Ids that run now. */
    public List<String> running() {
        return running.stream().map(ScriptedRun::id).toList();
    }

    /** A prompt token is a word too; a chat's messages are one text. */
    @Override
    public PreparedRequest prepare(GenerationRequest request) {
        checkAlive(request.id());
        List<Integer> promptTokens = ScriptedRun.promptTokens(request.prompt());
        try {
            validation.accept(request);
        } catch (GenerationException.Invalid e) {
            throw e.withPromptTokens(promptTokens.size());
        }
        return new Prepared(request, promptTokens);
    }

    /** {@code listener} is called by {@link #step()}, or before this returns if requests run automatically. */
    @Override
    public Generation generate(PreparedRequest prepared, GenerationListener listener) {
        GenerationRequest request = prepared.request();
        String id = request.id();
        checkAlive(id);
        if (running.size() >= capacity) {
            throw new GenerationException.Busy("request " + id + ": the engine takes " + capacity + " requests");
        }
        submitted.add(request);
        ScriptedRun run = new ScriptedRun(request, script.apply(request), failures.get(id), listener, running::remove);
        running.add(run);
        if (automatic) {
            runAll();
        }
        return () -> {
            if (running.remove(run)) {
                cancelled.add(id);
            }
        };
    }

    @Override
    public boolean isAlive() {
        return !closed && death == null;
    }

    @Override
    public ModelInfo model() {
        return MODEL;
    }

    @Override
    public EngineStats stats() {
        return new EngineStats(0, running.size(), capacity, steps, steps, 0, 0, tokens, 0, 0, 0);
    }

    @Override
    public void close() {
        closed = true;
        for (ScriptedRun run : List.copyOf(running)) {
            run.fail(new GenerationException.Aborted("the engine is closed"));
        }
    }

    private void checkAlive(String id) {
        if (closed) {
            throw new GenerationException.Aborted("request " + id + ": the engine is closed");
        }
        if (death != null) {
            throw dead(id, death);
        }
    }

    private static GenerationException.Dead dead(String id, String reason) {
        return new GenerationException.Dead("request " + id + ": the engine died: " + reason, null);
    }

    /** When and how a request ends early: with an error, or without one at its deadline. */
    record Failure(int tokens, @Nullable GenerationException error) {}

    private record Prepared(GenerationRequest request, List<Integer> promptTokenIds) implements PreparedRequest {
        @Override
        public int promptTokens() {
            return promptTokenIds.size();
        }

        @Override
        public Prepared resumedFrom(List<List<Integer>> tokens) {
            return new Prepared(request.resumedFrom(tokens), promptTokenIds);
        }

        @Override
        public Prepared withDeadline(@Nullable Instant deadline) {
            return new Prepared(request.withDeadline(deadline), promptTokenIds);
        }
    }
}
