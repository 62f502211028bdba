/** What a client is told of an answer: in order, without gaps or repeats. */
@NullMarked
package io.causalstreams.http.internal.answer;

import org.jspecify.annotations.NullMarked;
