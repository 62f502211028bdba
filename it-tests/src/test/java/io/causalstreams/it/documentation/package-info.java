/** What the documentation shows is compiled, parsed or looked up, and its links lead somewhere. */
@NullMarked
package io.causalstreams.it.documentation;

import org.jspecify.annotations.NullMarked;
