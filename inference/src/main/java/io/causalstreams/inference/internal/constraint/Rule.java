package io.causalstreams.inference.internal.constraint;

import org.jspecify.annotations.Nullable;

/** A named part of a grammar, which may refer to itself. Its body is set while compiling and not changed afterwards. */
final class Rule {

    private final String name;
    private @Nullable Expression body;

    Rule(String name) {
        this.name = name;
    }

    String name() {
        return name;
    }

    void define(Expression expression) {
        this.body = expression;
    }

    Expression body() {
        if (body == null) {
            throw new IllegalStateException("rule " + name + " has no body yet");
        }
        return body;
    }
}
