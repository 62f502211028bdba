/** The engine as a model of LangChain4j. */
@NullMarked
package io.causalstreams.langchain4j;

import org.jspecify.annotations.NullMarked;
