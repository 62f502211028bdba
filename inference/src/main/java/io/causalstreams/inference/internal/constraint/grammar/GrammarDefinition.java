package io.causalstreams.inference.internal.constraint.grammar;

import io.causalstreams.inference.internal.constraint.expression.Expression;
import java.util.Map;

/**
 * A grammar as it was written. Every reference in it has its rule.
 *
 * @param rules by name
 * @param start the rule that the whole text must match
 * @param greedy whether a text is split into terminals from left to right, each as long as it can be (Lark's way); otherwise
 *     every split counts (GBNF's way)
 * @param ignored what may stand between terminals, and behind the last if another could come; {@code NEVER} for nothing. Only if greedy
 */
record GrammarDefinition(Map<String, Node> rules, String start, boolean greedy, Expression ignored) {}
