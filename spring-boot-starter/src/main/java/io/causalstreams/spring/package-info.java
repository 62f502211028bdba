/** Engine and operators as beans of a Spring Boot application. */
@NullMarked
package io.causalstreams.spring;

import org.jspecify.annotations.NullMarked;
