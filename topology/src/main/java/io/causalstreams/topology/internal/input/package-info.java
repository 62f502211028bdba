/**
 * Back-pressure: a full journal stops reading its partition, and only that; polling, punctuating and committing go on.
 *
 * <p>A processor cannot refuse a record, and blocking in it would stop the tokens of all tasks of the thread. So the
 * main consumer itself pauses the partition. While it does, a second consumer looks ahead for cancels.
 */
@NullMarked
package io.causalstreams.topology.internal.input;

import org.jspecify.annotations.NullMarked;
