@NullMarked
package io.causalstreams.export.internal.architecture;

import org.jspecify.annotations.NullMarked;
