/**
 * The metrics of a server: a catalog with every name, and what is read for each when somebody asks.
 * Nothing is measured here but what clients report; everything else is counted where it happens.
 * The admin room may call it.
 */
@NullMarked
package io.datastored.admin.metric;

import org.jspecify.annotations.NullMarked;
