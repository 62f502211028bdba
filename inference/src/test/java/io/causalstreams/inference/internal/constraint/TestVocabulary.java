package io.causalstreams.inference.internal.constraint;

import io.causalstreams.inference.internal.constraint.mask.Vocabulary;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.zip.GZIPInputStream;

/** A vocabulary in memory: ids in the order of the list, an empty string is a special token. */
public record TestVocabulary(List<byte[]> tokens) implements Vocabulary {

    /** The vocabulary of SmolLM2-135M-Instruct: 49,152 byte-level tokens, 17 of them special. */
    public static final TestVocabulary SMOLLM2 = readByteLevel("smollm2-vocabulary.txt.gz");

    /** All single bytes and {@code merges} random fragments of JSON, words and multi-byte characters, some of them twice. */
    public static TestVocabulary synthetic(int merges, RandomGenerator random) {
        List<String> pieces = List.of(
                "\"", "{", "}", "[", "]", ":", ",", " ", "\n", "\\", "0", "12", "-", ".", "e", "a", "the", "name", "id",
                "é", "日本", "😀", "true", "null", "@", "T", "Z", "_", "x");
        List<byte[]> tokens = new ArrayList<>(singleBytes());
        tokens.add(new byte[0]);
        for (int i = 0; i < merges; i++) {
            StringBuilder text = new StringBuilder();
            for (int part = random.nextInt(1, 6); part > 0; part--) {
                text.append(pieces.get(random.nextInt(pieces.size())));
            }
            byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
            int from = random.nextInt(4) == 0 ? random.nextInt(bytes.length) : 0;
            tokens.add(Arrays.copyOfRange(bytes, from, bytes.length));
        }
        return new TestVocabulary(tokens);
    }

    public static TestVocabulary of(String... tokens) {
        List<byte[]> bytes = new ArrayList<>();
        for (String token : tokens) {
            bytes.add(token.getBytes(StandardCharsets.UTF_8));
        }
        return new TestVocabulary(bytes);
    }

    private static List<byte[]> singleBytes() {
        List<byte[]> tokens = new ArrayList<>();
        for (int value = 0; value < 256; value++) {
            tokens.add(new byte[] {(byte) value});
        }
        return tokens;
    }

    /** Reads one token per line in the spelling of byte-level BPE, where each byte is one printable character. */
    private static TestVocabulary readByteLevel(String resource) {
        Map<Character, Byte> bytes = byteLevelAlphabet();
        List<byte[]> tokens = new ArrayList<>();
        try (InputStream in = Objects.requireNonNull(TestVocabulary.class.getResourceAsStream(resource), resource);
                BufferedReader reader =
                        new BufferedReader(new InputStreamReader(new GZIPInputStream(in), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                byte[] token = new byte[line.length()];
                for (int i = 0; i < token.length; i++) {
                    token[i] = Objects.requireNonNull(bytes.get(line.charAt(i)));
                }
                tokens.add(token);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new TestVocabulary(tokens);
    }

    private static Map<Character, Byte> byteLevelAlphabet() {
        Map<Character, Byte> bytes = new HashMap<>();
        Set<Integer> printable = new LinkedHashSet<>();
        for (int value = 0; value < 256; value++) {
            boolean own = (value >= '!' && value <= '~') || (value >= 0xA1 && value <= 0xAC) || value >= 0xAE;
            if (own) {
                printable.add(value);
            }
        }
        int others = 256;
        for (int value = 0; value < 256; value++) {
            char character = (char) (printable.contains(value) ? value : others++);
            bytes.put(character, (byte) value);
        }
        return bytes;
    }

    @Override
    public int size() {
        return tokens.size();
    }

    @Override
    public byte[] bytesOf(int tokenId) {
        return tokens.get(tokenId);
    }

    @Override
    public boolean isSpecial(int tokenId) {
        return tokens.get(tokenId).length == 0;
    }

    @Override
    public String textOf(int tokenId) {
        return isSpecial(tokenId)
                ? "<|special_" + tokenId + "|>"
                : new String(bytesOf(tokenId), StandardCharsets.UTF_8);
    }

    /** The token of exactly this byte. */
    public int singleByte(int value) {
        for (int token = 0; token < tokens.size(); token++) {
            if (tokens.get(token).length == 1 && (tokens.get(token)[0] & 0xFF) == value) {
                return token;
            }
        }
        return -1;
    }
}
