package io.datastored.cli.flag;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks an option, or all options of a class, as never read from the environment, because they
 * state what to do and not how. A comment, a path or a force from a forgotten variable would cause
 * an unintended change.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.FIELD, ElementType.TYPE})
public @interface TypedOnly {}
