/** What a task must not forget, in a state store with a changelog: prompts, their committed tokens, remembered answers. */
@NullMarked
package io.causalstreams.topology.internal.journal;

import org.jspecify.annotations.NullMarked;
