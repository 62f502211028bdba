package io.causalstreams.inference.internal.text;

import com.fasterxml.jackson.databind.JsonNode;
import io.causalstreams.inference.GenerationException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * The special tokens around a text, and around and between the two of a pair, that a tokenizer's post-processor puts there.
 *
 * <pre>
 *   single   [CLS] a₀ … aₙ [SEP]
 *   pair     [CLS] a₀ … aₙ [SEP] b₀ … bₘ [SEP]        type 1 from b₀ on, where types differ
 * </pre>
 */
public final class TextFrame {
    private final int[] before;
    private final int[] after;
    private final int[] pairBefore;
    private final int[] between;
    private final int[] pairAfter;

    private TextFrame(int[] before, int[] after, int[] pairBefore, int[] between, int[] pairAfter) {
        this.before = before;
        this.after = after;
        this.pairBefore = pairBefore;
        this.between = between;
        this.pairAfter = pairAfter;
    }

    /**
     * Reads the {@code post_processor} of a model directory's tokenizer.
     *
     * @throws GenerationException.Failed naming the file and what is not supported
     */
    public static TextFrame read(Path directory) {
        Path file = directory.resolve("tokenizer.json");
        return of(TokenizerFile.field(file, "post_processor"), file);
    }

    private static TextFrame of(JsonNode processor, Path file) {
        return switch (processor.path("type").asText()) {
            case "TemplateProcessing" -> template(processor, file);
            case "BertProcessing" -> classic(processor, 1);
            case "RobertaProcessing" -> classic(processor, 2);
            case "Sequence" -> sequence(processor, file);
            case "", "ByteLevel" -> empty();
            default ->
                throw new GenerationException.Failed(
                        file + ": post_processor " + processor.path("type") + " is not supported", null);
        };
    }

    private static TextFrame template(JsonNode processor, Path file) {
        int[][] single = special(processor, processor.path("single"), file);
        int[][] pair = special(processor, processor.path("pair"), file);
        return new TextFrame(single[0], single[1], pair[0], pair[1], pair[2]);
    }

    /** The one of several that adds tokens. */
    private static TextFrame sequence(JsonNode processor, Path file) {
        TextFrame last = empty();
        for (JsonNode each : processor.path("processors")) {
            if (!each.path("type").asText().equals("ByteLevel")) {
                last = of(each, file);
            }
        }
        return last;
    }

    private static TextFrame empty() {
        int[] nothing = {};
        return new TextFrame(nothing, nothing, nothing, nothing, nothing);
    }

    /** BERT's and RoBERTa's, which has its separator twice in the middle. */
    private static TextFrame classic(JsonNode processor, int separators) {
        int[] cls = {processor.path("cls").path(1).asInt()};
        int separator = processor.path("sep").path(1).asInt();
        int[] sep = {separator};
        int[] between = new int[separators];
        Arrays.fill(between, separator);
        return new TextFrame(cls, sep, cls, between, sep);
    }

    /** Token ids before the first text, behind it, and behind the second if there is one. */
    private static int[][] special(JsonNode processor, JsonNode template, Path file) {
        int[][] ids = {{}, {}, {}};
        int texts = 0;
        for (JsonNode piece : template) {
            if (piece.has("Sequence")) {
                String expected = texts == 0 ? "A" : "B";
                if (!piece.path("Sequence").path("id").asText().equals(expected)) {
                    throw new GenerationException.Failed(
                            file + ": its post_processor puts texts in an order that is not supported", null);
                }
                texts++;
            } else {
                String name = piece.path("SpecialToken").path("id").asText();
                for (JsonNode id : processor.path("special_tokens").path(name).path("ids")) {
                    ids[texts] = joined(ids[texts], new int[] {id.asInt()});
                }
            }
        }
        return ids;
    }

    /** Special tokens around one text. */
    public int size() {
        return before.length + after.length;
    }

    /** Special tokens around a pair. */
    public int pairSize() {
        return pairBefore.length + between.length + pairAfter.length;
    }

    /** A text's first {@code most} tokens in their frame. */
    public int[] around(int[] text, int most) {
        return joined(before, Arrays.copyOf(text, Math.min(most, text.length)), after);
    }

    /** A pair in its frame, of which at most {@code most} tokens are the texts': the longer one is cut first. */
    public Pair around(int[] first, int[] second, int most) {
        int firstLength = first.length;
        int secondLength = second.length;
        if (firstLength + secondLength > most) {
            int half = most / 2;
            firstLength = Math.min(firstLength, Math.max(half, most - secondLength));
            secondLength = Math.min(secondLength, most - firstLength);
        }
        int[] head = joined(pairBefore, Arrays.copyOf(first, firstLength), between);
        return new Pair(joined(head, Arrays.copyOf(second, secondLength), pairAfter), head.length);
    }

    /**
     * Two texts.
     *
     * @param secondFrom index of the second one's first token
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record Pair(int[] ids, int secondFrom) {}

    private static int[] joined(int[]... parts) {
        return Arrays.stream(parts)
                .map(Objects::requireNonNull)
                .flatMapToInt(IntStream::of)
                .toArray();
    }
}
