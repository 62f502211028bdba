package io.causalstreams.inference.internal.constraint.grammar;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A Lark grammar as it was written. */
final class LarkTree {

    private LarkTree() {}

    /**
     * A rule or a terminal.
     *
     * @param lazy whether it ends with its first match
     * @param suffix what ends it then, or null
     */
    record Definition(
            String name, Part body, boolean lazy, @Nullable Part suffix, int position) {}

    /** The right side of a definition, or a part of it. */
    sealed interface Part {}

    record Choice(List<Part> branches) implements Part {}

    /** All of them at once: {@code A & B}. */
    record Conjunction(List<Part> parts) implements Part {}

    record Row(List<Part> parts) implements Part {}

    record Count(Part body, int min, int max) implements Part {}

    /** Everything else: {@code ~A}. */
    record Negation(Part body) implements Part {}

    /** A leaf: a name, string, regular expression, special token or JSON. */
    record Leaf(LarkToken token) implements Part {}

    /** Characters from one to another: {@code "a".."z"}. */
    record Range(LarkToken first, LarkToken last) implements Part {}

    /** What {@code %regex} holds. */
    record Substring(LarkToken json) implements Part {}
}
