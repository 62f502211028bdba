/**
 * The events on the wire as records: prompts in, tokens and completions out.
 *
 * <p>Bodies follow OpenAI's chat and text completions with vLLM's extensions, headers follow CloudEvents 1.0 (Kafka
 * binary mode). Records grow at the end: a new component is boxed, absent means null, unknown fields are ignored.
 */
@NullMarked
package io.causalstreams.topology.event;

import org.jspecify.annotations.NullMarked;
