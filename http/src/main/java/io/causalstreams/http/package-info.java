/** OpenAI's HTTP API as a door over the topics of the operator. */
@NullMarked
package io.causalstreams.http;

import org.jspecify.annotations.NullMarked;
