package io.causalstreams.http.internal.access;

import io.causalstreams.http.HttpDoorException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A line for each key: {@code NAME KEY [requests=N] [tokens-per-minute=N] [console]}; {@code #} begins a comment. A key is its text, or
 * {@code sha256:} and the hexadecimal digest of it. A name may have several keys, to change them one after the other.
 */
final class ApiKeyFile {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.-]{1,64}");
    private static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{64}");
    private static final int LEAST_CHARACTERS = 16;

    private ApiKeyFile() {}

    /**
     * Reads all keys, by digest.
     *
     * @throws HttpDoorException naming the line; never showing a key
     */
    static Map<String, ApiKey> read(Path file) {
        List<String> lines;
        try {
            lines = Files.readAllLines(file);
        } catch (IOException e) {
            throw new HttpDoorException("--http-keys " + file + " cannot be read: " + e, e);
        }
        Map<String, ApiKey> keys = new LinkedHashMap<>();
        for (int number = 1; number <= lines.size(); number++) {
            String line = lines.get(number - 1).replaceFirst("#.*", "").strip();
            if (!line.isEmpty()) {
                ApiKey key = parse(line.split("\\s+"), "--http-keys " + file + ", line " + number + ": ");
                keys.put(key.digest(), key);
            }
        }
        if (keys.isEmpty()) {
            throw new HttpDoorException("--http-keys " + file + " has no key; write a line NAME KEY for each");
        }
        return keys;
    }

    private static ApiKey parse(String[] words, String where) {
        if (words.length < 2) {
            throw new HttpDoorException(where + "a line is NAME KEY [requests=N] [tokens-per-minute=N] [console]");
        }
        if (!NAME.matcher(words[0]).matches()) {
            throw new HttpDoorException(where + "a name is made of letters, digits, '_', '-' and '.', 64 at most");
        }
        boolean digested = DIGEST.matcher(words[1]).matches();
        if (!digested && words[1].length() < LEAST_CHARACTERS) {
            throw new HttpDoorException(where + "the key has less than " + LEAST_CHARACTERS + " characters");
        }
        int requests = 0;
        int tokens = 0;
        boolean console = false;
        for (int i = 2; i < words.length; i++) {
            if (words[i].startsWith("requests=")) {
                requests = number(words[i], where);
            } else if (words[i].startsWith("tokens-per-minute=")) {
                tokens = number(words[i], where);
            } else if (words[i].equals("console")) {
                console = true;
            } else {
                throw new HttpDoorException(
                        where + "'" + words[i] + "' is unknown; there are requests=N, tokens-per-minute=N and console");
            }
        }
        String digest = digested ? words[1].substring("sha256:".length()) : digest(words[1]);
        return new ApiKey(words[0], digest, requests, tokens, console);
    }

    private static int number(String limit, String where) {
        String value = limit.substring(limit.indexOf('=') + 1);
        try {
            int number = Integer.parseInt(value);
            if (number > 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw new HttpDoorException(where + "'" + limit + "' is no whole number above 0");
    }

    /** SHA-256 in hexadecimal. */
    static String digest(String key) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
