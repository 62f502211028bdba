package io.causalstreams.benchmarks;

import io.causalstreams.inference.internal.text.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * A byte-level vocabulary without a model: three control tokens, all bytes, then made-up words of
 * 2 to 12 letters, half of them with a space in front, and runs of JSON punctuation. The same in every run.
 */
public final class SyntheticVocabulary implements Tokenizer {
    /** As many as SmolLM2 has. */
    public static final int SIZE = 49_152;

    static final int EOS = 2;
    private static final int CONTROL_TOKENS = 3;
    private static final int LONGEST = 12;
    private static final String PUNCTUATION = "{}[]\",: \n";

    private final byte[][] bytes;
    private final Map<String, Integer> ids = new HashMap<>();

    public SyntheticVocabulary() {
        this(SIZE);
    }

    public SyntheticVocabulary(int size) {
        bytes = new byte[size][];
        SplittableRandom random = new SplittableRandom(7);
        int id = 0;
        while (id < CONTROL_TOKENS) {
            bytes[id++] = new byte[0];
        }
        for (int value = 0; value < 256; value++) {
            bytes[id++] = new byte[] {(byte) value};
        }
        Set<String> words = new LinkedHashSet<>();
        while (id + words.size() < size) {
            words.add(random.nextInt(100) == 0 ? draw(random, PUNCTUATION, 2, 4) : word(random));
        }
        for (String word : words) {
            bytes[id++] = word.getBytes(StandardCharsets.US_ASCII);
        }
        for (int token = CONTROL_TOKENS; token < size; token++) {
            ids.put(new String(bytes[token], StandardCharsets.ISO_8859_1), token);
        }
    }

    /** The longest token at each place. */
    @Override
    public int[] encodeText(String text) {
        String latin = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        List<Integer> tokens = new ArrayList<>();
        for (int from = 0; from < latin.length(); ) {
            int to = Math.min(latin.length(), from + LONGEST + 1);
            while (!ids.containsKey(latin.substring(from, to))) {
                to--;
            }
            tokens.add(ids.getOrDefault(latin.substring(from, to), EOS));
            from = to;
        }
        return tokens.stream().mapToInt(Integer::intValue).toArray();
    }

    @Override
    public int[] encodeTemplate(List<TemplatePart> parts) {
        throw new UnsupportedOperationException("there is no template");
    }

    @Override
    public byte[] bytesOf(int tokenId) {
        return bytes[tokenId];
    }

    @Override
    public String textOf(int tokenId) {
        return new String(bytes[tokenId], StandardCharsets.ISO_8859_1);
    }

    @Override
    public boolean isSpecial(int tokenId) {
        return tokenId < CONTROL_TOKENS;
    }

    @Override
    public int size() {
        return bytes.length;
    }

    @Override
    public void close() {}

    private static String word(SplittableRandom random) {
        String word = draw(random, "etaoinshrdlcumwfgypbvkxjqz", 2, LONGEST);
        return random.nextBoolean() ? " " + word : word;
    }

    private static String draw(SplittableRandom random, String letters, int shortest, int longest) {
        StringBuilder text = new StringBuilder();
        for (int length = random.nextInt(shortest, longest + 1); length > 0; length--) {
            // The product of two uniform numbers prefers the front: letters come as often as in a text, roughly.
            text.append(letters.charAt((int) (random.nextDouble() * random.nextDouble() * letters.length())));
        }
        return text.toString();
    }
}
