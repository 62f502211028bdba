package io.causalstreams.inference;

import io.causalstreams.inference.internal.model.CausalLm;
import io.causalstreams.inference.internal.model.CausalLm.LogitsWanted;
import io.causalstreams.inference.internal.model.Logits;
import io.causalstreams.inference.internal.onnx.OnnxModels;
import io.causalstreams.inference.internal.onnx.contract.ContractCausalLm;
import io.causalstreams.inference.internal.onnx.runtime.ModelDirectory;
import io.causalstreams.inference.internal.text.ChatTemplate;
import io.causalstreams.inference.internal.text.HuggingFaceTokenizer;
import io.causalstreams.inference.internal.text.Tokenizer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Logits of every position of a text, in one teacher-forced pass: to measure a model, not to serve it. A {@link
 * GenerationEngine} gives log-probabilities of a request's own tokens for much less memory.
 *
 * <p>Threading: one thread at a time.
 */
public final class TeacherForcedScorer implements AutoCloseable {
    private final CausalLm model;
    private final Tokenizer tokenizer;
    private final @Nullable ChatTemplate template;

    private TeacherForcedScorer(CausalLm model, Tokenizer tokenizer, @Nullable ChatTemplate template) {
        this.model = model;
        this.tokenizer = tokenizer;
        this.template = template;
    }

    /**
     * Loads a model directory.
     *
     * @throws GenerationException.Failed if the directory is not a model this engine can run; the message names the file
     */
    public static TeacherForcedScorer open(Path modelDirectory) {
        ModelDirectory directory = ModelDirectory.at(modelDirectory);
        Tokenizer tokenizer = HuggingFaceTokenizer.open(directory.path());
        try {
            EngineConfig oneText = EngineConfig.defaults().withSlots(1).withPrefixCacheTokens(0);
            return new TeacherForcedScorer(
                    OnnxModels.openCausal(directory, oneText),
                    tokenizer,
                    ChatTemplate.load(directory.path()).orElse(null));
        } catch (RuntimeException e) {
            tokenizer.close();
            throw e;
        }
    }

    /** What the model calls its precision. */
    public String precision() {
        return model.metadata().precision();
    }

    /** Logits a token. */
    public int vocabularySize() {
        return model.metadata().vocabularySize();
    }

    /** Tokens of plain text, nothing added; only as many as the context takes. */
    public int[] tokens(String text) {
        int[] all = tokenizer.encodeText(text);
        return Arrays.copyOf(all, Math.min(all.length, model.maxContextTokens()));
    }

    /** Tokens of a text as a user's message, by the model's chat template; those of the plain text where it has none. */
    public int[] tokensOfMessage(String text) {
        if (template == null) {
            return tokens(text);
        }
        Prompt.Chat chat = new Prompt.Chat(List.of(new Prompt.Message("user", text)));
        int[] all = tokenizer.encodeTemplate(template.render(chat).parts());
        return Arrays.copyOf(all, Math.min(all.length, model.maxContextTokens()));
    }

    /**
     * Logits of the token after each of {@code tokenIds}, given those before it. Shapes: token ids (tokens), at least one
     * and at most the context; result (tokens, vocabulary).
     */
    public float[][] logits(int[] tokenIds) {
        model.setLongContext(0, tokenIds.length > model.shortContextTokens());
        Logits logits = model.prefill(0, tokenIds, 0, LogitsWanted.ALL);
        float[][] rows = new float[tokenIds.length][logits.vocabulary()];
        for (int row = 0; row < rows.length; row++) {
            logits.copyRow(row, rows[row]);
        }
        return rows;
    }

    /**
     * The same by the serial loop that generation is: one token a step, those before it in the cache. Shapes as
     * {@link #logits}.
     */
    public float[][] logitsOneByOne(int[] tokenIds) {
        model.setLongContext(0, tokenIds.length > model.shortContextTokens());
        float[][] rows = new float[tokenIds.length][vocabularySize()];
        for (int past = 0; past < rows.length; past++) {
            model.prefill(0, new int[] {tokenIds[past]}, past, LogitsWanted.LAST)
                    .copyRow(0, rows[past]);
        }
        return rows;
    }

    /**
     * How large keys and values become over {@code tokenIds}: the largest of each channel of the cache, of values its absolute value, of
     * keys the length of the pair that it turns in. Shapes: token ids (tokens), at least one; result (2 · layers, kv_heads · head_dim),
     * row 2·l the keys of layer l, row 2·l + 1 its values.
     *
     * @throws GenerationException.Failed if the graph is not of our exporter with a cache of fp32
     */
    public float[][] largestCached(int[] tokenIds) {
        if (!(model instanceof ContractCausalLm ours)) {
            throw new GenerationException.Failed(
                    "model " + model.metadata().name()
                            + ": its graph is not of this exporter, so its cache is not read",
                    null);
        }
        model.setLongContext(0, tokenIds.length > model.shortContextTokens());
        model.prefill(0, tokenIds, 0, LogitsWanted.LAST);
        return ours.largestCached(0, tokenIds.length);
    }

    @Override
    public void close() {
        model.close();
        tokenizer.close();
    }
}
