package io.datastored.cli.flag;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks an option that says what to do and not how: it counts when it is typed, never from the
 * environment. A comment, a path or a force that a forgotten variable brings along would change
 * what nobody meant to change.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.FIELD)
public @interface TypedOnly {}
