/** Adapters as records of a topic: their envelope, digests and signatures, and which version a request gets. */
@NullMarked
package io.causalstreams.topology.adapter;

import org.jspecify.annotations.NullMarked;
