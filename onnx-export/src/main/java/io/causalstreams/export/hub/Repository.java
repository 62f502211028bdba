package io.causalstreams.export.hub;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A model repository at a revision.
 *
 * @param id {@code owner/name}
 * @param revision a branch, tag or commit
 */
record Repository(String id, String revision) {

    private static final String PART = "[A-Za-z0-9_][A-Za-z0-9_.-]{0,95}";
    private static final Pattern NAME = Pattern.compile("(" + PART + "/" + PART + ")(?:@(.+))?");

    Repository {
        if (!NAME.matcher(id).matches() || id.contains("..") || id.contains("--")) {
            throw new HubException("'" + id + "' is not a hub repository; write owner/name or owner/name@revision");
        }
        requireSafe(id, revision);
    }

    /** {@code owner/name[@revision]}; without a revision, {@code main}. */
    static Repository parse(String source) {
        Matcher matcher = NAME.matcher(source);
        if (!matcher.matches()) {
            throw new HubException("'" + source + "' is not a hub repository; write owner/name or owner/name@revision");
        }
        return new Repository(matcher.group(1), matcher.group(2) == null ? "main" : matcher.group(2));
    }

    /** {@code models--owner--name}. */
    String folder() {
        return "models--" + id.replace("/", "--");
    }

    /** Refuses relative paths that could lead out of their directory. */
    static void requireSafe(String repository, String path) {
        boolean plain = !path.isEmpty()
                && path.chars().noneMatch(c -> c == '\\' || c == ':' || c < ' ' || c == 0x7f)
                && List.of(path.split("/", -1)).stream()
                        .noneMatch(part -> part.isEmpty() || part.equals(".") || part.equals(".."));
        if (!plain) {
            throw new HubException(
                    repository + ": the name '" + path + "' is not a plain relative path; do not trust this source");
        }
    }

    @Override
    public String toString() {
        return revision.equals("main") ? id : id + '@' + revision;
    }
}
