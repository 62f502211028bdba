/** The engine as a model of Spring AI. */
@NullMarked
package io.causalstreams.springai;

import org.jspecify.annotations.NullMarked;
