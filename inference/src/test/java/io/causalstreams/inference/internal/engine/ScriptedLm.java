package io.causalstreams.inference.internal.engine;

import io.causalstreams.inference.internal.model.AdapterWeights;
import io.causalstreams.inference.internal.model.CausalLm;
import io.causalstreams.inference.internal.model.Logits;
import io.causalstreams.inference.internal.model.ModelMetadata;
import io.causalstreams.inference.internal.model.StepFailedException;
import io.causalstreams.inference.internal.sampling.BestRows;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * A model made of arithmetic. Its cache is a table of tokens, and the logits at a position are drawn from a hash of all
 * the tokens the slot holds up to there, so one wrong, stale or missing position of a slot changes what comes out. What is
 * computed for long sequences is another token than what is for short ones.
 * An adapter changes what the table holds.
 */
final class ScriptedLm implements CausalLm {
    static final int EOS = 0;

    private static final int LONG = 1 << 20;

    private final int[][] cache;
    private final boolean[] longContext;
    private final @Nullable AdapterWeights[] adapters;
    private final int vocabulary;
    private int shortContextTokens;
    private int callsToFail;
    private IntPredicate failing = tokens -> true;
    private BiConsumer<int[], float[]> script = (tokens, row) -> {};
    private boolean sizes;
    private boolean hostFree;
    private int bestTokens;
    private boolean closed;

    /** Rows of decode steps that were read whole, where these are fetched one by one. */
    final AtomicInteger fetchedRows = new AtomicInteger();

    /** One line per forward pass, for assertions: {@code decode 3} or {@code prefill 12}. */
    final List<String> passes = new ArrayList<>();

    ScriptedLm(int slots, int contextTokens, int vocabulary) {
        this.cache = new int[slots][contextTokens];
        for (int[] slot : cache) {
            Arrays.fill(slot, -1);
        }
        this.adapters = new AdapterWeights[slots];
        this.vocabulary = vocabulary;
        this.longContext = new boolean[slots];
        this.shortContextTokens = contextTokens;
    }

    /** Sequences of more tokens are long ones. */
    ScriptedLm shortUpTo(int tokens) {
        this.shortContextTokens = tokens;
        return this;
    }

    /** Changes the logits of a position, given the tokens up to it. */
    ScriptedLm scripted(BiConsumer<int[], float[]> script) {
        this.script = script;
        return this;
    }

    /** Steps have a power of two rows, or all slots. */
    ScriptedLm inSizes() {
        this.sizes = true;
        return this;
    }

    /** Passes leave the host's cores free. */
    ScriptedLm leavingHostFree() {
        this.hostFree = true;
        return this;
    }

    /** Decode steps give so many best tokens of each row, and a row when it is asked for. */
    ScriptedLm withBestTokens(int count) {
        this.bestTokens = count;
        return this;
    }

    /** The next {@code calls} forward passes fail whose size (rows or chunk) the predicate accepts. */
    void failNext(int calls, IntPredicate failing) {
        this.callsToFail = calls;
        this.failing = failing;
    }

    @Override
    public ModelMetadata metadata() {
        return new ModelMetadata(
                "scripted", "none", "fp32", "0000", 1, 1, 1, vocabulary, maxContextTokens(), Set.of(EOS), -1, false);
    }

    @Override
    public int slots() {
        return cache.length;
    }

    @Override
    public int maxContextTokens() {
        return cache[0].length;
    }

    @Override
    public int shortContextTokens() {
        return shortContextTokens;
    }

    @Override
    public void setLongContext(int slot, boolean isLong) {
        longContext[slot] = isLong;
    }

    @Override
    public long kvCacheBytes() {
        return 0;
    }

    @Override
    public boolean leavesHostFree() {
        return hostFree;
    }

    @Override
    public int rowsOfStep(int rows) {
        int power = Integer.highestOneBit(rows);
        return !sizes || power == rows ? rows : Math.min(slots(), 2 * power);
    }

    @Override
    public Logits decode(int[] tokenIds, int[] pastLengths, int rows) {
        passes.add("decode " + rows);
        for (int row = 0; row < rows; row++) {
            cache[row][pastLengths[row]] = cached(row, adapted(row, tokenIds[row]));
        }
        failIfAsked(rows);
        FloatBuffer logits = FloatBuffer.allocate(rows * vocabulary);
        for (int row = 0; row < rows; row++) {
            logits.put(row(row, pastLengths[row] + 1));
        }
        Logits whole = new Logits(logits, rows, vocabulary);
        return bestTokens == 0 ? whole : BestRows.of(whole, bestTokens, new Random(rows), fetchedRows);
    }

    @Override
    public Logits prefill(int slot, int[] tokenIds, int pastLength, LogitsWanted wanted) {
        passes.add("prefill " + tokenIds.length);
        for (int i = 0; i < tokenIds.length; i++) {
            cache[slot][pastLength + i] = cached(slot, adapted(slot, tokenIds[i]));
        }
        failIfAsked(tokenIds.length);
        int rows = wanted == LogitsWanted.ALL ? tokenIds.length : wanted == LogitsWanted.LAST ? 1 : 0;
        FloatBuffer logits = FloatBuffer.allocate(rows * vocabulary);
        for (int row = 0; row < rows; row++) {
            logits.put(row(slot, pastLength + tokenIds.length - rows + row + 1));
        }
        return new Logits(logits, rows, vocabulary);
    }

    private int cached(int slot, int token) {
        return longContext[slot] ? token + LONG : token;
    }

    @Override
    public void copySlot(int from, int to, int length) {
        System.arraycopy(cache[from], 0, cache[to], 0, length);
    }

    @Override
    public void forget(int slot, int length) {
        Arrays.fill(cache[slot], length, cache[slot].length, -1);
    }

    @Override
    public AdapterWeights readAdapter(String name, Path file) {
        return new AdapterWeights(name, Map.of());
    }

    @Override
    public void useAdapter(int slot, @Nullable AdapterWeights adapter) {
        adapters[slot] = adapter;
    }

    private int adapted(int slot, int token) {
        AdapterWeights adapter = adapters[slot];
        return adapter == null ? token : token ^ adapter.name().hashCode() << 16;
    }

    @Override
    public void close() {
        closed = true;
    }

    boolean isClosed() {
        return closed;
    }

    long decodePasses() {
        return passes.stream().filter(pass -> pass.startsWith("decode")).count();
    }

    private float[] row(int slot, int length) {
        int[] tokens = Arrays.copyOf(cache[slot], length);
        long state = 0x9E3779B97F4A7C15L;
        for (int token : tokens) {
            state = mix(state ^ (token + 1));
        }
        float[] row = new float[vocabulary];
        for (int i = 0; i < vocabulary; i++) {
            row[i] = (mix(state + i) >>> 40) / (float) (1 << 24) * 8 - 4;
        }
        row[EOS] -= 2;
        script.accept(tokens, row);
        return row;
    }

    private void failIfAsked(int size) {
        if (callsToFail > 0 && failing.test(size)) {
            callsToFail--;
            throw new StepFailedException("as the test wants", new IllegalStateException());
        }
    }

    private static long mix(long value) {
        long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
