package io.causalstreams.inference.internal.constraint.expression;

import org.jspecify.annotations.Nullable;

/** A named part of a grammar, which may refer to itself. Its body is set while compiling and not changed afterwards. */
public final class Rule {

    private final String name;
    private @Nullable Expression body;

    public Rule(String name) {
        this.name = name;
    }

    public String name() {
        return name;
    }

    public void define(Expression expression) {
        this.body = expression;
    }

    public Expression body() {
        if (body == null) {
            throw new IllegalStateException("rule " + name + " has no body yet");
        }
        return body;
    }
}
