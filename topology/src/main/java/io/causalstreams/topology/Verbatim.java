package io.causalstreams.topology;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a component of a record class for {@link Asked#extract(Class)} whose text stands in the record as it is: words in a row of
 * the question's last user message, or of what {@link Asked#verbatimFrom} says. For text, and lists, maps, arrays and Optional of it.
 */
@Documented
@Target(ElementType.RECORD_COMPONENT)
@Retention(RetentionPolicy.RUNTIME)
public @interface Verbatim {}
