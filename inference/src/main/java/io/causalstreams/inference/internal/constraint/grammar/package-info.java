/** Context-free grammars over bytes: their notations, an Earley parser, and the token masks of its positions. */
@org.jspecify.annotations.NullMarked
package io.causalstreams.inference.internal.constraint.grammar;
