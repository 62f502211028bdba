/**
 * Answers that have the form of a topic's registered schema.
 *
 * <p>The doors are {@link io.causalstreams.registry.AvroForm}, {@link io.causalstreams.registry.ProtobufForm} and
 * {@link io.causalstreams.registry.JsonSchemaForm}, over a {@link io.causalstreams.registry.SchemaRegistry}; everything under
 * {@code internal} may change.
 */
@NullMarked
package io.causalstreams.registry;

import org.jspecify.annotations.NullMarked;
