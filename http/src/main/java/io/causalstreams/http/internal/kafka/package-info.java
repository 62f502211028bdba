/** The topics: prompts are published, committed answers are read. */
@NullMarked
package io.causalstreams.http.internal.kafka;

import org.jspecify.annotations.NullMarked;
