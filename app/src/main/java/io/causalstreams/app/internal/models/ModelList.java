package io.causalstreams.app.internal.models;

import io.causalstreams.app.internal.AppException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which models are served, by the names that events give them: {@code small=smollm2-135m-instruct}, and
 * {@code gpt-4o-mini=@small} for another name. The first model is the default.
 *
 * @param sources of the models, by name, in the order they were listed
 * @param aliases other names, to names of models
 */
public record ModelList(Map<String, String> sources, Map<String, String> aliases) {
    private static final Pattern ENTRY = Pattern.compile("([A-Za-z0-9][\\w.:-]*)=(@?)(.+)");

    public ModelList {
        sources = Collections.unmodifiableMap(new LinkedHashMap<>(sources));
        aliases = Collections.unmodifiableMap(new LinkedHashMap<>(aliases));
    }

    /** Whether an option's value has the form of an entry, and is no source alone. */
    public static boolean isEntry(String text) {
        return ENTRY.matcher(text).matches();
    }

    /**
     * Reads entries.
     *
     * @throws AppException if one is no entry, a name is there twice, or an alias names no model
     */
    public static ModelList of(List<String> entries) {
        Map<String, String> sources = new LinkedHashMap<>();
        Map<String, String> aliases = new LinkedHashMap<>();
        for (String entry : entries) {
            Matcher parts = ENTRY.matcher(entry);
            if (!parts.matches()) {
                throw new AppException(
                        "'" + entry + "' names no model; write NAME=SRC, or NAME=@OTHER for another name of a model");
            }
            String name = parts.group(1);
            if (sources.containsKey(name) || aliases.containsKey(name)) {
                throw new AppException("model '" + name + "' is there twice; each name stands for one model");
            }
            (parts.group(2).isEmpty() ? sources : aliases).put(name, parts.group(3));
        }
        if (sources.isEmpty()) {
            throw new AppException("no model is listed; write at least one line NAME=SRC");
        }
        aliases.forEach((alias, name) -> {
            if (!sources.containsKey(name)) {
                throw new AppException("'" + alias + "=@" + name + "': there is no model '" + name + "'; name one of "
                        + String.join(", ", sources.keySet()));
            }
        });
        return new ModelList(sources, aliases);
    }

    /** Reads a file with an entry a line; empty lines and those that begin with {@code #} are left out. */
    public static ModelList read(Path file) throws IOException {
        List<String> entries = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            if (!line.isBlank() && !line.startsWith("#")) {
                entries.add(line.strip());
            }
        }
        return of(entries);
    }

    /** The model of events that name none. */
    public String defaultName() {
        return sources.keySet().iterator().next();
    }

    /** The names. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(String.join(", ", sources.keySet()));
        aliases.forEach(
                (alias, name) -> text.append(", ").append(alias).append(" = ").append(name));
        return text.toString();
    }
}
