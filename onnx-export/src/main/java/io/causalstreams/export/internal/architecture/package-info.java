/**
 * From a checkpoint's configuration to a description of its decoder: one class per family, and the records that all
 * families share.
 */
@NullMarked
package io.causalstreams.export.internal.architecture;

import org.jspecify.annotations.NullMarked;
