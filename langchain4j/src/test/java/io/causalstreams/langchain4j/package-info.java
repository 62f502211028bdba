/** Tests. */
@NullMarked
package io.causalstreams.langchain4j;

import org.jspecify.annotations.NullMarked;
