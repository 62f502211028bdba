/** What every command needs: errors that read well. */
@NullMarked
package io.causalstreams.app.internal;

import org.jspecify.annotations.NullMarked;
