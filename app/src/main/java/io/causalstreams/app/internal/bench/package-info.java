/** Measuring the engine's speed, alone and through Kafka. */
@NullMarked
package io.causalstreams.app.internal.bench;

import org.jspecify.annotations.NullMarked;
