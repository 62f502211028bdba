@NullMarked
package io.causalstreams.export.hub;

import org.jspecify.annotations.NullMarked;
