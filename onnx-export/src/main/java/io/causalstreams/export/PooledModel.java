package io.causalstreams.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.causalstreams.export.internal.architecture.Attention;
import io.causalstreams.export.internal.architecture.Decoder;
import io.causalstreams.export.internal.architecture.Families;
import io.causalstreams.export.internal.architecture.ModelConfig;
import io.causalstreams.export.internal.architecture.Tensors;
import io.causalstreams.export.internal.architecture.UnsupportedModelException;
import io.causalstreams.export.internal.block.Arithmetic;
import io.causalstreams.export.internal.block.PooledGraph;
import io.causalstreams.export.internal.checkpoint.Checkpoint;
import io.causalstreams.export.internal.checkpoint.JsonFiles;
import io.causalstreams.export.internal.encoder.Encoder;
import io.causalstreams.export.internal.encoder.EncoderFamilies;
import io.causalstreams.export.internal.encoder.LeftOverEncoderTensors;
import io.causalstreams.export.internal.encoder.ScoringHead;
import io.causalstreams.export.internal.graph.ElementType;
import io.causalstreams.export.internal.graph.GraphBuilder;
import io.causalstreams.export.internal.graph.TensorStore;
import io.causalstreams.export.internal.pooling.SentenceModules;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A model of whole texts: embeddings, or scores of pairs.
 *
 * <pre>
 *   model_type of an encoder ──► …ForSequenceClassification ──► Scores
 *                            └─► else ────────────────────────► EncoderVectors
 *   modules.json beside a decoder ─────────────────────────────► DecoderVectors
 * </pre>
 */
sealed interface PooledModel {

    /** Whether a checkpoint is one of these, rather than one that generates. */
    static boolean is(Checkpoint checkpoint) {
        return EncoderFamilies.know(new ModelConfig(checkpoint.config())) || SentenceModules.in(checkpoint);
    }

    /**
     * Describes a checkpoint.
     *
     * @throws UnsupportedModelException if it asks for what is not implemented
     */
    static PooledModel of(Checkpoint checkpoint) {
        ModelConfig config = new ModelConfig(checkpoint.config());
        Tensors tensors = Tensors.of(checkpoint.weights());
        if (!EncoderFamilies.know(config)) {
            return new DecoderVectors(decoder(checkpoint, tensors), SentenceModules.of(checkpoint));
        }
        Encoder encoder = EncoderFamilies.encoder(config, tensors);
        boolean scores = Objects.requireNonNullElse(config.texts("architectures"), List.<String>of()).stream()
                .anyMatch(name -> name.endsWith("ForSequenceClassification"));
        PooledModel model = scores
                ? new Scores(encoder, EncoderFamilies.head(config, tensors), activation(checkpoint.config()))
                : new EncoderVectors(encoder, SentenceModules.of(checkpoint));
        LeftOverEncoderTensors.refuse(config, tensors);
        return model;
    }

    /** Adds the graph. */
    void add(PooledGraph graph);

    int layers();

    /** Heads of attention in a layer, the most. */
    int heads();

    int vocabularySize();

    /** Tokens of a text, special ones included. */
    int maxTokens();

    /** Facts of its kind, by their keys in the metadata. */
    Map<String, String> facts();

    /** The graph, which computes in {@code reals}, its weights in {@code store}. */
    default GraphBuilder graph(String name, TensorStore store, ElementType reals, Arithmetic arithmetic) {
        GraphBuilder builder = new GraphBuilder(name, store, reals);
        add(new PooledGraph(builder, arithmetic));
        return builder;
    }

    /** What an encoder is the body of. */
    sealed interface OfEncoder extends PooledModel {
        Encoder encoder();

        @Override
        default int layers() {
            return encoder().layers().size();
        }

        @Override
        default int heads() {
            return encoder().layers().get(0).heads();
        }

        @Override
        default int vocabularySize() {
            return encoder().vocabularySize();
        }
    }

    /** Vectors of an encoder. */
    record EncoderVectors(Encoder encoder, SentenceModules modules) implements OfEncoder {
        @Override
        public void add(PooledGraph graph) {
            graph.embed(encoder, modules);
        }

        @Override
        public int maxTokens() {
            return atMost(modules.maxTokens(), encoder.maxPositions());
        }

        @Override
        public Map<String, String> facts() {
            return embeddingFacts(modules, encoder.hiddenSize());
        }
    }

    /** Vectors of a decoder. */
    record DecoderVectors(Decoder decoder, SentenceModules modules) implements PooledModel {
        @Override
        public void add(PooledGraph graph) {
            graph.embed(decoder, modules);
        }

        @Override
        public int layers() {
            return decoder.layers().size();
        }

        @Override
        public int heads() {
            return decoder.layers().stream()
                    .mapToInt(layer -> layer.attention().heads())
                    .max()
                    .orElseThrow();
        }

        @Override
        public int vocabularySize() {
            return decoder.tokenTable().rows();
        }

        @Override
        public int maxTokens() {
            return atMost(modules.maxTokens(), decoder.maxPositions());
        }

        @Override
        public Map<String, String> facts() {
            return embeddingFacts(modules, decoder.hiddenSize());
        }
    }

    /**
     * Scores of pairs of texts.
     *
     * @param activation of the score: {@code sigmoid} or {@code identity}
     */
    record Scores(Encoder encoder, ScoringHead head, String activation) implements OfEncoder {
        @Override
        public void add(PooledGraph graph) {
            graph.score(encoder, head);
        }

        @Override
        public int maxTokens() {
            return encoder.maxPositions();
        }

        @Override
        public Map<String, String> facts() {
            return Map.of("kind", "scores", "activation", activation);
        }
    }

    private static Decoder decoder(Checkpoint checkpoint, Tensors tensors) {
        // Base models have no head, whatever their configuration says of it; none is needed.
        ObjectNode tied = checkpoint.config().deepCopy();
        tied.put("tie_word_embeddings", true);
        ModelConfig config = new ModelConfig(tied);
        Decoder decoder = Families.describe(config, tensors).ofShortSequences();
        if (decoder.positionTable() != null || decoder.layers().stream().anyMatch(layer -> turned(layer.attention()))) {
            throw config.refused(
                    "model_type",
                    "is \"%s\", whose positions are not implemented for embeddings".formatted(config.modelType()));
        }
        return decoder;
    }

    private static boolean turned(Attention attention) {
        return attention.normsTurned();
    }

    /** What sentence-transformers' CrossEncoder applies: the configuration's word, else the logistic function. */
    private static String activation(JsonNode config) {
        String said = config.path("sentence_transformers").path("activation_fn").asText("")
                + config.path("sbert_ce_default_activation_function").asText("");
        if (said.endsWith("Identity")) {
            return "identity";
        }
        if (said.isEmpty() || said.endsWith("Sigmoid")) {
            return "sigmoid";
        }
        throw new UnsupportedModelException(
                "config.json: activation_fn is \"%s\"; implemented: Sigmoid, Identity".formatted(said));
    }

    private static Map<String, String> embeddingFacts(SentenceModules modules, int pooled) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("kind", "embeddings");
        facts.put("dimensions", Integer.toString(modules.dimensions(pooled)));
        facts.put("pooling", modules.pooling().id());
        facts.put("normalized", Boolean.toString(modules.normalised()));
        facts.put("prompts", JsonFiles.MAPPER.valueToTree(modules.prompts()).toString());
        if (modules.defaultPrompt() != null) {
            facts.put("default_prompt", modules.defaultPrompt());
        }
        return facts;
    }

    private static int atMost(@Nullable Integer said, int possible) {
        return said == null ? possible : Math.min(said, possible);
    }
}
