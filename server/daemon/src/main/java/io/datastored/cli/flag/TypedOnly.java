package io.datastored.cli.flag;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks an option that is never read from the environment, because it states what to do and not
 * how. A comment, a path or a force from a forgotten variable would cause an unintended change.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.FIELD)
public @interface TypedOnly {}
