@NullMarked
package io.causalstreams.app.internal.operations;

import org.jspecify.annotations.NullMarked;
