/** JSON Schemas compiled to grammars. */
@NullMarked
package io.causalstreams.inference.internal.constraint.schema;

import org.jspecify.annotations.NullMarked;
