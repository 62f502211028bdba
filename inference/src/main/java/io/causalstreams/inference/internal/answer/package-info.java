/** What an answer says, thinks and calls, read from its text as it is generated. */
@NullMarked
package io.causalstreams.inference.internal.answer;

import org.jspecify.annotations.NullMarked;
