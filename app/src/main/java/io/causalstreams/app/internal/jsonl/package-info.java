/** Prompt events in, completion events out, a line each, without Kafka. */
@NullMarked
package io.causalstreams.app.internal.jsonl;

import org.jspecify.annotations.NullMarked;
