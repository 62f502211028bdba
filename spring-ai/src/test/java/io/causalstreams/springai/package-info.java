@NullMarked
package io.causalstreams.springai;

import org.jspecify.annotations.NullMarked;
