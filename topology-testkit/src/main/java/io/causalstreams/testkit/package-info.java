/** For tests of topologies that generate text: an engine without a model, threads or time. */
@NullMarked
package io.causalstreams.testkit;

import org.jspecify.annotations.NullMarked;
