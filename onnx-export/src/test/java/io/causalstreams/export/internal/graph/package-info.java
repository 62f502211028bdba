@NullMarked
package io.causalstreams.export.internal.graph;

import org.jspecify.annotations.NullMarked;
