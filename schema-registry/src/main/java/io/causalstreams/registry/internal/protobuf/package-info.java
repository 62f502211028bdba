/** Protobuf: messages as JSON, and the source of a schema as descriptors. */
@NullMarked
package io.causalstreams.registry.internal.protobuf;

import org.jspecify.annotations.NullMarked;
