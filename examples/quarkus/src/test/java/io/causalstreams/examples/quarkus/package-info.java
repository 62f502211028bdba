@NullMarked
package io.causalstreams.examples.quarkus;

import org.jspecify.annotations.NullMarked;
