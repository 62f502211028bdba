/** A Spring Boot application with a language model in its topology. */
@NullMarked
package io.causalstreams.examples.spring;

import org.jspecify.annotations.NullMarked;
