/** The console: what happens on the topics and in this process, for those who run it. */
@NullMarked
package io.causalstreams.http.internal.console;

import org.jspecify.annotations.NullMarked;
