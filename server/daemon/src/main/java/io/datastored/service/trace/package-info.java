/**
 * What identifies a call in the log and in traces, and where its time went. The rooms of the
 * services and the log may call it. Without tracing, nothing of it is on the path of a call.
 */
@NullMarked
package io.datastored.service.trace;

import org.jspecify.annotations.NullMarked;
