/** Tests. */
@NullMarked
package io.causalstreams.spring;

import org.jspecify.annotations.NullMarked;
