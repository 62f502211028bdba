/** A Quarkus application with a language model in its topology. */
@NullMarked
package io.causalstreams.examples.quarkus;

import org.jspecify.annotations.NullMarked;
