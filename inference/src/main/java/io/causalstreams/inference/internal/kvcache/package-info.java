/** Accounting of KV-cache slots: ownership, and what finished sequences left in them. */
@NullMarked
package io.causalstreams.inference.internal.kvcache;

import org.jspecify.annotations.NullMarked;
