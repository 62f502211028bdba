@NullMarked
package io.causalstreams.export.internal.weight;

import org.jspecify.annotations.NullMarked;
