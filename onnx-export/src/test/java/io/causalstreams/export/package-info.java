@NullMarked
package io.causalstreams.export;

import org.jspecify.annotations.NullMarked;
