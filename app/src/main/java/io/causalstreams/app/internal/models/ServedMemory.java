package io.causalstreams.app.internal.models;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.causalstreams.app.internal.terminal.Bytes;
import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.EngineMemory;
import io.causalstreams.topology.CausalStreamsConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * What a {@code serve} takes of its machine, in bytes, at most.
 *
 * @param files of the model's directory
 * @param engine what the engine takes of it, outside the heap
 * @param heap for journals, remembered completions and conversations as large as the settings let them become, if this instance has all
 *     partitions
 * @param direct the engine's buffers and those of sockets
 * @param rest the JVM's own, native libraries, and what passes take beside their scores
 */
public record ServedMemory(long files, EngineMemory engine, long heap, long direct, long rest) {
    private static final long MIB = 1 << 20;

    /** Engine, tokenizer and Kafka's clients, with the producer's 32 MiB. */
    private static final long USUAL_HEAP = 160 * MIB;

    /** What a consumer has fetched of a partition and not given out, and what is fetched meanwhile. */
    private static final long FETCHED = 2 * MIB;

    private static final long SOCKETS = 64 * MIB;

    /** Measured with SmolLM2-135M: test {@code shouldTakeNoMoreMemoryThanModelsSizeSays}. */
    private static final long JVM_AND_LIBRARIES = 288 * MIB;

    /**
     * Of a model directory; loads nothing.
     *
     * @param config the operator's bounds
     * @param partitions of the prompts topic
     */
    public static ServedMemory of(Path directory, EngineConfig engineConfig, CausalStreamsConfig config, int partitions)
            throws IOException {
        EngineMemory engine = EngineMemory.of(directory, engineConfig);
        return new ServedMemory(
                filesIn(directory),
                engine,
                USUAL_HEAP + partitions * (taskBytes(config) + FETCHED),
                engine.buffers() + SOCKETS,
                JVM_AND_LIBRARIES + engine.scores());
    }

    /** Of one task's stores. */
    private static long taskBytes(CausalStreamsConfig config) {
        boolean conversations = config.getInt(CausalStreamsConfig.CONVERSATION_MAX_MESSAGES_CONFIG) > 0;
        return config.getLong(CausalStreamsConfig.JOURNAL_MAX_BYTES_CONFIG)
                + config.getLong(CausalStreamsConfig.REMEMBER_MAX_BYTES_CONFIG)
                + (conversations
                        ? (long) config.getInt(CausalStreamsConfig.CONVERSATION_MAX_COUNT_CONFIG)
                                * config.getInt(CausalStreamsConfig.CONVERSATION_MAX_BYTES_CONFIG)
                        : 0);
    }

    private static long filesIn(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }

    /** What a scheduler should find free: the cache as it is between long requests. */
    public long request() {
        return limit() - engine.kvCache() + engine.keptKvCache();
    }

    /** What it never needs more than. */
    public long limit() {
        return engine.weights() + engine.kvCache() + engine.scores() + heap + direct + rest;
    }

    /** For {@code JAVA_OPTS}. */
    public String javaOptions() {
        return "-Xmx" + mebibytes(heap) + "m -XX:MaxDirectMemorySize=" + mebibytes(direct) + "m";
    }

    /** For people. */
    public String table() {
        return row("files of the model", files, "")
                + row("weights", engine.weights(), "")
                + row("KV cache", engine.kvCache(), Bytes.of(engine.keptKvCache()) + " between long requests")
                + row("scores of a pass", engine.scores(), "")
                + row("Java heap", heap, "journals as large as they may become")
                + row("direct memory", direct, Bytes.of(engine.buffers()) + " of them the engine's")
                + row("JVM and libraries", rest, "")
                + row("memory request", request(), "")
                + row("memory limit", limit(), "")
                + "JAVA_OPTS             " + javaOptions() + "\n";
    }

    private static String row(String name, long bytes, String note) {
        return String.format(Locale.ROOT, "%-20s %10s  %s", name, Bytes.of(bytes), note)
                        .stripTrailing() + "\n";
    }

    /** All of it as one object, sizes in bytes. */
    public String json() {
        ObjectNode all = new ObjectMapper().createObjectNode();
        all.put("files", files)
                .put("weights", engine.weights())
                .put("kv_cache", engine.kvCache())
                .put("kv_cache_kept", engine.keptKvCache())
                .put("scores", engine.scores())
                .put("heap", heap)
                .put("direct", direct)
                .put("jvm", rest)
                .put("request", request())
                .put("limit", limit())
                .put("java_options", javaOptions());
        return all.toString();
    }

    /** Values for the chart in {@code deploy/kubernetes}. */
    public String helm() {
        return """
                javaOptions: %s
                resources:
                  requests:
                    memory: %dMi
                  limits:
                    memory: %dMi
                """.formatted(javaOptions(), mebibytes(request()), mebibytes(limit()));
    }

    private static long mebibytes(long bytes) {
        return (bytes + MIB - 1) / MIB;
    }
}
