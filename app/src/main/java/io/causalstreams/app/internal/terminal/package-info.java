/** What people watch: progress, colours, widths; plain lines where nobody does. */
@NullMarked
package io.causalstreams.app.internal.terminal;

import org.jspecify.annotations.NullMarked;
